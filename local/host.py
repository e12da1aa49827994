"""Runs function_app.py on this machine as the Azure Functions host does, with Microsoft's own worker library.

An app cannot tell the two apart: prefix, route parameters, 404 for a wrong method, function keys, lower-cased headers,
dropped empty query values, empty 500s, functions that a setting disables. A timer's function can be run by hand, too.
"""

import argparse
import asyncio
import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local import queue, timer, worker
from local.serving import serve
from local.visitors import is_from_here
from local.worker import Datum, Function

ROOT = Path(__file__).parent.parent
BODY_LIMIT = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"
BODY_BYTES = 104_857_600  # the host's own limit where that says no other
# Source: "Manually run a non HTTP-triggered function" in Azure's docs
BY_HAND = re.compile(r"/admin/functions/(\w+)", re.IGNORECASE)
CLOCK = "/admin/clock"  # of this host alone: for the app it becomes the time that it is told, until it is told none
KEY = "AHOY_HOST_KEY"  # taken out of the environment before the app is loaded
DISABLED = "AzureWebJobs.{}.Disabled"  # Source: "How to disable functions in Azure Functions" in Azure's docs

log = logging.getLogger("host")


@dataclass(frozen=True, slots=True)
class Route:
    """An HTTP function's address. Several functions may share one, with different methods."""

    pattern: re.Pattern[str]
    methods: frozenset[str]
    is_open: bool
    literals: int  # segments without a parameter; the address with more of them wins
    function: Function


class Host:
    """An ASGI app that answers as the host in front of the functions does."""

    def __init__(
        self,
        functions: Sequence[Function],
        prefix: str,
        key: str,
        pace: queue.Pace,
        disabled: frozenset[str] = frozenset(),
    ) -> None:
        """Give those that are `disabled`, by name, no route, no times and no queue; timers still run by hand."""
        enabled = [function for function in functions if function.name not in disabled]
        self.routes = sorted(
            (_route(function, prefix) for function in _of("httpTrigger", enabled)),
            key=lambda route: -route.literals,
        )
        self.by_hand = _of("timerTrigger", functions)
        self.timers = _of("timerTrigger", enabled)
        self.queues = _of("queueTrigger", enabled)
        self.key = key
        self.pace = pace
        self.body_bytes = int(os.environ.get(BODY_LIMIT) or BODY_BYTES)
        self._running_by_hand: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; or, while the server lives, run the timers and listen to the queues."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        if scope["type"] != "http":
            return
        await (await self._answer(Request(scope, receive)))(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        running = [asyncio.create_task(timer.run(function)) for function in self.timers]
        running += [asyncio.create_task(queue.run(function, self.pace)) for function in self.queues]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in running:
            task.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, request: Request) -> Response:
        path = request.scope["raw_path"].decode("latin-1")
        if path == "/":
            return Response(status_code=204)
        if by_hand := BY_HAND.fullmatch(path):
            return self._run_now(request, by_hand[1])
        if path == CLOCK:
            return await self._set_clock(request)
        for route in self.routes:
            found = route.pattern.fullmatch(path)
            if found and request.method in route.methods:
                if not (route.is_open or self._has_key(request)):
                    return Response(status_code=401)
                return await self._call(request, route.function, found.groupdict())
        return Response(status_code=404)

    def _run_now(self, request: Request, name: str) -> Response:
        """Begin to run a timer's function, without waiting for its end."""
        if not is_from_here(request.headers):
            return Response(status_code=403)
        if not self._has_key(request):
            return Response(status_code=401)
        function = next((function for function in self.by_hand if function.name == name), None)
        if request.method != "POST" or not function:
            return Response(status_code=404)
        task = asyncio.create_task(timer.once(function))
        self._running_by_hand.add(task)
        task.add_done_callback(self._running_by_hand.discard)
        return Response(status_code=202)

    async def _set_clock(self, request: Request) -> Response:
        """Set the app's clock to what is said with its zone (ISO 8601), or back to the real time when nothing is."""
        if not self._has_key(request):
            return Response(status_code=401)
        if request.method != "PUT":
            return Response(status_code=404)
        from shared import clock

        at = (await request.body()).decode()
        clock.set_to(datetime.fromisoformat(at) if at else None)
        return Response(status_code=204)

    def _has_key(self, request: Request) -> bool:
        given = request.headers.get("x-functions-key") or request.query_params.get("code", "")
        return compare_digest(given.encode(), self.key.encode())

    async def _call(self, request: Request, function: Function, parameters: dict[str, str | None]) -> Response:
        if int(request.headers.get("content-length") or 0) > self.body_bytes:
            return Response(status_code=413, headers={"connection": "close"})  # what is on its way is read by nobody
        try:
            returned, _ = await worker.call(function, await _http(request, parameters))
        except worker.Failed as failure:
            log.error("%s failed: %s", function.name, failure)  # noqa: TRY400 -- the worker logged the trace
            return Response(status_code=500)
        return _response(returned)


