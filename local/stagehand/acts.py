"""What is granted to the page: each wish by its word."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local import api_client, moments
from local.flow_files import stories_of
from local.line import Line
from local.stagehand.picture import picture
from local.tell import reader, routes
from local.tell.model import Book
from local.twilio.client import Twilio
from shared import clock
from shared.flow.model import Flow

STORAGE_CANNOT = "Windows does not let a process be held; `dev.py test` tries a storage that hangs."


class NotGranted(Exception):
    """The wish cannot be granted; the message says why."""


@dataclass(slots=True)
class Stage:
    """The line behind the page, and how it is just now. `emulator` is the process of its storage, 0 when unknown."""

    line: Line
    twilio: Twilio
    file: Path
    flow: Flow
    emulator: int = 0
    at: datetime | None = None  # what time it was for the line when it was set, and when that was
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    hangs: bool = False

    @property
    def zone(self) -> str:
        """The time zone of the flow's hours; empty without hours."""
        return moments.zone_of(self.flow)

    def people(self) -> dict[str, str]:
        """Return the people of the flow's stories, or a caller and the phones that it rings, by their names."""
        stories = stories_of(self.file)
        book, _ = reader.read(stories) if stories.exists() else (Book(), [])
        return {name: address for name, address in routes.people_of(self.flow, book).items() if address}

    def now(self) -> datetime:
        """Return what time it is for the line."""
        return self.at + (datetime.now(UTC) - self.since) if self.at else datetime.now(UTC)

    def leave(self) -> None:
        """Let the storage go on when it hangs."""
        if self.hangs and sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.emulator, signal.SIGCONT)


def state(stage: Stage, _: dict[str, Any]) -> dict[str, Any]:
    """Return what time it is for the line, whom it rings, and whether its storage hangs."""
    return {
        "now": stage.now().isoformat(),
        "is_set": stage.at is not None,
        "zone": stage.zone,
        "people": stage.people(),
        "storage_hangs": stage.hangs,
        "may_hang": bool(stage.emulator) and sys.platform != "win32",
    }


def set_time(stage: Stage, given: dict[str, Any]) -> dict[str, Any]:
    """Let it be another time for the line: `at` a text such as "Thu 22:00", `pass_s` seconds later, or the real one."""
    at = _moment(stage, given)
    api_client.set_clock(stage.line, at)
    clock.set_to(at)  # the places of the flow are found by the same time
    stage.at, stage.since = at, datetime.now(UTC)
    return state(stage, {})


def _moment(stage: Stage, given: dict[str, Any]) -> datetime | None:
    if seconds := given.get("pass_s"):
        return stage.now() + timedelta(seconds=float(seconds))
    text = str(given.get("at", "")).strip()
    return moments.in_zone(text, stage.zone) if text else None


def hold_storage(stage: Stage, given: dict[str, Any]) -> dict[str, Any]:
    """Let the storage hang, or go on: its process is held, so that whoever asks it waits."""
    if sys.platform == "win32" or not stage.emulator:
        raise NotGranted(STORAGE_CANNOT)
    hangs = bool(given.get("hangs"))
    os.kill(stage.emulator, signal.SIGSTOP if hangs else signal.SIGCONT)
    stage.hangs = hangs
    return state(stage, {})


def draw(stage: Stage, given: dict[str, Any]) -> dict[str, Any]:
    """Return the drawn flow. Raises NotGranted for a file that cannot be played just now."""
    if not (stage.flow.scenes or stage.flow.line.messages.keywords or stage.flow.line.messages.otherwise):
        raise NotGranted(f"{stage.file.name} cannot be played as it is; it is drawn once it is right")
    return picture(stage.flow, stage.file, str(given.get("known", "")))


def find_places(stage: Stage, given: dict[str, Any]) -> list[Any]:
    """Return where a request finds its call or text in the flow."""
    from local.stagehand.place import places  # what of the app decides it

    return places(stage.flow, str(given["url"]), given["parameters"])


def keep(stage: Stage, given: dict[str, Any]) -> dict[str, Any]:
    """Write a call that is over as a story of the flow, and tell it at once."""
    from local.stagehand.keep import kept  # all that tells a story

    ahead = stage.now() - datetime.now(UTC) if stage.at else None
    try:
        return kept(stage.file, stage.twilio, str(given["call"]), str(given["name"]), ahead)
    finally:
        clock.set_to(stage.now() if stage.at else None)  # telling a story sets it


GRANTS: dict[str, Callable[[Stage, dict[str, Any]], Any]] = {
    "state": state,
    "time": set_time,
    "storage": hold_storage,
    "flow": draw,
    "places": find_places,
    "keep": keep,
}
