"""What time it is for whoever calls or writes: the clock that a flow's hours go by.

Only the code of this very process can set it, and none of the app's does: the host on one machine may (local/host),
for somebody who wants to hear what the line says at night. No request, no setting and nothing in Azure moves it.
"""

from datetime import UTC, datetime, timedelta

_ahead = timedelta()


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC) + _ahead


def set_to(at: datetime | None) -> None:
    """Let it be another time (with its zone) and go on from there; None: as it is."""
    global _ahead  # noqa: PLW0603 -- a process has one clock
    _ahead = at - datetime.now(UTC) if at else timedelta()
