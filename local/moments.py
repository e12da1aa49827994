"""Times as people type and read them in the terminal: in this machine's zone unless they name another."""

import argparse
import re
from datetime import date, datetime, time, timedelta

TYPED = "a day such as 2026-11-24 or a time such as 2026-11-24T09:30, in this computer's zone unless it names another"
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


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
