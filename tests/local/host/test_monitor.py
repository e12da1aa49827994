"""A time that was missed is known afterwards. Source: azure-webjobs-sdk-extensions, ScheduleMonitorTests."""

from datetime import UTC, datetime, timedelta

import pytest

from local.host import monitor
from local.host.monitor import NEVER, Status
from local.host.schedule import Schedule

NOW = datetime(2026, 11, 24, 12, 2, 30, tzinfo=UTC)
HOURLY = Schedule("0 0 * * * *")


def at(hour, minute=0):
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def test_one_that_was_never_seen_has_missed_nothing():
    status = monitor.first(HOURLY, NOW)
    assert status == Status(NEVER, at(13), NOW)
    assert not monitor.is_past_due(status, NOW)
    assert monitor.looked_at(HOURLY, status, NOW) == status


@pytest.mark.parametrize(("last", "is_past_due"), [(at(11), False), (at(10), True), (at(3), True)])
def test_one_whose_next_time_has_passed_is_past_due(last, is_past_due):
    kept = Status(last, last + timedelta(hours=1), last)
    now = at(11, 59)
    assert monitor.looked_at(HOURLY, kept, now) == kept
    assert monitor.is_past_due(kept, now) == is_past_due


def test_a_schedule_that_was_changed_has_missed_nothing():
    kept = Status(at(3), at(4), at(3))
    status = monitor.looked_at(Schedule("0 30 * * * *"), kept, NOW)
    assert status == Status(NEVER, at(12, 30), NOW)
    later = Status(at(12), at(13), at(12))
    assert monitor.looked_at(Schedule("0 30 * * * *"), later, NOW) == Status(NEVER, at(12, 30), at(12))


def test_a_run_that_came_a_little_early_came_at_its_time():
    status = Status(at(11), at(12), at(11))
    early = at(12) - timedelta(milliseconds=20)
    assert monitor.after_run(HOURLY, status, early, is_past_due=False) == Status(at(12), at(13), at(12))
    late = at(14, 10)
    assert monitor.after_run(HOURLY, status, late, is_past_due=True) == Status(late, at(15), late)


@pytest.mark.parametrize(
    ("schedule", "is_monitored"), [("0 * * * * *", True), ("0 */5 * * * *", True), ("*/10 * * * * *", False)]
)
def test_what_comes_more_than_once_a_minute_is_not_kept(schedule, is_monitored):
    assert monitor.is_monitored(Schedule(schedule), NOW) == is_monitored
