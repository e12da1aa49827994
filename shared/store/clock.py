"""What time it is by the storage account's clock: the instances of the app have one each, and share this one."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from shared import clock


class _Clock:
    def __init__(self) -> None:
        self._told: tuple[datetime, float] | None = None  # what an answer said, and when it came

    def note(self, date: str) -> None:
        """Set it by the Date header of an answer of the storage; one that is no date (RFC 9110) changes nothing."""
        try:
            at = parsedate_to_datetime(date)
        except ValueError:
            return  # what was asked has been done all the same
        self._told = (at if at.tzinfo else at.replace(tzinfo=UTC), time.monotonic())

    def now(self) -> datetime:
        """Return the time in UTC, to the second: the storage's own; this machine's as long as it has not answered."""
        if self._told is None:
            return clock.now()
        date, came_at = self._told
        return clock.moved(date + timedelta(seconds=time.monotonic() - came_at))


storage = _Clock()
