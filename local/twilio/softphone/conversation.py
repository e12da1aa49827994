"""A call of a browser, and the connection on which it is told of it."""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any, Protocol

from local.twilio.acts import Act, hang_up
from local.twilio.engine.leg import Leg

_ends: set[asyncio.Task[None]] = set()


class End(Protocol):
    """A browser's connection, and the calls that are told on it by their SIDs."""

    conversations: dict[str, "Conversation"]

    def tell(self, kind: str, **payload: Any) -> None:
        """Send a message."""


@dataclass(eq=False)
class Conversation:
    """A call of a browser. `is_placed` by it, else it rings there; `is_taken` when it was picked up in this browser."""

    leg: Leg
    end: End
    is_placed: bool
    is_taken: bool = False
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))  # with which a lost connection comes back

    @property
    def sid(self) -> str:
        """The SID of its call."""
        return self.leg.call.sid

    def tell(self, kind: str, **payload: Any) -> None:
        """Tell the browser something about this call."""
        self.end.tell(kind, callsid=self.sid, **payload)

    def move_to(self, end: End) -> None:
        """Go on at the connection that the browser has made anew."""
        self.end.conversations.pop(self.sid, None)
        self.end = end
        end.conversations[self.sid] = self
        self.tell("answer", reconnect=self.token)

    def lose(self, end: End) -> None:
        """Hang up unless the browser has come back after it was gone."""
        if self.end is end and not self.leg.call.is_over:
            task = asyncio.ensure_future(hang_up(self.leg, Act()))
            _ends.add(task)
            task.add_done_callback(_ends.discard)
