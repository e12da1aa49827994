"""Times as people type and read them in the terminal."""

import argparse
import sys
import time
from datetime import UTC, datetime

import pytest

from local import moments

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tzset is POSIX's")


@pytest.fixture
def zone(monkeypatch):
    """Let the machine be in a zone."""

    def moved(name):
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield moved
    monkeypatch.undo()
    time.tzset()


def test_a_day_is_this_machines_and_a_whole_one(zone):
    zone("America/New_York")
    assert moments.beginning("2026-11-26") == datetime(2026, 11, 26, 5, tzinfo=UTC)
    assert moments.end("2026-11-26") == datetime(2026, 11, 27, 5, tzinfo=UTC)


def test_a_day_on_which_clocks_change_is_as_long_as_it_is(zone):
    zone("Europe/Paris")
    assert (moments.end("2026-10-25") - moments.beginning("2026-10-25")).total_seconds() == 25 * 3600


@pytest.mark.parametrize("text", ["2026-11-26T09:30", "2026-11-26T08:30Z", "2026-11-26T10:30+02:00"])
def test_a_time_is_this_machines_unless_it_names_a_zone(zone, text):
    zone("Europe/Paris")
    assert moments.beginning(text) == moments.end(text) == datetime(2026, 11, 26, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "", "26.11.2026"])
def test_a_time_that_is_none_is_refused(text):
    for read in (moments.beginning, moments.end):
        with pytest.raises(argparse.ArgumentTypeError, match="no time such as"):
            read(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("UTC", "2026-07-01 12:00:00 +00:00"),
        ("Europe/Paris", "2026-07-01 14:00:00 +02:00"),
        ("Asia/Kathmandu", "2026-07-01 17:45:00 +05:45"),
        ("America/St_Johns", "2026-07-01 09:30:00 -02:30"),
    ],
)
def test_a_moment_is_shown_by_this_machines_clock_with_its_zone(zone, name, text):
    zone(name)
    assert moments.shown("2026-07-01T12:00:00.123+00:00") == text
