"""One leg of a call: an actor with a mailbox.

What people and other legs do comes in as signals; what stops the running
verb (a hang-up, a change by REST) comes in as an interruption and is raised wherever the leg waits.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from local.twilio.clock import Clock
from local.twilio.engine.source import Source
from local.twilio.records import Call, Event
from local.twilio.webhooks import Webhook

if TYPE_CHECKING:
    from local.twilio.exchange import Exchange


class Signal:
    """Something that happened to a leg while it waited."""


@dataclass(frozen=True, slots=True)
class Pressed(Signal):
    """The person pressed one key."""

    key: str


@dataclass(frozen=True, slots=True)
class Spoke(Signal):
    """The person said something; `seconds` is how long it took."""

    text: str
    confidence: float = 0.9
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Answered(Signal):
    """The phone was picked up."""


@dataclass(frozen=True, slots=True)
class Declined(Signal):
    """The person refused the call while it rang."""


@dataclass(frozen=True, slots=True)
class Silence(Signal):
    """The person has finished speaking."""


class Interruption(Exception):
    """Stops the running verb."""


class HungUp(Interruption):
    """The person hung up, or the network lost them; `told` is what the running verb's action is still told."""

    told: dict[str, str] | None = None


class Finished(Interruption):
    """The line ends the call: the Hangup verb, `Status=completed` by REST, a time limit."""


class Barged(Interruption):
    """Input during a prompt stops the prompt."""

    def __init__(self, signal: Signal) -> None:
        super().__init__()
        self.signal = signal


class Moved(Interruption):
    """REST gave the live call another document."""

    def __init__(self, source: Source) -> None:
        super().__init__(source.url)
        self.source = source


@dataclass(frozen=True, slots=True)
class Callback:
    """Where the events of a call are sent, and which of them."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


@dataclass(eq=False)
class Leg:
    """A running leg; `call` is what REST shows of it."""

    exchange: "Exchange"
    call: Call
    clock: Clock
    callback: Callback = field(default_factory=Callback)
    fallback: Source | None = None
    parent: "Leg | None" = None
    keys_left: str = ""
    waits_in_line: bool = False  # in a wait document machine time is a person's time: it is looped
    sip_response: str = ""
    record: dict[str, str] | None = None  # how REST wants the whole call recorded
    peer: "Leg | None" = None  # whom it talks with
    far: "Leg | None" = None  # the other end, when that is a line of the account too
    barge_in: tuple[type[Signal], ...] = ()
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    mailbox: deque[Signal] = field(default_factory=deque)
    sequence: int = 0
    has_hung_up: bool = False
    is_parked: bool = False
    _awake: asyncio.Event = field(default_factory=asyncio.Event)
    _interruption: Interruption | None = None
    _under_way: asyncio.Task[Any] | None = None

    def note(self, kind: str, text: str = "", **detail: Any) -> None:
        """Write into the call's transcript."""
        self.call.transcript.append(Event(self.clock.now(), kind, text, detail))

    def post(self, signal: Signal) -> None:
        """Put a signal into the mailbox."""
        self.mailbox.append(signal)
        self._wake()

    def interrupt(self, interruption: Interruption) -> None:
        """Stop the running verb; a hang-up is final."""
        if isinstance(interruption, HungUp):
            self.has_hung_up = True
        self._interruption = interruption
        if self._under_way:
            self._under_way.cancel()
        self._wake()

    async def next(self, seconds: float | None = None) -> Signal | None:
        """Wait for the next signal; None when `seconds` of a person's time passed without one."""
        self.check()
        if not self.mailbox:
            await self._park(seconds)
            self.check()
        return self.mailbox.popleft() if self.mailbox else None

    async def expect[S: Signal](self, kinds: type[S] | tuple[type[S], ...], seconds: float | None = None) -> S | None:
        """Wait for a signal of some kinds; others are lost, as they are on a phone that nobody listens to."""
        until = None if seconds is None else self.clock.now().timestamp() + seconds
        while True:
            left = None if until is None else until - self.clock.now().timestamp()
            if left is not None and left <= 0 and not self.mailbox:
                self.check()
                return None
            signal = await self.next(left)
            if isinstance(signal, kinds):
                return signal

    def press(self, keys: str) -> None:
        """Let the person press keys."""
        self.note("pressed", keys)
        for key in keys:
            self.post(Pressed(key))

    async def passes(self, seconds: float) -> None:
        """Let machine time pass; keys pressed meanwhile go nowhere, or stop a prompt that allows it."""
        self.check()
        if self.clock.is_manual and not self.waits_in_line:
            self.clock.move(seconds)
            self.check()
            return
        until = self.clock.now().timestamp() + seconds
        while (left := until - self.clock.now().timestamp()) > 0:
            signal = await self.next(left)
            if self.barge_in and isinstance(signal, self.barge_in):
                raise Barged(signal)

    async def unless_interrupted[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Return the result of a request, or raise what interrupts the leg first."""
        task = self._under_way = asyncio.ensure_future(work)
        try:
            result: T = await task
        except asyncio.CancelledError:
            self.check()
            raise
        finally:
            self._under_way = None
        return result

    def check(self) -> None:
        """Raise what interrupts the leg, if anything does."""
        interruption, self._interruption = self._interruption, None
        if interruption:
            raise interruption
        if self.has_hung_up:
            raise HungUp

    async def _park(self, seconds: float | None) -> None:
        self.is_parked = True
        self._awake.clear()
        alarm = self.clock.alarm(seconds, self._wake) if seconds is not None else None
        self.clock.rest()
        try:
            await self._awake.wait()
        finally:
            if alarm:
                alarm.cancel()

    def _wake(self) -> None:
        """Count as working from now on, not only from when the task gets its turn, so that `settled` is exact."""
        if self.is_parked:
            self.is_parked = False
            self.clock.begin()
            self._awake.set()

    def webhook(self, source: Source) -> Webhook:
        """Return the request for a document or an action, with the call's parameters and the source's own."""
        parameters = self.exchange.call_parameters(self) | source.parameters
        return Webhook(source.kind, self.call.sid, source.url, source.method, parameters)
