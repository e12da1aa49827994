"""Open or closed, by the clock on the wall where the line is."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from shared.flow.hours import Week
from shared.flow.timetable import holiday, spans

PARIS = ZoneInfo("Europe/Paris")


def week(*lines, holidays=()):
    return Week(tuple(span for line in lines for span in spans(line)[0]), "Europe/Paris", frozenset(holidays))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("line", "moment", "is_open"),
    [
        ("Mon-Fri 09:00-18:00", "2026-11-24T09:00", True),  # a Tuesday
        ("Mon-Fri 09:00-18:00", "2026-11-24T08:59:59", False),
        ("Mon-Fri 09:00-18:00", "2026-11-24T17:59:59", True),
        ("Mon-Fri 09:00-18:00", "2026-11-24T18:00", False),
        ("Mon-Fri 09:00-18:00", "2026-11-28T12:00", False),
        ("Fri-Mon 9:00-10:00", "2026-11-29T09:30", True),
        ("Sat,sunday 10:00 - 14:00", "2026-11-29T10:00", True),
        ("Daily 00:00-24:00", "2026-11-29T23:59", True),
        ("Fri 22:00-02:00", "2026-11-28T01:59", True),
        ("Fri 22:00-02:00", "2026-11-28T02:00", False),
        ("Sun 22:00-02:00", "2026-11-30T01:00", True),  # over the end of the week
        ("Mon 08:00-18:00", "2026-03-30T08:00", True),  # the day after the clocks went forward
    ],
)
def test_openings(line, moment, is_open):
    assert week(line).is_open(at(moment)) is is_open


def test_a_moment_elsewhere_counts_by_the_clock_of_the_line():
    tokyo = datetime(2026, 11, 24, 17, 0, tzinfo=ZoneInfo("Asia/Tokyo"))  # 09:00 in Paris
    assert week("Tue 09:00-09:01").is_open(tokyo)


@pytest.mark.parametrize("day", ["2026-12-25", "12-25"])
def test_a_holiday_is_closed_and_so_is_its_night(day):
    closed = week("Daily 22:00-02:00", "Daily 09:00-18:00", holidays=[holiday(day)])
    assert not closed.is_open(at("2026-12-25T10:00"))
    assert not closed.is_open(at("2026-12-26T01:00"))
    assert closed.is_open(at("2026-12-25T01:00"))  # the night of the 24th
    assert closed.is_open(at("2026-12-26T22:30"))
