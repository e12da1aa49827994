"""What is around a call or text in the terminal, for as long as it lasts: how other phones behave, what time it is."""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from datetime import datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.line import Line
    from local.twilio.client import Twilio

EVERY = "every"
BEHAVIOURS = {"busy": "busy", "no_answer": "no-answer", "voicemail": "machine"}  # options, and what the phone does
DAY_MINUTES = 24 * 60
AT = 'as if it were this time, such as "Thu 22:00" or "2026-12-25 10:00", in the time zone of the flow\'s hours'


class NoTime(Exception):
    """A text is no time; the message says what would be one."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say how it is around a call."""
    for option, does in (("busy", "is engaged"), ("no-answer", "rings, and nobody picks up"),
                         ("voicemail", "is picked up by a voicemail box")):  # fmt: skip
        parser.add_argument(
            f"--{option}", nargs="?", const=EVERY, action="append", default=[], metavar="NUMBER",
            help=f"this phone {does}; without a number, every phone; may be given several times",
        )  # fmt: skip
    add_time(parser)


def add_time(parser: argparse.ArgumentParser) -> None:
    """Add the argument that says what time it is."""
    parser.add_argument("--at", default="", metavar="TIME", help=AT)


@contextlib.contextmanager
def around(given: argparse.Namespace, twilio: "Twilio", line: "Line") -> Iterator[None]:
    """Let phones and the clock of the line's app be as is asked while the block runs, and as usual afterwards.

    Raises NoTime, NotSo for what is no phone, and NotAsked.
    """
    at = _moment(given.at, line) if given.at else None
    phones = {
        number: does for option, does in BEHAVIOURS.items() for number in getattr(given, option, [])
    }  # fmt: skip
    try:
        for number in sorted(phones, key=lambda number: number != EVERY):  # one that is named differs from all others
            _let(twilio, number, phones[number])
        if at:
            _set_clock(line, at)
        yield
    finally:
        for number in phones:
            _let(twilio, number, "yes")
        if at:
            _set_clock(line, None)


def _let(twilio: "Twilio", number: str, answers: str) -> None:
    if number == EVERY:
        twilio.ask("PUT", "/phones", {"answers": answers})
    else:
        twilio.phone(number, answers=answers)


def _set_clock(line: "Line", at: datetime | None) -> None:
    from local import api_client

    api_client.set_clock(line, at)


def _moment(text: str, line: "Line") -> datetime:
    from local import paths
    from shared import flow
    from shared.flow.model import Hours

    scenes = flow.load(paths.ROOT / line.flow).scenes.values()
    zones = [step.week.timezone for steps in scenes for step in steps if isinstance(step, Hours)]
    at = moment(text, zones[0] if zones else "")
    if not zones:
        print("The flow has no hours: the time changes nothing of what it says.", file=sys.stderr)
    return at


def moment(text: str, zone: str) -> datetime:
    """Return the moment that a text means in a time zone, empty: this machine's. Raises NoTime.

    A day of the week is the next one, today when it is one.
    """
    from zoneinfo import ZoneInfo

    there = datetime.now(ZoneInfo(zone)) if zone else datetime.now().astimezone()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return _in_week(text, there)
    return at if at.tzinfo else at.replace(tzinfo=there.tzinfo)


def _in_week(text: str, there: datetime) -> datetime:
    from shared.flow import timetable

    try:
        (opening, *_), _ = timetable.spans(f"{text}-24:00")  # as hours are written in a flow
    except ValueError:
        raise NoTime(f'"{text}" is no time such as "Thu 22:00" or "2026-12-25 10:00"') from None
    day, minute = divmod(opening.opens, DAY_MINUTES)
    date = there.date() + timedelta(days=(day - there.weekday()) % 7)
    zone: tzinfo | None = there.tzinfo
    return datetime.combine(date, time(minute // 60, minute % 60), zone)
