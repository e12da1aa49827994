"""The switchboard, and one leg of a call on it: an actor with a mailbox.

What people and other legs do comes in as signals; what stops the running
verb (a hang-up, a change by REST) comes in as an interruption and is raised wherever the leg waits.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import httpx

from local.twilio.account import Account
from local.twilio.clock import Clock, ManualClock
from local.twilio.engine.signals import Barged, HungUp, Interruption, Pressed, Signal, Spoke
from local.twilio.faults import Faults
from local.twilio.phones import Behaviour, Phone
from local.twilio.records import Call, Event
from local.twilio.render.calls import call_parameters
from local.twilio.source import Source
from local.twilio.speech.sounds import Sounds
from local.twilio.speech.speaker import Speaker
from local.twilio.webhooks import RETRIEVAL_FAILED, Courier, Undelivered, Webhook

if TYPE_CHECKING:
    from datetime import datetime

CALLBACK_REFUSED = 15003  # Twilio: "Call Progress: Warning Response to Callback URL"
PROGRESS = {"call-status", "conference"}  # kinds of callbacks that tell of it


@dataclass(frozen=True, slots=True)
class Callback:
    """Where the events of a call are sent, and which of them."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})

    @classmethod
    def of(cls, url: str, method: str, events: list[str]) -> "Callback":
        """Return the callback that a request or a noun asks for; without `events`, of the end of the call."""
        return cls(url, method or "POST", frozenset(events or ["completed"]))


class Aside(Protocol):
    """Something that goes on beside the call's documents."""

    def stop(self) -> None:
        """End it: the call is over, or its document says so."""


class Switchboard:
    """What every leg is plugged into: the account, the phones around it, the way to its app, and all live legs."""

    def __init__(
        self,
        account: Account,
        *,
        manual_clock: bool = False,
        http: httpx.AsyncClient | None = None,
        speaker: Speaker | None = None,
    ) -> None:
        self.account = account
        self.manual_clock = manual_clock
        self.leads = False  # whether the time of call trees is that of the whole process
        self.faults = Faults()
        self.courier = Courier(account.auth_token, self.faults, http, self._lost)
        self.phones: dict[str, Phone] = {}
        self.usual = Behaviour()  # of a phone that nobody has told otherwise
        self.scheduled: list[tuple[datetime, Callable[[], None]]] = []  # texts that leave later
        self.legs: dict[str, Leg] = {}  # by the SIDs of their calls
        self.sounds = Sounds(speaker or Speaker())

    def _lost(self, callback: Webhook, why: Undelivered) -> None:
        """Write into the owner's log that nobody took a callback; an app that refuses progress is only a warning."""
        is_warning = callback.kind in PROGRESS and why.code == RETRIEVAL_FAILED
        code = CALLBACK_REFUSED if is_warning else why.code
        self.account.alert(code, f"the {callback.kind} callback was lost: {why}", callback.sid, callback.url)

    def new_clock(self) -> Clock:
        """Return the clock of a new call tree."""
        return ManualClock(leads=self.leads) if self.manual_clock else Clock()

    def phone(self, address: str) -> Phone:
        """Return the phone at an address; every address has one."""
        return self.phones.setdefault(address, Phone(address, self.usual))


@dataclass(eq=False)
class Leg:
    """A running leg; `call` is what REST shows of it."""

    board: Switchboard
    call: Call
    clock: Clock
    callback: Callback = field(default_factory=Callback)
    fallback: Source | None = None
    parent: "Leg | None" = None
    keys_left: str = ""
    waits_in_line: bool = False  # in a wait document machine time is a person's time: it is looped
    sip_response: str = ""
    credentials: str = ""  # `user:password` with which a SIP phone is dialled
    brings: dict[str, dict[str, str]] = field(default_factory=dict)  # what a phone is told as it rings: see `callees`
    returned: dict[str, str] = field(default_factory=dict)  # what an application tells the Dial that called it
    has_ears: bool = False  # a person hears it in a browser: what is said lasts as long as its sound
    is_line: bool = False  # an application is at this end: its documents are heard, and it hears keys and words
    watchers: list[Callable[[Event], None]] = field(default_factory=list)  # told of each event as it happens
    peer: "Leg | None" = None  # whom it talks with
    far: "Leg | None" = None  # the other end, when that is a line of the account too
    barge_in: tuple[type[Signal], ...] = ()
    on_speech: Callable[[], None] | None = None  # what is told when the person begins to say something
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    mailbox: deque[Signal] = field(default_factory=deque)
    asides: dict[str, Aside] = field(default_factory=dict)  # by their names
    sequence: int = 0
    has_hung_up: bool = False
    is_parked: bool = False
    _awake: asyncio.Event = field(default_factory=asyncio.Event)
    _interruption: Interruption | None = None
    _under_way: asyncio.Task[Any] | None = None

    @property
    def account(self) -> Account:
        """The account whose call it is."""
        return self.board.account

    def note(self, kind: str, text: str = "", **detail: Any) -> Event:
        """Return what happens, written into the call's transcript, with the address of its sound where it has one."""
        if sound := self.board.sounds.address(kind, text, detail):
            detail["sound"] = sound
        event = Event(self.clock.now(), kind, text, detail)
        self.call.transcript.append(event)
        for watch in list(self.watchers):
            watch(event)
        return event

    def hear(self, event: Event) -> None:
        """Hear what happens on another leg, with its sound where it has one."""
        self.note("heard", event.text, **{"sound": event.detail["sound"]} if "sound" in event.detail else {})

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
        """Let machine time pass; keys pressed meanwhile go nowhere, or stop a prompt that allows it (Barged)."""
        self.check()
        if self.clock.is_manual and not self.waits_in_line:
            self.clock.move(seconds)
            self.check()
            return
        until = self.clock.now().timestamp() + seconds
        while (left := until - self.clock.now().timestamp()) > 0:
            self._stop_prompt_for(await self.next(left))

    async def idles(self) -> None:
        """Let time pass until something interrupts the leg, or input stops a prompt that allows it (Barged)."""
        while True:
            self._stop_prompt_for(await self.next())

    def _stop_prompt_for(self, signal: Signal | None) -> None:
        if signal and isinstance(signal, self.barge_in):
            raise Barged(signal)
        if isinstance(signal, Pressed):
            self.note("unheard", f"key {signal.key}: nothing listened", lost=signal.key)
        if isinstance(signal, Spoke) and signal.text:
            self.note("unheard", f"{signal.text!r}: nothing listened", lost=signal.text)

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
        """Count as working from now on, not only from when the task gets its turn, so that `settle` is exact."""
        if self.is_parked:
            self.is_parked = False
            self.clock.begin()
            self._awake.set()

    def webhook(self, source: Source) -> Webhook:
        """Return the request for a document or an action, with the call's parameters and the source's own."""
        parameters = call_parameters(self.account, self.call) | source.parameters
        return Webhook(source.kind, self.call.sid, source.url, source.method, parameters)
