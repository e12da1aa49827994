"""NCRONTAB schedules of six fields, in UTC."""

from datetime import datetime, timedelta

# second, minute, hour, day, month, day of the week (0 is Sunday)
BOUNDS = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
LOOK_AHEAD = timedelta(days=5 * 366)  # the 29th of February comes within this


class BadSchedule(ValueError):
    """The text is no NCRONTAB schedule of six fields."""


class Schedule:
    """A schedule such as `0 */5 * * * *`."""

    def __init__(self, text: str) -> None:
        fields = text.split()
        if len(fields) != len(BOUNDS):
            raise BadSchedule(f'"{text}" has {len(fields)} fields; six are needed, from second to weekday')
        try:
            values = [_values(field, *bounds) for field, bounds in zip(fields, BOUNDS, strict=True)]
        except ValueError:
            raise BadSchedule(f'"{text}" is no NCRONTAB schedule such as 0 */5 * * * *') from None
        self._seconds, self._minutes, self._hours, self._days, self._months, self._weekdays = values

    def next(self, after: datetime) -> datetime:
        """Return the first time after `after` that fits; raises BadSchedule when there is none."""
        moment, last = after.replace(microsecond=0) + timedelta(seconds=1), after + LOOK_AHEAD
        while moment < last:
            if not self._fits_day(moment):
                moment = moment.replace(hour=0, minute=0, second=0) + timedelta(days=1)
            elif moment.hour not in self._hours:
                moment = moment.replace(minute=0, second=0) + timedelta(hours=1)
            elif moment.minute not in self._minutes:
                moment = moment.replace(second=0) + timedelta(minutes=1)
            elif moment.second not in self._seconds:
                moment += timedelta(seconds=1)
            else:
                return moment
        raise BadSchedule("the schedule never comes")

    def _fits_day(self, moment: datetime) -> bool:
        weekday = moment.isoweekday() % 7
        return moment.month in self._months and moment.day in self._days and weekday in self._weekdays


def _values(field: str, low: int, high: int) -> frozenset[int]:
    """Return what `*`, `5`, `1-5`, `*/5`, `10-40/15` and lists of these stand for."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = (f"{low}-{high}" if span == "*" else span).partition("-")
        start, end = int(first), int(last or (high if step else first))
        if not low <= start <= end <= high or int(step or 1) < 1:
            raise ValueError(part)
        found.update(range(start, end + 1, int(step or 1)))
    return frozenset(found)
