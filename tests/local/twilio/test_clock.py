"""The real clock of a call tree: seconds pass for real, but for those that a person skips."""

import asyncio
import time

import pytest

from local.twilio.clock import Clock

NIGHT_S = 8 * 3600


@pytest.fixture
def played():
    """Run what happens on a clock, and return the alarms that rang, in order."""

    def run(happens):
        async def go():
            clock, rang = Clock(), []
            await happens(clock, lambda name, seconds: clock.alarm(seconds, lambda: rang.append(name)))
            await asyncio.sleep(0.05)
            return rang

        return asyncio.run(go())

    return run


def test_an_alarm_rings_after_its_seconds_and_not_before(played):
    async def happens(_, alarm):
        alarm("soon", 0.01)
        alarm("later", 60)

    assert played(happens) == ["soon"]


def test_what_is_due_in_the_time_that_is_skipped_rings_at_once_in_order(played):
    async def happens(clock, alarm):
        alarm("third", NIGHT_S + 60)
        alarm("second", 120)
        alarm("first", 60)
        alarm("never", 90).cancel()
        before = clock.now()
        await clock.skip(NIGHT_S)
        assert NIGHT_S <= (clock.now() - before).total_seconds() < NIGHT_S + 5

    assert played(happens) == ["first", "second"]


def test_what_is_set_after_a_skip_goes_by_the_new_time(played):
    async def happens(clock, alarm):
        await clock.skip(NIGHT_S)
        alarm("soon", 0.01)
        alarm("later", 30)

    began = time.monotonic()
    assert played(happens) == ["soon"]
    assert time.monotonic() - began < 5
