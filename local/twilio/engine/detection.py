"""Answering machines: who picked up, told at once or later."""

from dataclasses import dataclass

from local.twilio.engine.leg import Leg
from local.twilio.phones import Behaviour
from local.twilio.webhooks import Webhook

BEEP = "machine_end_beep"
UNKNOWN = "unknown"
TIMEOUT_S = 30  # Twilio: how long it listens
START_S = 2.0  # of a greeting, until it is known for one


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller wants to know: `mode` is empty, `Enable` or `DetectMessageEnd`."""

    mode: str = ""
    timeout_s: float = TIMEOUT_S
    is_async: bool = False
    callback_url: str = ""
    callback_method: str = "POST"


async def detect(leg: Leg, wish: Wish) -> None:
    """Find out who answered. In step, the document waits for it; asynchronously a callback brings it."""
    behaviour = leg.board.phone(leg.call.to).behaviour
    if behaviour.answers == "machine":
        leg.note("heard", "an answering machine's greeting", by="machine")
    if not wish.mode:
        return
    started = leg.clock.now()
    answered_by = await _listen(leg, wish, behaviour)
    leg.call.answered_by = answered_by
    if not wish.is_async:
        leg.call.parameters["AnsweredBy"] = answered_by
    leg.note("detected", answered_by)
    if wish.is_async and wish.callback_url:
        took_s = (leg.clock.now() - started).total_seconds()
        heard_s = {BEEP: behaviour.greeting_s, UNKNOWN: wish.timeout_s}.get(answered_by, took_s)
        _tell(leg, wish, answered_by, heard_s)


async def _listen(leg: Leg, wish: Wish, behaviour: Behaviour) -> str:
    """Return Twilio's word for who answered, after so much of the greeting as the wish asks for."""
    if behaviour.answers != "machine":
        return "human"
    waits_for_end = wish.mode == "DetectMessageEnd"
    if not wish.is_async:
        await leg.passes(min(behaviour.greeting_s, wish.timeout_s if waits_for_end else START_S))
    if waits_for_end and behaviour.greeting_s > wish.timeout_s:
        return UNKNOWN
    return BEEP if waits_for_end else "machine_start"


def _tell(leg: Leg, wish: Wish, answered_by: str, took_s: float) -> None:
    parameters = {
        "CallSid": leg.call.sid,
        "AccountSid": leg.account.sid,
        "AnsweredBy": answered_by,
        "MachineDetectionDuration": str(round(took_s * 1000)),
    }
    webhook = Webhook("machine-detection", leg.call.sid, wish.callback_url, wish.callback_method, parameters)
    leg.board.courier.in_order(webhook, leg.clock)
