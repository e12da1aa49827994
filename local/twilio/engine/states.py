"""The states of a call: picked up, moved on, finished; and the callback that tells of each."""

from email.utils import format_datetime

from local.twilio.engine import recordings
from local.twilio.engine.leg import Leg
from local.twilio.engine.signals import Answered, HungUp
from local.twilio.render.calls import call_parameters
from local.twilio.render.recordings import recording_parameters
from local.twilio.webhooks import Webhook

PRICE_PER_MINUTE = {"inbound": 0.0085, "outbound-api": 0.014, "outbound-dial": 0.014}  # USD, United States


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
    for aside in tuple(leg.asides.values()):
        aside.stop()
    for recording in recordings.running(leg):
        recordings.end_on(leg, recording)
    minutes = -(-call.duration_s // 60)
    call.price = f"{-PRICE_PER_MINUTE[call.direction] * minutes:.5f}" if call.answered else None
    leg.note("ended", status, status=status, duration_s=call.duration_s)
    move(leg, status)
    leg.board.legs.pop(call.sid, None)
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
        parameters = call_parameters(leg.account, leg.call) | _progress(leg)
        webhook = Webhook("call-status", call.sid, leg.callback.url, leg.callback.method, parameters)
        leg.board.courier.in_order(webhook, leg.clock)
    leg.sequence += 1


def _progress(leg: Leg) -> dict[str, str]:
    """Return what a status callback tells beside the usual parameters."""
    call = leg.call
    parameters = {
        "Timestamp": format_datetime(leg.clock.now()),
        "SequenceNumber": str(leg.sequence),
        "CallbackSource": "call-progress-events",
    }
    if call.is_over:
        parameters |= {"CallDuration": str(call.duration_s), "Duration": str(-(-call.duration_s // 60))}
        if leg.sip_response or call.answered:
            parameters["SipResponseCode"] = leg.sip_response or "200"
    if call.is_over and (recording := leg.account.recording_of_whole(call.sid)):
        parameters |= recording_parameters(leg.account, recording)
    return parameters
