"""The leg of somebody who is dialled: it rings, hears the whisper, talks, and its Dial is told of each step."""

from dataclasses import dataclass, field

from local.twilio.engine import call_life, detection
from local.twilio.engine.bridge import PeerLeft, listen, talk
from local.twilio.engine.leg import Callback, Leg
from local.twilio.engine.run import follow
from local.twilio.engine.signals import Finished, HungUp, Interruption, Moved, Signal
from local.twilio.engine.states import finish
from local.twilio.phones import BRIDGE_S
from local.twilio.records import Call, Direction, Event
from local.twilio.source import Source


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody to dial, and what they hear before they are connected."""

    to: str
    from_: str
    timeout_s: float
    whisper: Source | None = None
    callback: Callback = field(default_factory=Callback)
    send_digits: str = ""
    machine: detection.Wish = field(default_factory=detection.Wish)
    credentials: str = ""
    brings: dict[str, dict[str, str]] = field(default_factory=dict)
    application: dict[str, str] | None = None  # the settings of the application that takes the call
    parameters: dict[str, str] = field(default_factory=dict)  # what that application is told


@dataclass(frozen=True, slots=True)
class Ready(Signal):
    """A callee has answered and heard the whisper."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class Over(Signal):
    """A callee's leg has left its Dial."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class Chosen(Signal):
    """The Dial connects this callee."""


def dial(caller: Leg, parties: list[Party]) -> list[Leg]:
    """Start to ring people at once on behalf of a leg; the first to pick up ends the ringing of the others."""
    ringing: list[Leg] = []
    ringing += [_ring(caller, party, ringing) for party in parties]
    return ringing


def _ring(caller: Leg, party: Party, ringing: list[Leg]) -> Leg:
    direction: Direction = "outbound-dial" if party.application is None else "inbound"
    call = Call(party.to, party.from_, direction, parent_call_sid=caller.call.sid, parameters=party.parameters)
    call.phone_number_sid = caller.call.phone_number_sid
    leg = Leg(caller.board, call, caller.clock, party.callback, parent=caller)
    leg.credentials, leg.brings = party.credentials, party.brings
    caller.note("dialled", party.to, sid=call.sid)
    if party.application is None:
        call_life.start(leg, _live(leg, caller, party, ringing))
    else:
        call_life.start(leg, _live_as_application(leg, caller, party.application))
    return leg


async def _live_as_application(leg: Leg, caller: Leg, settings: dict[str, str]) -> None:
    """Let an application take the call: the caller hears its documents from their first verb on."""

    def ready(event: Event) -> None:
        if event.kind == "answered":
            caller.post(Ready(leg))

    leg.is_line = True
    leg.watchers.append(ready)
    listen(caller, leg)
    try:
        await call_life.incoming(leg, settings)
    finally:
        caller.post(Over(leg))
        caller.post(PeerLeft(leg))


async def _live(leg: Leg, caller: Leg, party: Party, ringing: list[Leg]) -> None:
    try:
        if await call_life.is_answered(leg, party.timeout_s):
            for other in ringing:
                if other is not leg:
                    other.interrupt(Finished())
            await _connect(leg, caller, party)
        else:
            caller.note(leg.call.status, party.to)
    except Moved as moved:
        caller.post(Over(leg))
        await call_life.to_the_end(leg, moved.source)
    except Interruption:
        finish(leg, "completed")
    finally:
        caller.post(Over(leg))


async def _connect(leg: Leg, caller: Leg, party: Party) -> None:
    await detection.detect(leg, party.machine)
    if party.send_digits:
        leg.note("played", f"keys {party.send_digits}", digits=party.send_digits)
    if party.whisper:
        await follow(leg, party.whisper)
    caller.post(Ready(leg))
    await leg.expect(Chosen)
    if (talks_s := talking_s(leg)) is not None:
        leg.clock.alarm(talks_s, lambda: leg.interrupt(HungUp()))
    await talk(leg, caller)
    finish(leg, "completed")


def talking_s(leg: Leg) -> float | None:
    """Return after how many seconds a phone hangs up by itself, None for one that waits for somebody to do so.

    Where seconds pass for real one that was told nothing does, but not one that a person answers.
    """
    behaviour = leg.board.phone(leg.call.to).behaviour
    is_by_itself = behaviour.answers != "asks" and not leg.clock.is_manual and not leg.far
    return BRIDGE_S if behaviour.talks_s is None and is_by_itself else behaviour.talks_s
