"""What is kept of a timer's times, and whether one was missed while nobody ran it.

Source: azure-webjobs-sdk-extensions, ScheduleMonitor (what is past due), StorageScheduleMonitor (how it is kept) and
TimerSchedule.ShouldDisableScheduleMonitor (timers that come too often for it).
"""

from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from local.host.schedule import Schedule

NEVER = datetime(1, 1, 1, tzinfo=UTC)  # .NET's default time


class Status(Struct, frozen=True, rename="pascal"):
    """When a timer last ran, when it is to run next, and of which time that was reckoned."""

    last: datetime
    next: datetime
    last_updated: datetime


def is_monitored(schedule: Schedule, now: datetime) -> bool:
    """Whether times of a schedule are kept at all: not those that come more than once a minute."""
    second = schedule.next(schedule.next(now))
    return second > now + timedelta(minutes=1)


def first(schedule: Schedule, now: datetime) -> Status:
    """Return the status of a timer that has never been seen."""
    return Status(NEVER, schedule.next(now), now)


def looked_at(schedule: Schedule, kept: Status, now: datetime) -> Status:
    """Return the status to go on from: the kept one, unless the schedule has been changed meanwhile."""
    reckoned_from = kept.last if kept.last != NEVER else kept.last_updated if kept.last_updated != NEVER else now
    expected = schedule.next(reckoned_from)
    if kept.next == expected:
        return kept
    if now > expected:
        expected, reckoned_from = schedule.next(now), now
    return Status(NEVER, expected, reckoned_from)


def is_past_due(status: Status, now: datetime) -> bool:
    """Whether a time was missed."""
    return now > status.next


def after_run(schedule: Schedule, status: Status, began: datetime, *, is_past_due: bool) -> Status:
    """Return the status once a run that began then has ended. One that came a little early came at its time."""
    last = began if is_past_due else max(began, status.next)
    return replace(status, last=last, next=schedule.next(last), last_updated=last)
