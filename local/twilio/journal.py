"""An append-only list that one can wait on: transcripts, alerts, sent webhooks, the texts of a phone."""

import asyncio
from collections.abc import Callable


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
