"""What time it is: the one clock of the app, by which a flow is open, a row is dated, and what is old is deleted.

No other module reads the time. How long something may take is no time of day: that is time.monotonic's (deadline.py).
Only the code of this very process can set the clock, and none of the app's does: the host on one machine may
(local/host), for somebody who wants to hear what the line says at night. No request, no setting and nothing in Azure
moves it.
"""

from datetime import UTC, datetime, timedelta

_ahead = timedelta()


def now() -> datetime:
    """Return the time, in UTC."""
    return moved(datetime.now(UTC))


def moved(by_another: datetime) -> datetime:
    """Return what another clock tells, as far ahead as this one was set."""
    return by_another + _ahead


def set_to(at: datetime | None) -> None:
    """Let it be another time (with its zone) and go on from there; None: as it is."""
    global _ahead  # noqa: PLW0603 -- a process has one clock
    _ahead = at - datetime.now(UTC) if at else timedelta()
