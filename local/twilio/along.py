"""The app of a told line has the time of the local Twilio: its host is told before it is asked anything."""

from datetime import UTC, datetime, timedelta

import httpx

from shared import clock

UNNOTICED = timedelta(seconds=0.5)  # both go on by themselves; only what was moved is told
_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)


class Along:
    """A host's clock, at an address that its master key opens; empty: nobody's."""

    def __init__(self, address: str = "", key: str = "") -> None:
        self._address, self._key = address, key
        self._told: timedelta | None = None  # how far ahead the host was set

    async def move(self, http: httpx.AsyncClient) -> None:
        """Set it to this process's time, unless it has that already."""
        ahead = clock.moved(_SOME_TIME) - _SOME_TIME
        if self._address and (self._told is None or abs(ahead - self._told) > UNNOTICED):
            self._told = ahead
            at = clock.now().isoformat()
            await http.put(self._address, content=at, headers={"x-functions-key": self._key})
