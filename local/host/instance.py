"""One instance of an app: its routes, its timers, its queues, and the worker process in which all of it runs.

An app cannot tell it from an instance in Azure (docs/stand-ins.md). A timer's or queue's function can be run by hand,
too, as there.
"""

import asyncio
import logging
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local.host import addresses, http, protocol, queue, routes, timer
from local.host.blobs import Blobs
from local.host.channel import Failed
from local.host.keys import Keys
from local.host.protocol import Function
from local.host.timer import Timer
from local.visitors import is_from_here

BODY_BYTES = 104_857_600  # the host's own limit where FUNCTIONS_REQUEST_BODY_SIZE_LIMIT says no other
# Source: "Manually run a non HTTP-triggered function" in Azure's docs
BY_HAND = re.compile(r"/admin/functions/(\w+)", re.IGNORECASE)
CLOCK = "/admin/clock"  # of this host alone: for the app it becomes the time that it is told, until it is told none
DISABLED = "AzureWebJobs.{}.Disabled"  # Source: "How to disable functions in Azure Functions" in Azure's docs


@dataclass(frozen=True, slots=True)
class App:
    """What all instances of an app have in common."""

    functions: Sequence[Function]
    prefix: str
    keys: Keys
    pace: queue.Pace
    blobs: Blobs | None = None
    body_bytes: int = BODY_BYTES
    is_behind_front_end: bool = False  # its headers say which host and scheme a request had
    disabled: frozenset[str] = field(default_factory=frozenset)


class Calls(Protocol):
    """Where functions run: a worker process, or this one (local/tell)."""

    async def call(
        self, function: Function, kind: str, given: protocol.Request | str, metadata: dict[str, str] | None = None
    ) -> protocol.Answer | str | None:
        """Run a function; return what it returned. `metadata` are a queue message's. Raises Failed."""

    def set_clock(self, at: datetime | None) -> None:
        """Let it be another time for the app; None: the real one."""


class Instance:
    """An ASGI app that answers as the host in front of the functions does."""

    def __init__(self, app: App, worker: Calls) -> None:
        """Those that are disabled have no route, no times and no queue; by hand they run all the same."""
        enabled = [function for function in app.functions if function.name not in app.disabled]
        self._app, self._worker = app, worker
        self._routes = routes.table(_of("httpTrigger", enabled), app.prefix)
        self._by_hand = {function.name.lower(): function for function in app.functions if function.group != "http"}
        self._timers, self._queues = _of("timerTrigger", enabled), _of("queueTrigger", enabled)
        self._running_by_hand: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; or, while the server lives, run the timers and listen to the queues."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        if scope["type"] == "http":
            await (await self._answer(Request(scope, receive)))(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        running = self.listen()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await send({"type": "lifespan.shutdown.complete"})

    def listen(self) -> list[asyncio.Task[None]]:
        """Run the timers and listen to the queues until these tasks are cancelled."""
        running = [asyncio.create_task(Timer(function, self.run, self._app.blobs).run()) for function in self._timers]
        return running + [
            asyncio.create_task(queue.run(function, self.run, self._app.pace)) for function in self._queues
        ]

    async def _answer(self, request: Request) -> Response:
        try:
            address = addresses.of(request, is_behind_front_end=self._app.is_behind_front_end)
        except addresses.BadPath:
            return Response(status_code=400)
        if address.path == "/":
            return Response(status_code=204)
        if address.path.split("/")[1].lower() in routes.RESERVED:
            return await self._administer(request, address.path)
        for route in self._routes:
            parameters = route.parameters(request.method, address.path)
            if parameters is not None:
                if not self._app.keys.open(request, route.level):
                    return Response(status_code=401)
                return await self._call(request, route.function, address, parameters)
        return Response(status_code=404)

    async def _administer(self, request: Request, path: str) -> Response:
        if not is_from_here(request.headers):
            return Response(status_code=403)
        if not self._app.keys.open(request, "admin"):
            return Response(status_code=401)
        if request.method == "PUT" and path == CLOCK:
            return await self._set_clock(request)
        by_hand = BY_HAND.fullmatch(path)
        function = self._by_hand.get(by_hand[1].lower()) if by_hand else None
        if request.method == "POST" and function:
            return await self._run_now(request, function)
        return Response(status_code=404)

    async def _run_now(self, request: Request, function: Function) -> Response:
        """Begin to run a function, without waiting for its end."""
        text = _input(await request.body())
        once = timer.once(function, self.run) if function.kind == "timerTrigger" else self._quietly(function, text)
        task = asyncio.create_task(once)
        self._running_by_hand.add(task)
        task.add_done_callback(self._running_by_hand.discard)
        return Response(status_code=202)

    async def _quietly(self, function: Function, text: str) -> None:
        try:
            await self.run(function, "string", text)
        except Failed:
            return  # it is logged

    async def _set_clock(self, request: Request) -> Response:
        """Set the app's clock to what is said with its zone (ISO 8601), or back to the real time when nothing is."""
        at = (await request.body()).decode()
        self._worker.set_clock(datetime.fromisoformat(at) if at else None)
        return Response(status_code=204)

    async def _call(
        self, request: Request, function: Function, address: addresses.Address, parameters: dict[str, str]
    ) -> Response:
        if int(request.headers.get("content-length") or 0) > self._app.body_bytes:
            return Response(status_code=413, headers={"connection": "close"})  # what is on its way is read by nobody
        try:
            given = await http.given(request, address, parameters)
            return http.response(await self.run(function, "http", given))
        except http.BadHeader:
            return Response(status_code=400)
        except Failed:
            return Response(status_code=500)
        except ValueError as e:
            _log(function).error("%s", e)
            return Response(status_code=500)

    async def run(
        self, function: Function, kind: str, given: protocol.Request | str, metadata: dict[str, str] | None = None
    ) -> protocol.Answer | str | None:
        """Run a function in the worker and log how it ended. Raises Failed."""
        began = time.monotonic()
        try:
            returned = await self._worker.call(function, kind, given, metadata)
        except Failed as failure:
            _log(function).error("Executed '%s' (Failed, %d ms): %s", function.name, _ms_since(began), failure)
            raise
        _log(function).info("Executed '%s' (Succeeded, %d ms)", function.name, _ms_since(began))
        return returned


def disabled(functions: Sequence[Function], environ: Mapping[str, str]) -> frozenset[str]:
    """Return the names of the functions that settings disable; the host knows no case in names and values."""
    settings = {name.lower(): value.lower() for name, value in environ.items()}
    return frozenset(
        function.name for function in functions if settings.get(DISABLED.format(function.name).lower()) in {"true", "1"}
    )


def _of(kind: str, functions: Sequence[Function]) -> list[Function]:
    return [function for function in functions if function.kind == kind]


def _input(body: bytes) -> str:
    """Return what a function that is run by hand is given: `{"input": "..."}`."""
    try:
        return str(msgspec.json.decode(body or b"{}", type=dict[str, object]).get("input", ""))
    except msgspec.MsgspecError:
        return ""


def _log(function: Function) -> logging.Logger:
    return logging.getLogger(f"Function.{function.name}")


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
