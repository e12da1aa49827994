"""The life of a call: it rings, is answered, follows its documents, ends; its callbacks tell of each step."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from local.twilio.engine import bridge, detection, recordings
from local.twilio.engine.leg import Callback, Leg, Switchboard
from local.twilio.engine.run import follow
from local.twilio.engine.signals import Answered, Declined, Finished, HungUp, Interruption, Rejected
from local.twilio.engine.states import finish, move
from local.twilio.engine.taking import warn
from local.twilio.records import Call
from local.twilio.source import Source

NO_VOICE_URL = 11100

log = logging.getLogger("twilio.calls")
_running: set[asyncio.Task[None]] = set()


@dataclass(frozen=True, slots=True)
class Order:
    """How a call is to be placed: what follows its answer, and for how long it rings."""

    source: Source
    fallback: Source | None = None
    timeout_s: float = 60
    time_limit_s: float | None = None
    send_digits: str = ""
    machine: detection.Wish = field(default_factory=detection.Wish)
    record: dict[str, str] | None = None  # how to record the whole call, when it is to be


def receive_call(  # noqa: PLR0913 -- what a ringing call is, each named where it is given
    board: Switchboard,
    from_: str,
    to: str,
    parameters: dict[str, str] | None = None,
    *,
    far: Leg | None = None,
    settings: dict[str, str] | None = None,
) -> Leg:
    """Let somebody ring a number of the account, or whatever `settings` are of; return the line's leg.

    `from_` and `to` are addresses, `parameters` are sent beside the usual ones, `far` is the leg that rings when the
    caller is a line of this switchboard too.
    """
    account = board.account
    call = Call(to, from_, "inbound", parameters=parameters or {})
    call.forwarded_from, call.caller_name = call.parameters.get("ForwardedFrom"), call.parameters.get("CallerName")
    call.phone_number_sid = account.sid_of(to)
    settings = account.voice_settings(to) if settings is None else settings
    callback = Callback(settings.get("StatusCallback", ""), settings.get("StatusCallbackMethod") or "POST")
    leg = Leg(board, call, far.clock if far else board.new_clock(), callback, far=far)
    if far:
        far.far = leg
    start(leg, incoming(leg, settings))
    return leg


def place_call(board: Switchboard, to: str, from_: str, order: Order, callback: Callback) -> Leg:
    """Ring `to` (an address) under `from_` because REST asked for it; return the callee's leg."""
    call = Call(to, from_, "outbound-api")
    call.phone_number_sid = board.account.sid_of(from_)
    leg = Leg(board, call, board.new_clock(), callback)
    leg.fallback = order.fallback
    start(leg, outgoing(leg, order))
    return leg


def start(leg: Leg, life: Coroutine[Any, Any, None]) -> None:
    """Let a leg live in a task of its own, and its call stand in the records."""
    leg.account.calls[leg.call.sid] = leg.call
    leg.board.legs[leg.call.sid] = leg
    leg.clock.begin()
    task = asyncio.create_task(_live(leg, life))
    _running.add(task)
    task.add_done_callback(_running.discard)


async def _live(leg: Leg, life: Coroutine[Any, Any, None]) -> None:
    try:
        await life
    except Exception:
        log.exception("%s: the stand-in itself failed", leg.call.sid)
        leg.note("alert", "the stand-in itself failed; its log tells why")
        finish(leg, "failed")
    finally:
        leg.clock.rest()


async def incoming(leg: Leg, settings: dict[str, str]) -> None:
    """A call for a number or application of the account: ask its voice URL and do what it says."""
    move(leg, "ringing")
    if settings.get("VoiceFallbackUrl"):
        method = settings.get("VoiceFallbackMethod") or "POST"
        leg.fallback = Source("fallback", settings["VoiceFallbackUrl"], method)
    if not settings.get("VoiceUrl"):
        warn(leg, NO_VOICE_URL, f"{leg.call.to} has no voice URL", "")
        finish(leg, "busy")
        return
    await to_the_end(leg, Source("voice", settings["VoiceUrl"], settings.get("VoiceMethod") or "POST"))


