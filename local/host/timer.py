"""Timer functions on this machine, as the Functions host runs them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import msgspec

from local.host.channel import Failed
from local.host.protocol import Function
from local.host.schedule import Schedule

type Run = Callable[[Function, str, str], Awaitable[object]]


async def run(function: Function, call: Run) -> None:
    """Call a timer function at each of its times, never twice at once, until cancelled. A failure is logged only."""
    schedule = Schedule(function.trigger["schedule"])
    while True:
        now = datetime.now(UTC)
        await asyncio.sleep((schedule.next(now) - now).total_seconds())
        await once(function, call)


async def once(function: Function, call: Run) -> None:
    """Call a timer function now."""
    try:
        await call(function, "json", _timer())
    except Failed:
        return  # it is logged


def _timer() -> str:
    shown = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": None, "IsPastDue": False}
    return msgspec.json.encode(shown).decode()
