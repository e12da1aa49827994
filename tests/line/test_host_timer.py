"""The local host runs a timer on one instance only, and makes up for a time that was missed while nothing ran."""

import asyncio
import itertools
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from local.host.blobs import Blobs, Times
from local.host.monitor import Status
from local.host.protocol import Function
from local.host.timer import Timer
from tests.tools.waiting import eventually

DAY = timedelta(days=1)
_names = (f"timer{n}" for n in itertools.count())


class Shared:
    """A timer that comes on no day soon, and the instances that would run it."""

    def __init__(self, storage):
        self.name = next(_names)
        self.storage = storage
        self.blobs = Blobs(storage, Times(lease_s=15, recovery_s=0.1))
        self.ran = []

    @asynccontextmanager
    async def instance(self, who, *, is_begun=True):
        async def call(_function, _kind, given):
            self.ran.append((who, msgspec.json.decode(given)))

        function = Function(self.name, "", {"type": "timerTrigger", "name": "t", "schedule": "0 0 0 * * *"})
        timer = Timer(function, call, Blobs(self.storage, self.blobs.times))
        task = asyncio.create_task(timer.run() if is_begun else asyncio.sleep(0))
        yield timer
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def misses(self):
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - DAY
        self.blobs.keep(self.name, Status(midnight - DAY, midnight, midnight - DAY))

    def is_next_to_come(self):
        """Return whether the time kept is the next that will come."""
        kept = self.blobs.status(self.name)
        return kept.next - DAY < datetime.now(UTC) < kept.next

    async def has_run(self, times):
        assert await asyncio.to_thread(eventually, lambda: len(self.ran) >= times)
        return [who for who, _ in self.ran]


@pytest.fixture
def shared(whole_line):
    return Shared(whole_line.running.line.storage)


def test_a_time_that_was_missed_is_made_up_for_at_once_and_said_so(shared):
    async def story():
        shared.misses()
        async with shared.instance("a"):
            await shared.has_run(1)
            assert await asyncio.to_thread(eventually, shared.is_next_to_come)  # written once it has run

    asyncio.run(story())
    ((_, told),) = shared.ran
    assert told["IsPastDue"]
    assert datetime.fromisoformat(told["ScheduleStatus"]["Next"]) < datetime.now(UTC) - DAY


def test_of_two_instances_one_runs_it_and_the_other_once_that_has_gone(shared):
    async def story():
        async with AsyncExitStack() as first:
            await first.enter_async_context(shared.instance("first"))
            assert await asyncio.to_thread(eventually, lambda: shared.blobs.status(shared.name))
            shared.misses()  # seen by whoever begins to run it, and the first has begun
            async with shared.instance("second"):
                await asyncio.sleep(0.4)
                assert not shared.ran
                await first.aclose()
                assert await shared.has_run(1) == ["second"]

    asyncio.run(story())


def test_nobody_runs_it_while_one_that_died_still_has_the_lease(shared):
    async def story():
        shared.misses()
        dead = await asyncio.to_thread(shared.blobs.lease, shared.name)
        async with shared.instance("a"):
            await asyncio.sleep(0.4)
            assert not shared.ran
            await asyncio.to_thread(dead.break_lease, 0)  # as its end of time does
            await shared.has_run(1)

    asyncio.run(story())


def test_it_stops_once_its_lease_is_gone(shared):
    async def story():
        async with shared.instance("a", is_begun=False) as timer:
            lease = await asyncio.to_thread(shared.blobs.lease, shared.name)
            await asyncio.to_thread(lease.break_lease, 0)
            await asyncio.wait_for(timer._listen_with(lease, 0.1), 10)

    asyncio.run(story())
