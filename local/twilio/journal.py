"""An append-only list that one can wait on: transcripts, alerts, sent webhooks, the texts of a phone."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated

import msgspec

MAX_WAIT_S = 60.0


class Wanted(msgspec.Struct):
    """What a request wants of a journal: what came `after` so many entries, waited for so many seconds."""

    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    wait_s: Annotated[float, msgspec.Meta(ge=0, le=MAX_WAIT_S)] = 0.0


def wanted(query: Mapping[str, str]) -> Wanted:
    """Return what the query of a request wants. Raises msgspec.ValidationError."""
    return msgspec.convert(dict(query), Wanted, strict=False)


class Journal[T]:
    """What happened, in order. Readers remember how far they have read and ask for what came after."""

    def __init__(self) -> None:
        self.entries: list[T] = []
        self._more = asyncio.Event()

    def append(self, entry: T) -> None:
        """Add an entry and wake whoever waits for one."""
        self.entries.append(entry)
        self._more.set()
        self._more = asyncio.Event()

    async def after(self, position: int, wait_s: float, matches: Callable[[T], bool] = lambda _: True) -> list[T]:
        """Return the matching entries from `position` on, waiting up to `wait_s` real seconds for a first one."""
        deadline = asyncio.get_running_loop().time() + wait_s
        while not (found := [entry for entry in self.entries[position:] if matches(entry)]):
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                break
            try:
                await asyncio.wait_for(self._more.wait(), left)
            except TimeoutError:
                break
        return found
