"""Azure's front end and the instances behind it: one address, whose requests go to one instance after the other.

As on Flex Consumption all HTTP functions scale together, and each other function apart from them on instances of its
own, whose workers start when there is work: nothing that one keeps in memory is there in another. Source:
azure-functions-host, FunctionMetadataExtensions.GetFunctionGroup and FunctionGroupListenerDecorator; "Per-function
scaling" in Azure's docs; AppServiceHeaderFixupMiddleware for the headers of the front end.
"""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from local.host import addresses
from local.host.channel import Worker
from local.host.instance import BY_HAND, CLOCK, App, Instance

type Headers = list[tuple[bytes, bytes]]


class Front:
    """An ASGI app before the instances of one app."""

    def __init__(self, groups: dict[str, list[Instance]], public: str = "") -> None:
        """`groups` are the instances by what they run; `public` is the address that callers know, as https://NAME."""
        self._groups = groups
        self._public = urlsplit(public)
        self._next = {group: itertools.cycle(instances) for group, instances in groups.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let an instance answer one request; or, while the server lives, let all of them listen."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        if scope["type"] == "http":
            await self._pass_on({**scope, "headers": self._headers(scope)}, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        running = [task for instance in self._every() for task in instance.listen()]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await send({"type": "lifespan.shutdown.complete"})

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == CLOCK:
            await self._set_clocks(scope, receive, send)
            return
        await next(self._next[self._group(scope["path"])])(scope, receive, send)

    def _group(self, path: str) -> str:
        """Return who is to answer: a function that is run by hand runs where it would by itself."""
        by_hand = BY_HAND.fullmatch(path)
        names = {group.lower(): group for group in self._groups}
        return names.get(f"function:{by_hand[1].lower()}", "http") if by_hand else "http"

    async def _set_clocks(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let every instance have the time that is told."""
        told = await Request(scope, receive).body()

        async def again() -> Message:
            return {"type": "http.request", "body": told, "more_body": False}

        async def nowhere(_: Message) -> None:
            return

        first, *others = self._every()
        for instance in others:
            await instance(scope, again, nowhere)
        await first(scope, again, send)

    def _every(self) -> list[Instance]:
        return [instance for instances in self._groups.values() for instance in instances]

    def _headers(self, scope: Scope) -> Headers:
        """Return headers as Azure's front end passes them on: what a caller says of host and scheme is gone."""
        told = {addresses.DISGUISED.encode(), addresses.FORWARDED.encode()}
        headers: Headers = [(name, value) for name, value in scope["headers"] if name.lower() not in told]
        host = next((value for name, value in headers if name.lower() == b"host"), b"")
        return [
            *headers,
            (addresses.DISGUISED.encode(), self._public.netloc.encode() or host),
            (addresses.FORWARDED.encode(), (self._public.scheme or scope["scheme"]).encode()),
        ]


def groups(app: App, first: Worker, count: int, worker: Callable[[str], Worker]) -> dict[str, list[Instance]]:
    """Return `count` instances for each group of an app's functions; `first` is the worker that has loaded it."""
    found = {"http": [first, *(worker(f"http {number}") for number in range(2, count + 1))]}
    found |= {
        group: [worker(f"{group} {number}") for number in range(1, count + 1)]
        for group in sorted({function.group for function in app.functions} - found.keys())
    }
    return {group: [Instance(_of(app, group), each) for each in workers] for group, workers in found.items()}


def _of(app: App, group: str) -> App:
    return replace(app, functions=[function for function in app.functions if function.group == group])
