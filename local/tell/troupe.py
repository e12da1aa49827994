"""All stories of a file, one after the other, each on a line of its own."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

import msgspec

from local.moments import NoTime, in_zone, zone_of
from local.tell.model import Book, Step, Story
from local.tell.stage import Stage, stage
from local.tell.telling import NotTrue, Telling
from local.tell.ways import Key
from shared import flow as flows

type Stages = Callable[[Path], AbstractContextManager[Stage]]


class Told(msgspec.Struct, frozen=True):
    """A story that was told: why it is not true, if it is not, which ways of the flow it went, how long that took."""

    story: Story
    failure: NotTrue | None
    gone: set[Key]
    took_s: float = 0.0


def told(flow: Path, book: Book, names: Sequence[str] = (), at: str = "", stages: Stages = stage) -> Iterator[Told]:
    """Tell each story whose name holds one of `names`; without any, all. `at` is when, where a story does not say.

    `stages` sets up a line for each of them: by default in this process.
    """
    zone = zone_of(flows.load(flow))
    for story in book.stories:
        if not names or any(name.casefold() in story.name.casefold() for name in names):
            began = time.monotonic()
            try:
                moment = in_zone(story.at or at, zone) if story.at or at else None
            except NoTime as e:  # of this zone
                yield Told(
                    story, NotTrue(Step(story.line, story.column, "at", "", "at", story.at or at), str(e)), set()
                )
                continue
            with stages(flow) as line:
                one = _told(line, book, story, moment)
            yield msgspec.structs.replace(one, took_s=time.monotonic() - began)


def _told(line: Stage, book: Book, story: Story, at: datetime | None) -> Told:
    line.set_clock(at)
    telling, failure = Telling(line.twilio, line.place_call, book, story), None
    try:
        telling.tell()
    except NotTrue as e:
        failure = e
    if line.watch:
        line.watch.silences(telling.calls)
    return Told(story, failure, line.watch.gone if line.watch else set())
