"""What time it is for whoever calls: as it is, unless this very process is told otherwise."""

from datetime import UTC, datetime, timedelta

import pytest

from shared import clock

NIGHT = datetime(2026, 12, 25, 3, tzinfo=UTC)


@pytest.fixture
def told():
    yield clock.set_to
    clock.set_to(None)


def test_it_is_as_late_as_it_is():
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_it_goes_on_from_what_it_is_told_until_it_is_told_none(told):
    told(NIGHT)
    assert NIGHT <= clock.now() < NIGHT + timedelta(seconds=5)
    told(None)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
