"""What is around a call or text in the terminal, for as long as it lasts: how other phones behave, what time it is."""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from local import moments

if TYPE_CHECKING:
    from local.line import Line
    from local.twilio.client import Twilio

EVERY = "every"
BEHAVIOURS = {"busy": "busy", "no_answer": "no-answer", "voicemail": "machine"}  # options, and what the phone does
AT = 'as if it were this time, such as "Thu 22:00" or "2026-12-25 10:00", in the time zone of the flow\'s hours'


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
    """Let phones and the clock of the line, its app's and Twilio's, be as is asked while the block runs.

    As usual afterwards.

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
            _set_clocks(twilio, line, at)
        yield
    finally:
        for number in phones:
            _let(twilio, number, "yes")
        if at:
            _set_clocks(twilio, line, None)


def _let(twilio: "Twilio", number: str, answers: str) -> None:
    if number == EVERY:
        twilio.ask("PUT", "/phones", {"answers": answers})
    else:
        twilio.phone(number, answers=answers)


def _set_clocks(twilio: "Twilio", line: "Line", at: datetime | None) -> None:
    from local import api_client

    twilio.set_clock(at)
    api_client.set_clock(line, at)


def _moment(text: str, line: "Line") -> datetime:
    from local import paths
    from shared import flow

    zone = moments.zone_of(flow.load(paths.ROOT / line.flow))
    at = moments.in_zone(text, zone)
    if not zone:
        print("The flow has no hours: the time changes nothing of what it says.", file=sys.stderr)
    return at
