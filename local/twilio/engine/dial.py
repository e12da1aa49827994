"""Dial: connect the call with people, a conference or a queue; then ask the action, or go on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from local.twilio.engine import callee, calls, conference, queue, recording
from local.twilio.engine.bridge import PeerLeft, talk
from local.twilio.engine.callee import Chosen, Over, Party, Ready
from local.twilio.engine.document import Document, tell
from local.twilio.engine.leg import Callback, Finished, HungUp, Interruption, Leg
from local.twilio.engine.moving import method
from local.twilio.engine.run import verb
from local.twilio.engine.source import Source
from local.twilio.engine.speaking import number
from local.twilio.sids import address

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
    told: Parameters = {"DialCallStatus": "answered", "DialBridged": "true"}
    try:
        if place:
            noun = next(noun for noun in element if noun.tag in PLACES)
            told = await place(leg, element, noun, doc)
        else:
            told = await _people(leg, element, doc)
    except HungUp as hung_up:
        if element.get("action"):
            await tell(leg, _action(element, doc, hung_up.told or told))
        raise
    return _action(element, doc, told) if element.get("action") else None


PLACES = {"Conference": conference.join, "Queue": queue.serve}


def _action(element: ET.Element, doc: Document, told: Parameters) -> Source:
    return doc.source.beside("action", element.get("action", ""), method(element), told)


async def _people(leg: Leg, element: ET.Element, doc: Document) -> Parameters:
    """Ring people, all at once or one after another, until one of them is connected."""
    parties = _parties(leg, element, doc)
    if not parties:
        return {"DialCallStatus": "failed", "DialBridged": "false"}
    attempts = [[party] for party in parties] if element.get("sequential") == "true" else [parties]
    tried: list[Leg] = []
    try:
        for attempt in attempts:
            tried = [callee.dial(leg, party) for party in attempt]
            winner = await _first(leg, tried)
            if winner:
                return await _bridge(leg, element, doc, winner)
    except Interruption as interruption:
        for other in tried:
            if not other.call.is_over:
                other.interrupt(Finished())
        if isinstance(interruption, HungUp) and not interruption.told:
            interruption.told = {"DialCallStatus": "canceled", "DialBridged": "false", "DialCallSid": tried[0].call.sid}
        raise
    return {"DialCallStatus": _status(tried), "DialCallSid": tried[-1].call.sid, "DialBridged": "false"}


async def _first(leg: Leg, ringing: list[Leg]) -> Leg | None:
    """Return the first callee who is ready, and stop the others."""
    left = set(ringing)
    while left:
        signal = await leg.expect((Ready, Over))
        if isinstance(signal, Ready) and signal.leg in left:
            for other in left - {signal.leg}:
                other.interrupt(Finished())
            return signal.leg
        if isinstance(signal, Over):
            left.discard(signal.leg)
    return None


def _status(tried: list[Leg]) -> str:
    """Return how a Dial ended that connected nobody; who answered and refused counts as not answering."""
    statuses = {"no-answer" if leg.call.status == "completed" else leg.call.status for leg in tried}
    return next((status for status in ("no-answer", "busy", "failed") if status in statuses), "canceled")


async def _bridge(leg: Leg, element: ET.Element, doc: Document, winner: Leg) -> Parameters:
    calls.pick_up(leg)
    began = leg.clock.now()
    limit_s = number(element, "timeLimit", TIME_LIMIT_S)
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
    told = {
        "DialCallStatus": "completed",
        "DialCallSid": winner.call.sid,
        "DialCallDuration": str(round(seconds)),
        "DialBridged": "true",
        **_recorded(leg, element, doc, seconds),
    }
    if hung_up:
        hung_up.told = told
        raise hung_up
    return told


def _recorded(leg: Leg, element: ET.Element, doc: Document, seconds: float) -> Parameters:
    """Keep the bridge's recording when the Dial asks for one."""
    wish = element.get("record", "do-not-record")
    if not wish.startswith(("record-from", "true")):
        return {}
    channels = 2 if wish.endswith("dual") else 1
    kept = recording.keep(leg, leg.clock.now(), seconds, "DialVerb", channels=channels)
    if url := element.get("recordingStatusCallback"):
        verb_ = method(element, "recordingStatusCallbackMethod")
        recording.tell_status(leg, doc.source.beside("", url, verb_).url, verb_, kept)
    return leg.exchange.recording_parameters(kept)


@dataclass(frozen=True, slots=True)
class _Noun:
    """How the text of a noun becomes an address."""

    prefix: str = ""


NOUNS = {"Number": _Noun(), "Client": _Noun("client:"), "Sip": _Noun(), "WhatsApp": _Noun("whatsapp:"), "Sim": _Noun()}


def _parties(leg: Leg, element: ET.Element, doc: Document) -> list[Party]:
    """Return who is to be dialled; what is wrong with them goes into the owner's log."""
    from_ = element.get("callerId") or leg.call.from_
    if not _may_show(leg, from_, element):
        leg.exchange.alert(WRONG_CALLER_ID, f"Dial: invalid callerId {from_}", leg.call.sid, doc.source.url)
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
    return leg.exchange.may_show(from_) or from_ == leg.call.to or not from_.startswith("+")


def _party(leg: Leg, noun: ET.Element, from_: str, element: ET.Element, doc: Document) -> Party | None:
    known = NOUNS.get(noun.tag)
    if not known:
        leg.exchange.alert(WRONG_NOUN, f"Dial: unknown noun {noun.tag}", leg.call.sid, doc.source.url)
        return None
    text = (noun.findtext("Identity") or noun.text or "").strip()
    to = address(known.prefix + text)
    if not to or leg.exchange.is_unverified(to):
        leg.exchange.alert(WRONG_NUMBER, f"Dial: invalid number {text}", leg.call.sid, doc.source.url)
        return None
    url, verb_ = noun.get("url", ""), method(noun)
    return Party(
        to=to,
        from_=from_,
        timeout_s=number(element, "timeout", TIMEOUT_S),
        whisper=doc.source.beside("whisper", url, verb_) if url else None,
        callback=_callback(noun, doc),
        send_digits=noun.get("sendDigits", ""),
    )


def _callback(noun: ET.Element, doc: Document) -> Callback:
    url, verb_ = noun.get("statusCallback", ""), method(noun, "statusCallbackMethod")
    events = noun.get("statusCallbackEvent", "completed").split()
    return calls.callback_of(doc.source.beside("", url, verb_).url if url else "", verb_, events)
