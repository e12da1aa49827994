"""The local host's timers come when Azure's would."""

from datetime import UTC, datetime

import pytest

from local.host.schedule import BadSchedule, Schedule

START = datetime(2026, 11, 24, 12, 2, 30, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("0 */5 * * * *", (2026, 11, 24, 12, 5, 0)),
        ("*/10 * * * * *", (2026, 11, 24, 12, 2, 40)),
        ("0 0 9-17 * * 1-5", (2026, 11, 24, 13, 0, 0)),
        ("30 2 12 * * *", (2026, 11, 25, 12, 2, 30)),
        ("0 0 0 1 1 *", (2027, 1, 1, 0, 0, 0)),
        ("0 0 0 29 2 *", (2028, 2, 29, 0, 0, 0)),
        ("0 0,30 * * * 0", (2026, 11, 29, 0, 0, 0)),
        ("5/20 * * * * *", (2026, 11, 24, 12, 2, 45)),
    ],
)
def test_the_next_time_fits(schedule, expected):
    assert Schedule(schedule).next(START) == datetime(*expected, tzinfo=UTC)


@pytest.mark.parametrize("schedule", ["", "* * * * *", "60 * * * * *", "a * * * * *", "*/0 * * * * *", "5-1 * * * * *"])
def test_what_is_no_schedule_is_refused(schedule):
    with pytest.raises(BadSchedule):
        Schedule(schedule)


def test_a_day_that_never_comes_is_refused():
    with pytest.raises(BadSchedule, match="never"):
        Schedule("0 0 0 30 2 *").next(START)