def _of(trigger: str, functions: Iterable[Function]) -> list[Function]:
    return [function for function in functions if function.trigger["type"] == trigger]


def disabled(functions: Iterable[Function], environ: Mapping[str, str]) -> frozenset[str]:
    """Return the names of the functions that settings disable; the host knows no case in names and values."""
    settings = {name.lower(): value.lower() for name, value in environ.items()}
    return frozenset(
        function.name for function in functions if settings.get(DISABLED.format(function.name).lower()) in {"true", "1"}
    )


def _route(function: Function, prefix: str) -> Route:
    trigger = function.trigger
    template = "/".join(part for part in (prefix, trigger.get("route") or function.name) if part)
    segments = template.split("/")
    return Route(
        pattern=re.compile("".join(_segment(segment) for segment in segments) + "/?", re.IGNORECASE),
        methods=frozenset(method.upper() for method in trigger.get("methods") or ["GET", "POST"]),
        is_open=str(trigger.get("authLevel", "function")).lower() == "anonymous",
        literals=sum("{" not in segment for segment in segments),
        function=function,
    )


_CONSTRAINTS = {"int": r"-?\d+", "alpha": r"[A-Za-z]+", "guid": r"[0-9A-Fa-f-]{36}", "bool": "true|false"}


def _segment(segment: str) -> str:
    """Return the pattern of one segment: `text`, `{name}`, `{name?}`, `{name:constraint}` or `{*rest}`."""
    parameter = re.fullmatch(r"\{(\*?)(\w+)(?::(\w+))?(\??)\}", segment)
    if not parameter:
        return "/" + re.escape(segment)
    rest, name, constraint, optional = parameter.groups()
    pattern = f"/(?P<{name}>{'.*' if rest else _CONSTRAINTS.get(constraint, '[^/]+')})"
    return f"(?:{pattern})?" if optional or rest else pattern


async def _http(request: Request, parameters: dict[str, str | None]) -> Datum:
    """Return the request as the worker gets it. A body without Content-Length stays behind, as it does at the host."""
    raw_query = request.scope["query_string"].decode("latin-1")
    path = request.scope["raw_path"].decode("latin-1")
    address = f"{request.url.scheme}://{request.headers.get('host', '')}{path}"
    body = await request.body() if int(request.headers.get("content-length") or 0) else b""
    query = _joined((name, value) for name, value in parse_qsl(raw_query) if value)
    return Datum(
        {
            "method": worker.text(request.method),
            "url": worker.text(address + (f"?{raw_query}" if raw_query else "")),
            "headers": worker.texts(_joined(request.headers.items())),
            "query": worker.texts(query),
            "params": worker.texts({name: unquote(value) for name, value in parameters.items() if value}),
            "body": Datum(body, "bytes"),
        },
        "http",
    )


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Join the values of a repeated name with commas, as the host does."""
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _response(returned: Any) -> Response:
    if returned is None:
        return Response()
    if returned.type != "http":
        return Response(returned.value, media_type="text/plain")
    answer = returned.value
    headers = {name: datum.value for name, datum in answer["headers"].items()}
    return Response(answer["body"].value, status_code=int(answer["status_code"].value), headers=headers)


def main() -> None:
    """Serve a function app; AHOY_HOST_KEY is the function key that callers must know."""
    arguments = argparse.ArgumentParser(prog="python -m local.host", description=main.__doc__)
    arguments.add_argument("--port", type=int, default=7071, help="0 takes a free one (default: %(default)s)")
    arguments.add_argument("--app", type=Path, default=ROOT, help="the app's folder (default: this one)")
    arguments.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    given = arguments.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("azure.core.pipeline.policies.http_logging_policy", "azure_functions_runtime", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    key = os.environ.pop(KEY, "")
    if not key:
        sys.exit(f"{KEY} is not set: without a key nobody could call the API")
    settings = json.loads((given.app / "host.json").read_text(encoding="utf-8"))
    worker.start()
    functions = worker.load(given.app)
    prefix = settings.get("extensions", {}).get("http", {}).get("routePrefix", "api")
    pace = queue.Pace.of(settings, os.environ)
    host = Host(functions, prefix, key, pace, disabled(functions, os.environ))
    serve(host, given.port, with_parent=given.with_parent)


if __name__ == "__main__":
    main()
