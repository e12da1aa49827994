"""Dial: connect the call with people, a conference or a queue; then ask the action, or go on."""

from collections.abc import Awaitable, Callable
from xml.etree import ElementTree as ET

from local.twilio.engine import conference, dial_recording, dialled_leg, queue
from local.twilio.engine.bridge import PeerLeft, talk
from local.twilio.engine.callees import parties
from local.twilio.engine.dialled_leg import Chosen, Over, Ready
from local.twilio.engine.document import Document, tell
from local.twilio.engine.leg import Leg
from local.twilio.engine.run import verb
from local.twilio.engine.signals import Finished, HungUp, Interruption, Moved
from local.twilio.engine.states import pick_up
from local.twilio.sids import new_sid
from local.twilio.source import Source
from local.twilio.twiml import method, whole_number

TIME_LIMIT_S = 14400
Parameters = dict[str, str]


@verb("Dial")
async def dial(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Connect, wait for the end of it, and return the action's source when there is one."""
    if element.get("answerOnBridge") != "true":
        pick_up(leg)
    noun = next((noun for noun in element if noun.tag in PLACES), None)
    try:
        place = PLACES[noun.tag] if noun is not None else None
        if noun is not None and place:
            outcome = await place(leg, element, noun, doc)
        else:
            outcome = await _ring_people(leg, element, doc)
    except (HungUp, Finished, Moved) as interruption:
        await _tell_of_its_end(leg, element, doc, interruption)
        raise
    return _action(element, doc, outcome) if element.get("action") else None


PLACES: dict[str, Callable[[Leg, ET.Element, ET.Element, Document], Awaitable[Parameters]]] = {
    "Conference": conference.join,
    "Queue": queue.serve,
}


def _action(element: ET.Element, doc: Document, outcome: Parameters) -> Source:
    return doc.source.beside("action", element.get("action", ""), method(element), outcome)


async def _tell_of_its_end(leg: Leg, element: ET.Element, doc: Document, why: HungUp | Finished | Moved) -> None:
    """Ask the action of a Dial that was hung up in or moved away from; nobody hears what it answers.

    Source: Twilio's changelog of 24 May 2021 on <Dial>: a call that is given new TwiML asks the action of its old Dial
    and plays nothing of that; without an action it asks a Redirect that follows. Measured by others in August 2026:
    the callee's leg ends, the action is asked (`DialCallStatus=completed`), then the new document.
    """
    status = "in-progress" if isinstance(why, Moved) else "completed"
    following = doc.verbs[doc.verbs.index(element) + 1 :][:1]
    if element.get("action"):
        await tell(leg, _action(element, doc, why.outcome or {"DialCallStatus": "answered"}), status)
    elif isinstance(why, Moved) and following and following[0].tag == "Redirect":
        url = (following[0].text or "").strip()
        await tell(leg, doc.source.beside("redirect", url, method(following[0])), status)


async def _ring_people(leg: Leg, element: ET.Element, doc: Document) -> Parameters:
    """Ring people, all at once or one after another, until one of them is connected."""
    callees = parties(leg, element, doc)
    if not callees:
        return {"DialCallStatus": "failed", "DialBridged": "false"}
    attempts = [[party] for party in callees] if element.get("sequential") == "true" else [callees]
    recording = dial_recording.begin(leg, element, doc, "record-from-ringing")
    return await dial_recording.recorded(leg, recording, _attempt(leg, element, doc, attempts))


async def _attempt(leg: Leg, element: ET.Element, doc: Document, attempts: list[list[dialled_leg.Party]]) -> Parameters:
    tried: list[Leg] = []
    try:
        for attempt in attempts:
            tried = dialled_leg.dial(leg, attempt)
            if winner := await _first_ready(leg, tried):
                return await _bridge(leg, element, doc, winner)
    except Interruption as interruption:
        for other in tried:
            if not other.call.is_over:
                other.interrupt(Finished())
        interruption.outcome = interruption.outcome or _unconnected(leg, tried, "canceled")
        raise
    return _unconnected(leg, tried, _status(tried))


async def _first_ready(leg: Leg, ringing: list[Leg]) -> Leg | None:
    """Return the callee who picked up and has heard the whisper; None when nobody is left."""
    left = set(ringing)
    while left:
        signal = await leg.expect((Ready, Over))
        if isinstance(signal, Ready) and signal.leg in left:
            return signal.leg
        if isinstance(signal, Over):
            left.discard(signal.leg)
    return None


def _status(tried: list[Leg]) -> str:
    """Return how a Dial ended in which nobody picked up."""
    statuses = {leg.call.status for leg in tried}
    return next((status for status in ("no-answer", "busy", "failed") if status in statuses), "canceled")


def _unconnected(leg: Leg, tried: list[Leg], status: str) -> Parameters:
    """Return what the action of a Dial that connected nobody is told; who picked up and refused has answered."""
    for other in tried:
        if answered := other.call.answered:
            seconds = round(((other.call.end or leg.clock.now()) - answered).total_seconds())
            return {"DialCallStatus": "completed", "DialCallDuration": str(seconds)} | _callee(other, "false")
    return {"DialCallStatus": status} | _callee(tried[-1], "false")


def _callee(other: Leg, bridged: str) -> Parameters:
    """Return what a Dial's action is told of a callee: how SIP went with a SIP phone, what an application returns."""
    told = {"DialCallSid": other.call.sid, "DialBridged": bridged} | other.returned
    if not other.call.to.startswith("sip:"):
        return told
    code = other.sip_response or ("200" if other.call.answered else "487")
    return told | {"DialSipResponseCode": code, "DialSipCallId": f"{new_sid('')}@0.0.0.0"}


async def _bridge(leg: Leg, element: ET.Element, doc: Document, winner: Leg) -> Parameters:
    pick_up(leg)
    recording = dial_recording.begin(leg, element, doc, "record-from-answer")
    return await dial_recording.recorded(leg, recording, _talk(leg, element, winner))


async def _talk(leg: Leg, element: ET.Element, winner: Leg) -> Parameters:
    began, interruption = leg.clock.now(), None
    limit_s = whole_number(element, "timeLimit", TIME_LIMIT_S)
    limit = leg.clock.alarm(limit_s, lambda: leg.post(PeerLeft(winner)))
    winner.post(Chosen())
    try:
        await talk(leg, winner, ends_on_star=element.get("hangupOnStar") == "true")
    except Interruption as e:
        interruption = e
    finally:
        limit.cancel()
        if winner.is_line:
            winner.interrupt(HungUp())
    seconds = round((leg.clock.now() - began).total_seconds())
    outcome = {"DialCallStatus": "completed", "DialCallDuration": str(seconds)} | _callee(winner, "true")
    if interruption:
        interruption.outcome = outcome
        raise interruption
    return outcome
