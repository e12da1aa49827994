"""All stories of a file, one after the other, each on a line of its own."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from local.moments import in_zone, zone_of
from local.tell.model import Book, Story
from local.tell.stage import stage
from local.tell.telling import NotTrue, Telling
from local.tell.watching import Watch, watching
from local.tell.ways import Key
from shared import flow as flows


class Told(msgspec.Struct, frozen=True):
    """A story that was told: why it is not true, if it is not, and which ways of the flow it went."""

    story: Story
    failure: NotTrue | None
    gone: set[Key]


def told(flow: Path, book: Book, names: Sequence[str] = (), at: str = "") -> Iterator[Told]:
    """Tell each story whose name holds one of `names`; without any, all. `at` is when, where a story does not say."""
    zone = zone_of(flows.load(flow))
    for story in book.stories:
        if not names or any(name.casefold() in story.name.casefold() for name in names):
            moment = in_zone(story.at or at, zone) if story.at or at else None
            yield _told(flow, book, story, moment)


def _told(flow: Path, book: Book, story: Story, at: datetime | None) -> Told:
    with stage(flow) as line, watching(Watch(flows.current())) as watch:
        line.set_clock(at)
        telling, failure = Telling(line.twilio, line.place_call, book, story), None
        try:
            telling.tell()
        except NotTrue as e:
            failure = e
        watch.silences(telling.calls)
        return Told(story, failure, watch.gone)
