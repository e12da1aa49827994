"""All stories of a file, one after the other, each on a line of its own."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from local.moments import in_zone, zone_of
from local.tell.model import Book, Story
from local.tell.stage import stage
from local.tell.telling import NotTrue, Telling
from shared import flow as flows


def told(flow: Path, book: Book, names: Sequence[str] = ()) -> Iterator[tuple[Story, NotTrue | None]]:
    """Yield each story whose name holds one of `names` (without any: all), and why it is not true, if it is not."""
    zone = zone_of(flows.load(flow))
    for story in book.stories:
        if not names or any(name.casefold() in story.name.casefold() for name in names):
            yield story, _failure(flow, book, story, zone)


def _failure(flow: Path, book: Book, story: Story, zone: str) -> NotTrue | None:
    with stage(flow) as line:
        line.set_clock(in_zone(story.at, zone) if story.at else None)
        try:
            Telling(line.twilio, book, story).tell()
        except NotTrue as failure:
            return failure
    return None
