"""Timer functions on this machine, as the Functions host runs them: on one instance only, and never twice at once.

A time that was missed while nothing ran is made up for at once, and the function is told so. One that came while the
function was still at work follows at once, and is told nothing. Source: azure-webjobs-sdk-extensions, TimerListener;
azure-webjobs-sdk, SingletonListener.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from azure.core.exceptions import AzureError

from local.host import monitor
from local.host.blobs import Blobs
from local.host.channel import Failed
from local.host.monitor import Status
from local.host.protocol import Function
from local.host.schedule import Schedule

if TYPE_CHECKING:
    from azure.storage.blob import BlobLeaseClient

type Run = Callable[[Function, str, str], Awaitable[object]]

log = logging.getLogger("Host.Triggers.Timer")


class Timer:
    """One function and its times. Without a storage account nobody shares it, and nothing is kept."""

    def __init__(self, function: Function, call: Run, blobs: Blobs | None) -> None:
        self._function, self._call = function, call
        self._schedule = Schedule(function.trigger["schedule"])
        self._blobs = blobs
        self._is_monitored = blobs is not None and monitor.is_monitored(self._schedule, datetime.now(UTC))

    async def run(self) -> None:
        """Call the function at each of its times, as long as no other instance does, until cancelled."""
        if self._blobs is None:
            await self._listen()
            return
        while True:
            lease = await self._tried(self._blobs.lease, self._function.name)
            if lease is not None:
                await self._listen_with(lease, self._blobs.times.lease_s / 2)
            await asyncio.sleep(self._blobs.times.recovery_s)

    async def _listen_with(self, lease: "BlobLeaseClient", renewed_after_s: float) -> None:
        """Listen as long as the lease is ours."""
        listening = asyncio.create_task(self._listen())
        try:
            while not (await asyncio.wait([listening], timeout=renewed_after_s))[0]:
                if not await self._tried(_is_renewed, lease):
                    return
            listening.result()
        finally:
            listening.cancel()
            with contextlib.suppress(AzureError):  # it ends by itself
                await asyncio.to_thread(lease.release)

    async def _listen(self) -> None:
        status, is_past_due = await self._begun()
        while True:
            if not is_past_due:
                await asyncio.sleep(max(0.0, (status.next - datetime.now(UTC)).total_seconds()))
            began = datetime.now(UTC)
            await once(self._function, self._call, status if self._is_monitored else None, is_past_due=is_past_due)
            status = monitor.after_run(self._schedule, status, began, is_past_due=is_past_due)
            is_past_due = False
            await self._keep(status)

    async def _begun(self) -> tuple[Status, bool]:
        """Return the status to begin with, and whether a time was missed."""
        now = datetime.now(UTC)
        kept = None
        if self._blobs and self._is_monitored:
            kept = await self._tried(self._blobs.status, self._function.name)
        status = monitor.looked_at(self._schedule, kept, now) if kept else monitor.first(self._schedule, now)
        if status != kept:
            await self._keep(status)
        return status, monitor.is_past_due(status, now)

    async def _keep(self, status: Status) -> None:
        if self._blobs and self._is_monitored:
            await self._tried(self._blobs.keep, self._function.name, status)

    async def _tried[*Given, T](self, ask: Callable[[*Given], T], *given: *Given) -> T | None:
        """Return what the storage answers; None when it does not."""
        try:
            return await asyncio.to_thread(ask, *given)
        except AzureError as e:
            log.warning("the times of %s cannot be shared: %s", self._function.name, type(e).__name__)
            return None


def _is_renewed(lease: "BlobLeaseClient") -> bool:
    lease.renew()
    return True


async def once(function: Function, call: Run, status: Status | None = None, *, is_past_due: bool = False) -> None:
    """Call a timer function now. A failure is logged only."""
    shown = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": status, "IsPastDue": is_past_due}
    with contextlib.suppress(Failed):  # it is logged
        await call(function, "json", msgspec.json.encode(shown).decode())