async def outgoing(leg: Leg, order: Order) -> None:
    """A call that REST asked for."""
    if not await is_answered(leg, order.timeout_s):
        return
    if order.record is not None:
        recordings.whole_call(leg, order.record)
    limit = leg.clock.alarm(order.time_limit_s, lambda: leg.interrupt(Finished())) if order.time_limit_s else None
    if order.send_digits:
        leg.note("played", f"keys {order.send_digits}", digits=order.send_digits)
    try:
        await detection.detect(leg, order.machine)
    except Interruption:
        finish(leg, "completed")
    else:
        await to_the_end(leg, order.source)
    if limit:
        limit.cancel()


async def to_the_end(leg: Leg, source: Source) -> None:
    """Follow the documents, then end the call."""
    status = "completed"
    try:
        await follow(leg, source)
        leg.note("hung_up", "the document ended", by="line")
    except Rejected as rejected:
        status = rejected.status
    except Interruption:
        if not leg.call.answered:
            status = "no-answer" if leg.call.direction != "inbound" else "completed"
    finish(leg, status)


async def is_answered(leg: Leg, timeout_s: float) -> bool:
    """Ring the far end; when nobody answers the call is finished with the status that fits."""
    try:
        status = await _ring(leg, timeout_s)
    except HungUp:
        status = _end_of(leg.far)
    except Interruption:
        status = "canceled"
    if status != "in-progress":
        finish(leg, status)
        return False
    leg.call.answered = leg.clock.now()
    move(leg, "in-progress")
    leg.note("answered", leg.call.to)
    return True


def _end_of(far: Leg | None) -> str:
    """Return how a call to a line of the account ends when that line is done before we have heard it answer."""
    if far and far.call.answered:
        return "completed"
    return far.call.status if far and far.call.status in {"busy", "failed"} else "no-answer"


async def _ring(leg: Leg, timeout_s: float) -> str:
    """Return `in-progress`, or the status in which the call ends."""
    leg.call.start = leg.clock.now()
    move(leg, "initiated")
    phone = leg.board.phone(leg.call.to)
    behaviour = phone.behaviour
    leg.keys_left = behaviour.presses
    if behaviour.answers in {"fails", "busy"}:
        leg.sip_response = "486" if behaviour.answers == "busy" else "404"
        return "busy" if behaviour.answers == "busy" else "failed"
    if behaviour.credentials not in {"", leg.credentials}:
        leg.sip_response = "401"
        return "failed"
    move(leg, "ringing")
    _announce(leg)
    phone.rings.append(leg.call)
    await asyncio.sleep(0)  # all that are rung at once ring before the first of them picks up
    leg.check()
    if leg.call.to in leg.account.numbers:
        line = receive_call(leg.board, leg.call.from_, leg.call.to, far=leg)
        if leg.parent:
            bridge.listen(leg.parent, line)
    elif behaviour.answers in {"yes", "machine"}:
        return "in-progress"
    elif behaviour.answers == "rejects":
        leg.sip_response = "603"
        return "busy"
    return await _wait_for_answer(leg, timeout_s)


def _announce(leg: Leg) -> None:
    """Note that a phone rings, and what it is told of the call: the parameters of a Client, the headers of a Sip."""
    told = ", ".join(f"{name} {value}" for values in leg.brings.values() for name, value in values.items())
    leg.note("ringing", f"{leg.call.to}, with {told}" if told else leg.call.to, **leg.brings)


async def _wait_for_answer(leg: Leg, timeout_s: float) -> str:
    signal = await leg.expect((Answered, Declined), timeout_s)
    if signal is None:
        return "no-answer"
    return "in-progress" if isinstance(signal, Answered) else "busy"
