"""The sound that an application sends into a call: nobody hears it here, so its seconds are counted and told.

Source: Twilio's page on the WebSocket messages of Media Streams. Sound is buffered and played in its order; a mark
comes back when what was sent before it has been played, at once when nothing is left to play, or when it is cleared.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from local.twilio.engine.leg import Leg

if TYPE_CHECKING:
    from local.twilio.clock import Alarm

BYTES_PER_S = 8000  # mu-law, one channel


class Sound:
    """What is buffered; `passed` is given the name of each mark when its turn has come."""

    def __init__(self, leg: Leg, passed: Callable[[str], None]) -> None:
        self._leg, self._passed = leg, passed
        self._ends = leg.clock.now()  # when all that is buffered will have been played
        self._heard_s = 0.0  # since it was told last
        self._marks: deque[tuple[str, datetime]] = deque()
        self._alarm: Alarm | None = None

    def add(self, count: int) -> None:
        """Play so many bytes after those that are there."""
        self._ends = max(self._ends, self._leg.clock.now()) + timedelta(seconds=count / BYTES_PER_S)
        self._heard_s += count / BYTES_PER_S
        self._look()

    def mark(self, name: str) -> None:
        """Pass a mark when all that is buffered has been played."""
        self._marks.append((name, self._ends))
        self._look()

    def clear(self) -> None:
        """Play nothing more of it; every mark has passed."""
        self._drop("cleared")
        self._marks = deque((name, self._ends) for name, _ in self._marks)
        self._look()

    def end(self) -> None:
        """Leave nothing behind."""
        self._drop("cut off")
        if self._alarm:
            self._alarm.cancel()

    def _drop(self, how: str) -> None:
        left = max(0.0, (self._ends - self._leg.clock.now()).total_seconds())
        self._heard_s -= left
        self._ends = self._leg.clock.now()
        self._tell(f", {left:.1f} s {how}" if left else "")

    def _look(self) -> None:
        """Let marks pass whose time has come, and look again when the next thing happens."""
        now = self._leg.clock.now()
        while self._marks and self._marks[0][1] <= now:
            self._passed(self._marks.popleft()[0])
        if self._ends <= now:
            self._tell()
        if self._alarm:
            self._alarm.cancel()
        coming = self._marks[0][1] if self._marks else self._ends
        self._alarm = self._leg.clock.alarm((coming - now).total_seconds(), self._look) if coming > now else None

    def _tell(self, more: str = "") -> None:
        if self._heard_s > 0 or more:
            self._leg.note("played", f"{max(0.0, self._heard_s):.1f} s of sound from the stream{more}")
        self._heard_s = 0.0
