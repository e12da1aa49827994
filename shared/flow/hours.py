"""Opening hours: `Mon-Fri 09:00-18:00`, days without them, and whether a moment lies within."""

import re
from datetime import date, datetime

import msgspec

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
_SPAN = re.compile(r"(?P<days>[A-Za-z, -]+?)\s+(?P<opens>\d{1,2}:\d\d)\s*-\s*(?P<closes>\d{1,2}:\d\d)", re.ASCII)
EXPECTED = 'expected "Mon-Fri 09:00-18:00", "Sat,Sun 10:00-14:00" or "Daily 00:00-24:00"'


class Span(msgspec.Struct, frozen=True):
    """An opening on one day: minutes since Monday 00:00; `closes` may lie in the next day."""

    opens: int
    closes: int

    @property
    def day(self) -> int:
        """The day on which it opens, 0 is Monday."""
        return self.opens // DAY_MINUTES


class Week(msgspec.Struct, frozen=True):
    """When a line is open. Holidays are `2026-12-25`, or `12-25` for each year; a holiday's night shift is off too."""

    spans: tuple[Span, ...]
    timezone: str
    holidays: frozenset[str] = frozenset()

    def is_open(self, now: datetime) -> bool:
        """Whether it is open at `now` (with time zone), by the clock on the wall there."""
        from zoneinfo import ZoneInfo

        there = now.astimezone(ZoneInfo(self.timezone))
        minute = there.weekday() * DAY_MINUTES + there.hour * 60 + there.minute
        for span in self.spans:
            since = (minute - span.opens) % WEEK_MINUTES
            if since < span.closes - span.opens and not self._is_holiday(there, since):
                return True
        return False

    def _is_holiday(self, there: datetime, minutes_since_opening: int) -> bool:
        midnight_passed = minutes_since_opening > there.hour * 60 + there.minute
        day = date.fromordinal(there.toordinal() - midnight_passed)
        return day.isoformat() in self.holidays or f"{day:%m-%d}" in self.holidays


def spans(text: str) -> list[Span]:
    """Read one line of opening hours; raises ValueError that says what was expected."""
    match = _SPAN.fullmatch(text.strip())
    if not match:
        raise ValueError(EXPECTED)
    opens, closes = _minute(match["opens"]), _minute(match["closes"])
    if opens in {closes, DAY_MINUTES}:
        raise ValueError(EXPECTED)
    length = (closes - opens) % DAY_MINUTES or DAY_MINUTES
    return [Span(start, start + length) for start in (day * DAY_MINUTES + opens for day in _days(match["days"]))]


def holiday(text: str) -> str:
    """Read a holiday; raises ValueError when there is no such day."""
    if re.fullmatch(r"\d\d-\d\d", text, re.ASCII):
        return date.fromisoformat(f"2024-{text}").strftime("%m-%d")  # 2024 has a 29 February
    return date.fromisoformat(text).isoformat()


def _minute(clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    if minute > 59 or hour * 60 + minute > DAY_MINUTES:
        raise ValueError("a day's clock goes from 00:00 to 24:00")
    return hour * 60 + minute


def _days(text: str) -> list[int]:
    if text.strip().lower() == "daily":
        return list(range(7))
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start = _day(first)
        end = _day(last) if dash else start
        found += [(start + n) % 7 for n in range((end - start) % 7 + 1)]
    return found


def _day(word: str) -> int:
    name = word.strip().lower()
    for number, day in enumerate(DAYS):
        if len(name) >= 3 and day.startswith(name):
            return number
    raise ValueError(EXPECTED)
