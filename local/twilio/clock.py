"""The time of one call tree: a call and the legs it dials.

With the real clock seconds pass. With the manual clock machine time (speech, music, pauses) passes at once, and waiting
for a person lasts until somebody acts or moves the clock. Either clock knows which actors of the tree are at work, so
that one can wait until all of them wait themselves.

A manual clock may lead: then it is never later in the tree than in the whole process (shared/clock.py), whose time
moves along.
"""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from local.twilio.sids import utc_now
from shared import clock


class Alarm(Protocol):
    """Something that rings unless it is cancelled before."""

    def cancel(self) -> None:
        """Keep it from ringing."""


class _RealAlarm:
    def __init__(self, due: datetime, ring: Callable[[], None], left: Callable[["_RealAlarm"], None]) -> None:
        self.due, self._ring, self._left = due, ring, left
        self._handle: asyncio.TimerHandle | None = None

    def wait(self, seconds: float) -> None:
        """Ring after so many real seconds, and no more after those that were said before."""
        if self._handle:
            self._handle.cancel()
        self._handle = asyncio.get_running_loop().call_later(seconds, self._rings)

    def _rings(self) -> None:
        self._left(self)
        self._ring()

    def cancel(self) -> None:
        if self._handle:
            self._handle.cancel()
        self._left(self)


class Clock:
    """The real clock; seconds pass for real, but for those that a person does not want to wait."""

    is_manual = False

    def __init__(self) -> None:
        self._at_work = 0
        self._still = asyncio.Event()
        self._ahead = timedelta()
        self._set: set[_RealAlarm] = set()

    def now(self) -> datetime:
        """Return the time."""
        return utc_now() + self._ahead

    def alarm(self, seconds: float, ring: Callable[[], None]) -> Alarm:
        """Call `ring` after so many seconds."""
        alarm = _RealAlarm(self.now() + timedelta(seconds=seconds), ring, self._set.discard)
        self._set.add(alarm)
        alarm.wait(seconds)
        return alarm

    async def skip(self, seconds: float) -> None:
        """Let seconds pass at once: what is due then rings now, and everything else so much sooner."""
        self._ahead += timedelta(seconds=seconds)
        for alarm in sorted(self._set, key=lambda alarm: alarm.due):
            alarm.wait(max(0.0, (alarm.due - self.now()).total_seconds()))

    def move(self, seconds: float) -> None:
        """Let machine time pass; the real clock needs no help."""

    async def waits(self, seconds: float) -> None:
        """Let a person wait."""
        await asyncio.sleep(seconds)

    def begin(self) -> None:
        """An actor of the tree goes to work."""
        self._at_work += 1

    def rest(self) -> None:
        """An actor of the tree waits, or is done."""
        self._at_work -= 1
        if not self._at_work:
            self._still.set()
            self._still = asyncio.Event()

    async def settle(self, within_s: float) -> None:
        """Return as soon as every actor waits, or after `within_s` real seconds."""
        try:
            async with asyncio.timeout(within_s):
                while self._at_work:
                    await self._still.wait()
        except TimeoutError:
            return


class _ManualAlarm:
    def __init__(self, ring: Callable[[], None]) -> None:
        self.ring: Callable[[], None] | None = ring

    def cancel(self) -> None:
        self.ring = None


class ManualClock(Clock):
    """The clock of tests; it moves when machines speak and when a test says so."""

    is_manual = True
    SETTLE_S = 20  # real seconds; above Twilio's limit for a webhook

    def __init__(self, *, leads: bool = False) -> None:
        super().__init__()
        self._now, self._leads = utc_now(), leads
        self._order = itertools.count()
        self._alarms: list[tuple[datetime, int, _ManualAlarm]] = []

    def now(self) -> datetime:
        """Return the time of the tree."""
        return self._now

    def alarm(self, seconds: float, ring: Callable[[], None]) -> Alarm:
        """Call `ring` as soon as the tree's time has moved by so many seconds."""
        alarm = _ManualAlarm(ring)
        after = timedelta(seconds=seconds)
        if seconds > 0:  # what is left of a second in floating point would ring for ever without time moving
            after = max(after, timedelta.resolution)
        heapq.heappush(self._alarms, (self._now + after, next(self._order), alarm))
        return alarm

    def move(self, seconds: float) -> None:
        """Let machine time pass at once, ringing on the way what is due."""
        target = self._now + timedelta(seconds=seconds)
        while self._ring_next(target):
            pass
        self._move_to(target)

    async def skip(self, seconds: float) -> None:
        """Let seconds pass, as waiting does here."""
        await self.waits(seconds)

    async def waits(self, seconds: float) -> None:
        """Move by so many seconds; what is due rings in order, and each time the tree settles before time goes on."""
        await self.settle(self.SETTLE_S)
        target = self._now + timedelta(seconds=seconds)
        while self._ring_next(target):
            await self.settle(self.SETTLE_S)
        self._move_to(target)

    def _ring_next(self, until: datetime) -> bool:
        while self._alarms and self._alarms[0][0] <= until:
            due, _, alarm = heapq.heappop(self._alarms)
            if alarm.ring:
                self._move_to(due)
                alarm.ring()
                return True
        return False

    def _move_to(self, at: datetime) -> None:
        self._now = max(self._now, at)
        if self._leads and self._now > utc_now():
            clock.set_to(self._now)
