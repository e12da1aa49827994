"""Answering machines: who picked up, told at once or later."""

from dataclasses import dataclass

from local.twilio.engine.leg import Leg
from local.twilio.webhooks import Webhook


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller wants to know: `mode` is empty, `Enable` or `DetectMessageEnd`."""

    mode: str = ""
    is_async: bool = False
    callback_url: str = ""
    callback_method: str = "POST"


async def detect(leg: Leg, wish: Wish) -> None:
    """Find out who answered. In step, the document waits for it; asynchronously a callback brings it."""
    behaviour = leg.board.phone(leg.call.to).behaviour
    if behaviour.answers == "machine":
        leg.note("heard", "an answering machine's greeting")
    if not wish.mode:
        return
    started = leg.clock.now()
    answered_by = "human"
    if behaviour.answers == "machine":
        waits_for_end = wish.mode == "DetectMessageEnd"
        if not wish.is_async:
            await leg.passes(behaviour.greeting_s if waits_for_end else min(2.0, behaviour.greeting_s))
        answered_by = "machine_end_beep" if waits_for_end else "machine_start"
    leg.call.answered_by = answered_by
    if not wish.is_async:
        leg.call.parameters["AnsweredBy"] = answered_by
    leg.note("detected", answered_by)
    if wish.is_async and wish.callback_url:
        took_s = (
            behaviour.greeting_s if answered_by == "machine_end_beep" else (leg.clock.now() - started).total_seconds()
        )
        parameters = {
            "CallSid": leg.call.sid,
            "AccountSid": leg.account.sid,
            "AnsweredBy": answered_by,
            "MachineDetectionDuration": str(round(took_s * 1000)),
        }
        webhook = Webhook("machine-detection", leg.call.sid, wish.callback_url, wish.callback_method, parameters)
        leg.board.courier.in_order(webhook, leg.clock)
