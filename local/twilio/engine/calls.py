"""The life of a call: it rings, is answered, follows its documents, ends; its callbacks tell of each step."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any

from local.twilio.engine import detection, recording
from local.twilio.engine.leg import Answered, Callback, Declined, Finished, HungUp, Interruption, Leg
from local.twilio.engine.moving import Rejected
from local.twilio.engine.run import follow
from local.twilio.engine.source import Source
from local.twilio.webhooks import Webhook

NO_VOICE_URL = 11100
PRICE_PER_MINUTE = {"inbound": 0.0085, "outbound-api": 0.014, "outbound-dial": 0.014}  # USD, United States

log = logging.getLogger("twilio.calls")
_running: set[asyncio.Task[None]] = set()


@dataclass(frozen=True, slots=True)
class Order:
    """How a call is to be placed: what follows its answer, and for how long it rings."""

    source: Source
    timeout_s: float = 60
    time_limit_s: float | None = None
    send_digits: str = ""
    machine: detection.Wish = field(default_factory=detection.Wish)
    record: dict[str, str] | None = None  # how to record the whole call, when it is to be


def start(leg: Leg, life: Coroutine[Any, Any, None]) -> None:
    """Let a leg live in a task of its own."""
    leg.exchange.legs[leg.call.sid] = leg
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
        leg.exchange.alert(NO_VOICE_URL, f"{leg.call.to} has no voice URL", leg.call.sid, "")
        finish(leg, "busy")
        return
    await to_the_end(leg, Source("voice", settings["VoiceUrl"], settings.get("VoiceMethod") or "POST"))


async def outgoing(leg: Leg, order: Order) -> None:
    """A call that REST asked for."""
    if not await is_answered(leg, order.timeout_s):
        return
    leg.record = order.record
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
    phone = leg.exchange.phone(leg.call.to)
    behaviour = phone.behaviour
    leg.keys_left = behaviour.presses
    if behaviour.answers in {"fails", "busy"}:
        leg.sip_response = "486" if behaviour.answers == "busy" else "404"
        return "busy" if behaviour.answers == "busy" else "failed"
    move(leg, "ringing")
    leg.note("ringing", leg.call.to)
    phone.rings.append(leg)
    if leg.call.to in leg.exchange.numbers:
        leg.exchange.receive_call(leg.call.from_, leg.call.to, far=leg)
    elif behaviour.answers in {"yes", "machine"}:
        return "in-progress"
    elif behaviour.answers == "rejects":
        leg.sip_response = "603"
        return "busy"
    return await _picked_up(leg, timeout_s)


async def _picked_up(leg: Leg, timeout_s: float) -> str:
    signal = await leg.expect((Answered, Declined), timeout_s)
    if signal is None:
        return "no-answer"
    return "in-progress" if isinstance(signal, Answered) else "busy"


def pick_up(leg: Leg) -> None:
    """Answer an incoming call."""
    if leg.call.answered or leg.call.direction != "inbound":
        return
    leg.call.answered = leg.clock.now()
    move(leg, "in-progress")
    leg.note("answered", leg.call.to)
    if leg.far:
        leg.far.post(Answered())


def finish(leg: Leg, status: str) -> None:
    """End the call: its last state, its price, its last callback."""
    call = leg.call
    if call.is_over:
        return
    call.end = leg.clock.now()
    if leg.record is not None and call.answered:
        recording.keep_whole_call(leg, call.answered, leg.record)
    minutes = -(-call.duration_s // 60)
    call.price = f"{-PRICE_PER_MINUTE[call.direction] * minutes:.5f}" if call.answered else None
    leg.note("ended", status, status=status, duration_s=call.duration_s)
    move(leg, status)
    leg.exchange.legs.pop(call.sid, None)
    if leg.far and not leg.far.call.is_over:
        leg.far.interrupt(HungUp())


def move(leg: Leg, status: str) -> None:
    """Bring the call into a state and send the callback that was asked for."""
    call = leg.call
    call.status, call.updated = status, leg.clock.now()
    if call.start is None:
        call.start = leg.clock.now()
    event = {"in-progress": "answered"}.get(status, "completed" if call.is_over else status)
    if leg.callback.url and event in leg.callback.events:
        parameters = leg.exchange.call_parameters(leg) | _progress(leg)
        webhook = Webhook("call-status", call.sid, leg.callback.url, leg.callback.method, parameters)
        leg.exchange.courier.in_order(webhook, leg.clock)
    leg.sequence += 1


def _progress(leg: Leg) -> dict[str, str]:
    """Return what a status callback tells beside the usual parameters."""
    call = leg.call
    told = {
        "Timestamp": format_datetime(leg.clock.now()),
        "SequenceNumber": str(leg.sequence),
        "CallbackSource": "call-progress-events",
    }
    if call.is_over:
        told |= {"CallDuration": str(call.duration_s), "Duration": str(-(-call.duration_s // 60))}
        if leg.sip_response or call.answered:
            told["SipResponseCode"] = leg.sip_response or "200"
    if call.is_over and (recordings := leg.exchange.recordings_of(call.sid)):
        told |= leg.exchange.recording_parameters(recordings[-1])
    return told


def callback_of(url: str, method: str, events: list[str]) -> Callback:
    """Return the callback that a request or a noun asks for."""
    return Callback(url, method or "POST", frozenset(events or ["completed"]))
