"""Times as people type and read them in the terminal: in this machine's zone unless they name another."""

import argparse
import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.flow.model import Flow

TYPED = "a day such as 2026-11-24 or a time such as 2026-11-24T09:30, in this computer's zone unless it names another"
DAY_MINUTES = 24 * 60
YEARS = range(1970, 3000)  # before them no key of a row begins; after them nobody has a line
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class NoTime(Exception):
    """A text is no time; the message says what would be one."""


def add_arguments(parser: argparse.ArgumentParser, since: str = "", until: str = "") -> None:
    """Add `--since` and `--until` to a command; `since` and `until` say what they are when they are not given."""
    default_since, default_until = (f"; default: {default}" if default else "" for default in (since, until))
    parser.add_argument("--since", type=beginning, metavar="TIME", help=f"from {TYPED}{default_since}")
    parser.add_argument(
        "--until", type=end, metavar="TIME", help=f"before such a time; of a day, to its end{default_until}"
    )


def beginning(text: str) -> datetime:
    """Return the first moment that an argument means: of a day its beginning. Raises ArgumentTypeError."""
    return _read(text, timedelta())


def end(text: str) -> datetime:
    """Return the moment before which an argument ends: of a day its end. Raises ArgumentTypeError."""
    return _read(text, timedelta(days=1))


def _read(text: str, of_a_day: timedelta) -> datetime:
    try:
        if _DAY.fullmatch(text):
            return datetime.combine(date.fromisoformat(text) + of_a_day, time.min).astimezone()
        return datetime.fromisoformat(re.sub(r"[zZ]\Z", "+00:00", text)).astimezone()
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(f"{text} is no time such as 2026-11-24 or 2026-11-24T09:30") from None


def shown(moment: str) -> str:
    """Return a moment of the record (ISO 8601) by the clock of this machine: `2026-11-24 11:00:00 +01:00`."""
    day, clock = datetime.fromisoformat(moment).astimezone().isoformat(timespec="seconds").split("T")
    return f"{day} {clock[:8]} {clock[8:]}"


def zone_of(flow: "Flow") -> str:
    """Return the time zone of a flow's hours; empty for a flow without hours."""
    from shared.flow.model import Hours

    steps = (step for scene in flow.scenes.values() for step in scene)
    return next((step.week.timezone for step in steps if isinstance(step, Hours)), "")


def in_zone(text: str, zone: str) -> datetime:
    """Return the moment that a text such as "Thu 22:00" means in a time zone; empty: this machine's. Raises NoTime.

    A day of the week is the next one, today when it is one.
    """
    from zoneinfo import ZoneInfo

    there = datetime.now(ZoneInfo(zone)) if zone else datetime.now().astimezone()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = _in_week(text, there)
    if at.year not in YEARS:
        raise NoTime(f'"{text}" is no time between {YEARS[0]} and {YEARS[-1]}')
    at = at if at.tzinfo else at.replace(tzinfo=there.tzinfo)
    if datetime.fromtimestamp(at.timestamp(), at.tzinfo).replace(tzinfo=None) != at.replace(tzinfo=None):
        raise NoTime(f'"{text}" does not exist in {zone or "this zone"}: the clocks are put forward then')
    return at


def _in_week(text: str, there: datetime) -> datetime:
    from shared.flow import timetable

    try:
        [opening], _ = timetable.spans(f"{text}-24:00")  # as hours are written in a flow
    except ValueError:
        raise NoTime(f'"{text}" is no time such as "Thu 22:00" or "2026-12-25 10:00"') from None
    day, minute = divmod(opening.opens, DAY_MINUTES)
    date = there.date() + timedelta(days=(day - there.weekday()) % 7)
    zone: tzinfo | None = there.tzinfo
    return datetime.combine(date, time(minute // 60, minute % 60), zone)
