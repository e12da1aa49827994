"""A time as somebody says it: a day of the week, or a date, where the line is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from local import moments

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-12-25 10:00", datetime(2026, 12, 25, 9, tzinfo=UTC)),
        ("2026-07-01T10:00", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-12-25T10:00Z", datetime(2026, 12, 25, 10, tzinfo=UTC)),
    ],
)
def test_a_date_is_in_the_flows_zone_unless_it_names_one(text, at):
    assert moments.in_zone(text, PARIS) == at


@pytest.mark.parametrize("text", ["Thu 22:00", "thursday 22:00", "Thu 10pm"])
def test_a_day_of_the_week_is_the_next_one_there(text):
    at = moments.in_zone(text, PARIS)
    today = datetime.now(ZoneInfo(PARIS)).date()
    assert (at.weekday(), at.hour, at.minute, at.utcoffset()) == (3, 22, 0, at.astimezone(ZoneInfo(PARIS)).utcoffset())
    assert timedelta() <= at.date() - today < timedelta(days=7)


@pytest.mark.parametrize(
    "text", ["teatime", "Thu", "25:00", "Thu 25:00", "Xyz 10:00", "2026-13-01 10:00", "Mon-Fri 10:00"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(moments.NoTime, match="is no time such as"):
        moments.in_zone(text, PARIS)


@pytest.mark.parametrize("text", ["0001-01-01 00:00", "1969-12-31 23:59", "9999-12-31 23:59"])
def test_a_year_in_which_nobody_has_a_line_is_refused(text):
    with pytest.raises(moments.NoTime, match="is no time between 1970 and 2999"):
        moments.in_zone(text, PARIS)


def test_a_time_that_the_clocks_leave_out_is_refused():
    with pytest.raises(moments.NoTime, match="does not exist in Europe/Paris: the clocks are put forward"):
        moments.in_zone("2027-03-28 02:30", PARIS)
    twice = moments.in_zone("2026-10-25 02:30", PARIS)
    assert twice.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_without_hours_in_the_flow_it_is_this_machines_zone():
    at = moments.in_zone("2026-12-25 10:00", "")
    assert at.utcoffset() == datetime.now().astimezone().utcoffset()
