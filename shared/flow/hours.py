"""Opening hours and days without them, and whether a moment lies within."""

from datetime import date, datetime

from shared.frozen import Frozen

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES


class Span(Frozen):
    """An opening on one day: minutes since Monday 00:00; `closes` may lie in the next day."""

    opens: int
    closes: int

    @property
    def day(self) -> int:
        """The day on which it opens, 0 is Monday."""
        return self.opens // DAY_MINUTES


class Week(Frozen):
    """When a line is open. Holidays are `2026-12-25`, or `12-25` for each year; a holiday's night shift is off too."""

    spans: tuple[Span, ...]
    timezone: str
    holidays: tuple[str, ...] = ()

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
