"""Dial: connect the call with people, a conference or a queue; then ask the action, or go on."""

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from local.twilio.engine import conference, dialled_leg, queue
from local.twilio.engine.bridge import PeerLeft, talk
from local.twilio.engine.dialled_leg import Chosen, Over, Party, Ready
from local.twilio.engine.document import Document, tell
from local.twilio.engine.leg import Callback, Leg
from local.twilio.engine.recordings import keep, tell_status
from local.twilio.engine.run import verb
from local.twilio.engine.signals import Finished, HungUp, Interruption
from local.twilio.engine.states import pick_up
from local.twilio.render.recordings import recording_parameters
from local.twilio.sids import address
from local.twilio.source import Source
from local.twilio.twiml import method, whole_number

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

TIMEOUT_S, TIME_LIMIT_S = 30, 14400
WRONG_CALLER_ID, WRONG_NUMBER, WRONG_NOUN = 13221, 13223, 13224
MAX_NUMBERS = 10
Parameters = dict[str, str]


@verb("Dial")
async def dial(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Connect, wait for the end of it, and return the action's source when there is one."""
    place: Callable[[Leg, ET.Element, ET.Element, Document], Awaitable[Parameters]] | None
    place = next((PLACES[noun.tag] for noun in element if noun.tag in PLACES), None)
    outcome: Parameters = {"DialCallStatus": "answered", "DialBridged": "true"}
    try:
        if place:
            noun = next(noun for noun in element if noun.tag in PLACES)
            outcome = await place(leg, element, noun, doc)
        else:
            outcome = await _ring_people(leg, element, doc)
    except HungUp as hung_up:
        if element.get("action"):
            await tell(leg, _action(element, doc, hung_up.outcome or outcome))
        raise
    return _action(element, doc, outcome) if element.get("action") else None


PLACES = {"Conference": conference.join, "Queue": queue.serve}


def _action(element: ET.Element, doc: Document, outcome: Parameters) -> Source:
    return doc.source.beside("action", element.get("action", ""), method(element), outcome)


async def _ring_people(leg: Leg, element: ET.Element, doc: Document) -> Parameters:
    """Ring people, all at once or one after another, until one of them is connected."""
    parties = _parties(leg, element, doc)
    if not parties:
        return {"DialCallStatus": "failed", "DialBridged": "false"}
    attempts = [[party] for party in parties] if element.get("sequential") == "true" else [parties]
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
        if isinstance(interruption, HungUp) and not interruption.outcome:
            interruption.outcome = _unconnected(leg, tried, "canceled")
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
    outcome = {"DialCallStatus": status, "DialCallSid": tried[-1].call.sid, "DialBridged": "false"}
    for call in (other.call for other in tried):
        if call.answered:
            seconds = round(((call.end or leg.clock.now()) - call.answered).total_seconds())
            return outcome | {"DialCallStatus": "completed", "DialCallSid": call.sid, "DialCallDuration": str(seconds)}
    return outcome


async def _bridge(leg: Leg, element: ET.Element, doc: Document, winner: Leg) -> Parameters:
    pick_up(leg)
    began = leg.clock.now()
    limit_s = whole_number(element, "timeLimit", TIME_LIMIT_S)
    limit = leg.clock.alarm(limit_s, lambda: leg.post(PeerLeft(winner)))
    winner.post(Chosen())
    hung_up = None
    try:
        await talk(leg, winner, ends_on_star=element.get("hangupOnStar") == "true")
    except HungUp as e:
        hung_up = e
    finally:
        limit.cancel()
    seconds = (leg.clock.now() - began).total_seconds()
    outcome = {
        "DialCallStatus": "completed",
        "DialCallSid": winner.call.sid,
        "DialCallDuration": str(round(seconds)),
        "DialBridged": "true",
        **_keep_recording(leg, element, doc, seconds),
    }
    if hung_up:
        hung_up.outcome = outcome
        raise hung_up
    return outcome


def _keep_recording(leg: Leg, element: ET.Element, doc: Document, seconds: float) -> Parameters:
    """Keep the bridge's recording when the Dial asks for one."""
    wish = element.get("record", "do-not-record")
    if not wish.startswith(("record-from", "true")):
        return {}
    channels = 2 if wish.endswith("dual") else 1
    kept = keep(leg, leg.clock.now(), seconds, "DialVerb", channels=channels)
    if url := element.get("recordingStatusCallback"):
        http_method = method(element, "recordingStatusCallbackMethod")
        tell_status(leg, doc.source.beside("", url, http_method).url, http_method, kept)
    return recording_parameters(leg.account, kept)


# the nouns that are people, and what stands before their text in an address
PREFIXES = {"Number": "", "Client": "client:", "Sip": "", "WhatsApp": "whatsapp:", "Sim": ""}


def _parties(leg: Leg, element: ET.Element, doc: Document) -> list[Party]:
    """Return who is to be dialled; what is wrong with them goes into the owner's log."""
    from_ = element.get("callerId") or leg.call.from_
    if not _may_show(leg, from_, element):
        leg.account.alert(WRONG_CALLER_ID, f"Dial: invalid callerId {from_}", leg.call.sid, doc.source.url)
        return []
    nouns = list(element)
    if not nouns:
        nouns = [ET.Element("Number")]
        nouns[0].text = element.text
    parties = [party for noun in nouns if (party := _party(leg, noun, from_, element, doc))]
    return parties[:MAX_NUMBERS]


def _may_show(leg: Leg, from_: str, element: ET.Element) -> bool:
    """Tell whether a call may go out under this caller: the account's, a verified one, or the caller's own."""
    if from_ == leg.call.from_:
        return not (from_.startswith("client:") and any(noun.tag == "Number" for noun in element))
    return leg.account.may_show(from_) or from_ == leg.call.to or not from_.startswith("+")


def _party(leg: Leg, noun: ET.Element, from_: str, element: ET.Element, doc: Document) -> Party | None:
    prefix = PREFIXES.get(noun.tag)
    if prefix is None:
        leg.account.alert(WRONG_NOUN, f"Dial: unknown noun {noun.tag}", leg.call.sid, doc.source.url)
        return None
    text = (noun.findtext("Identity") or noun.text or "").strip()
    to = address(prefix + text)
    if not to or leg.account.is_unverified(to):
        leg.account.alert(WRONG_NUMBER, f"Dial: invalid number {text}", leg.call.sid, doc.source.url)
        return None
    url, http_method = noun.get("url", ""), method(noun)
    return Party(
        to=to,
        from_=from_,
        timeout_s=whole_number(element, "timeout", TIMEOUT_S),
        whisper=doc.source.beside("whisper", url, http_method) if url else None,
        callback=_callback(noun, doc),
        send_digits=noun.get("sendDigits", ""),
    )


def _callback(noun: ET.Element, doc: Document) -> Callback:
    url, http_method = noun.get("statusCallback", ""), method(noun, "statusCallbackMethod")
    events = noun.get("statusCallbackEvent", "completed").split()
    return Callback.of(doc.source.beside("", url, http_method).url if url else "", http_method, events)
