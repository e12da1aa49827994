"""What a machine says to a person who may interrupt: one thing after another, in a person's time."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from local.twilio.engine.leg import Leg

if TYPE_CHECKING:
    from local.twilio.clock import Alarm


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that is heard: a text that is `said`, or a sound or keys that are `played`.

    `stopped_by` are the kinds of input, `speech` and `dtmf`, that stop it; a `preemptible` one also stops for what the
    machine says next.
    """

    kind: str
    text: str
    seconds: float
    stopped_by: frozenset[str] = frozenset()
    is_preemptible: bool = False
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Heard:
    """What was heard of something before it was stopped, for how long, and what was not heard any more."""

    text: str
    milliseconds: int
    lost: str


class Playback:
    """The pieces in their order. `began` and `ended` are told of each one, `fell_silent` of the end of the last."""

    def __init__(
        self, leg: Leg, began: Callable[[Piece], None], ended: Callable[[Piece], None], fell_silent: Callable[[], None]
    ) -> None:
        self._leg, self._began, self._ended, self._fell_silent = leg, began, ended, fell_silent
        self._waiting: deque[Piece] = deque()
        self._past: list[Piece] = []  # heard to their ends, since it was silent last
        self._alarm: Alarm | None = None
        self._since = self._piece_since = leg.clock.now()
        self.current: Piece | None = None

    def add(self, piece: Piece) -> None:
        """Let a piece be heard after those that are there."""
        self._waiting.append(piece)
        if not self.current:
            self._past, self._since = [], self._now
            self._next()

    def stop(self) -> Heard:
        """Stop at once; return what was heard since it was silent last."""
        if self._alarm:
            self._alarm.cancel()
        text, lost = " ".join(piece.text for piece in self._past), ""
        if self.current:
            spoken, lost = _cut(self.current, (self._now - self._piece_since).total_seconds())
            text = f"{text} {spoken}".strip()
        lost = " ".join([lost, *(piece.text for piece in self._waiting)]).strip()
        milliseconds = round((self._now - self._since).total_seconds() * 1000) if self.current else 0
        self._waiting.clear()
        self.current = None
        return Heard(text, milliseconds, lost)

    @property
    def _now(self) -> datetime:
        return self._leg.clock.now()

    def _next(self) -> None:
        if not self._waiting:
            self.current = None
            self._fell_silent()
            return
        piece = self.current = self._waiting.popleft()
        self._piece_since = self._now
        self._alarm = self._leg.clock.alarm(piece.seconds, self._end)
        self._began(piece)

    def _end(self) -> None:
        piece = self.current
        if piece:
            self._past.append(piece)
            self._ended(piece)
        self._next()


def _cut(piece: Piece, seconds: float) -> tuple[str, str]:
    """Return what of a piece was heard within so many seconds, in whole words, and the rest."""
    share = min(1.0, seconds / piece.seconds) if piece.seconds else 1.0
    characters = round(share * len(piece.text))
    if piece.kind != "said" or characters >= len(piece.text):
        return ("", piece.text) if piece.kind != "said" else (piece.text, "")
    end = piece.text.rfind(" ", 0, characters + 1)
    return piece.text[: max(end, 0)], piece.text[max(end, 0) :].strip()
