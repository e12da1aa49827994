"""Instances share the storage's clock."""

from datetime import UTC, datetime, timedelta

import pytest

from shared import clock as machine
from shared import settings
from shared.store import clock
from shared.store.clock import _Clock
from shared.store.tables import Table


def test_it_goes_on_from_what_the_storage_said_whatever_this_machine_says():
    own = _Clock()
    assert abs(own.now() - datetime.now(UTC)) < timedelta(seconds=1)
    own.note("Mon, 23 Nov 2026 10:59:59 GMT")
    said = datetime(2026, 11, 23, 10, 59, 59, tzinfo=UTC)
    assert timedelta() <= own.now() - said < timedelta(seconds=1)
    own.note("Mon, 23 Nov 2026 11:00:00 GMT")
    assert own.now().hour == 11


@pytest.mark.usefixtures("ours")
def test_each_answer_sets_it():
    clock.storage.note("Mon, 23 Nov 2020 10:00:00 GMT")
    Table(settings.current(), "limits").get("nobody", "row")
    assert abs(clock.storage.now() - datetime.now(UTC)) < timedelta(seconds=2)


@pytest.mark.parametrize("date", ["", "now", "Mon, 99 Nov 2026 10:00:00 GMT", "1764000000"])
def test_an_answer_that_dates_itself_in_no_way_is_taken_all_the_same(date):
    own = _Clock()
    own.note("Mon, 23 Nov 2026 10:59:59 GMT")
    own.note(date)
    assert own.now().date().isoformat() == "2026-11-23"


def test_a_date_without_a_zone_is_taken_as_utc():
    own = _Clock()
    own.note("Mon, 23 Nov 2026 10:59:59 -0000")
    assert own.now() - datetime(2026, 11, 23, 10, 59, 59, tzinfo=UTC) < timedelta(seconds=1)


def test_it_is_as_far_ahead_as_the_app_is_told(monkeypatch):
    own, ahead = _Clock(), timedelta(days=30)
    monkeypatch.setattr(machine, "_ahead", ahead)
    assert abs(own.now() - datetime.now(UTC) - ahead) < timedelta(seconds=1)
    own.note("Mon, 23 Nov 2026 10:59:59 GMT")
    assert timedelta() <= own.now() - ahead - datetime(2026, 11, 23, 10, 59, 59, tzinfo=UTC) < timedelta(seconds=1)
