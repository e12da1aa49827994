"""Gather: listen for keys and speech while prompts are heard, then ask the action URL what follows."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from local.twilio.engine.document import Document
from local.twilio.engine.leg import Leg
from local.twilio.engine.run import VERBS, verb
from local.twilio.engine.signals import Barged, Pressed, Signal, Spoke
from local.twilio.source import Source
from local.twilio.twiml import method, whole_number

TIMEOUT_S = 5
STABILITY = "0.9"  # how sure Twilio is that a word stays as it is


@dataclass(frozen=True, slots=True)
class Terms:
    """What a Gather accepts and when it has heard enough."""

    kinds: tuple[type[Signal], ...]
    timeout_s: int
    most_keys: int
    finish_keys: str
    language: str
    partly: Source | None  # what is told while somebody speaks


@verb("Gather")
async def gather(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Return the action's source when there was input; without it the document goes on."""
    terms = _terms(element, doc)
    leg.mailbox.clear()
    leg.note("listening", element.get("input", "dtmf"), **{k: v for k, v in element.attrib.items() if k != "input"})
    first = await _prompt(leg, element, doc, terms)
    if Pressed in terms.kinds:
        _press_by_itself(leg, terms)
    heard = await _listen(leg, terms, first)
    if heard is None and element.get("actionOnEmptyResult") != "true":
        return None
    return doc.source.beside("action", element.get("action", ""), method(element), heard or {"Digits": ""})


def _terms(element: ET.Element, doc: Document) -> Terms:
    inputs = element.get("input", "dtmf").split()
    return Terms(
        kinds=tuple(kind for name, kind in {"dtmf": Pressed, "speech": Spoke}.items() if name in inputs),
        timeout_s=whole_number(element, "timeout", TIMEOUT_S),
        most_keys=whole_number(element, "numDigits", 0),
        finish_keys=element.get("finishOnKey", "#"),
        language=element.get("language", "en-US"),
        partly=_partly(element, doc),
    )


def _partly(element: ET.Element, doc: Document) -> Source | None:
    url, http_method = element.get("partialResultCallback", ""), method(element, "partialResultCallbackMethod")
    return doc.source.beside("partial-result", url, http_method) if url else None


async def _prompt(leg: Leg, element: ET.Element, doc: Document, terms: Terms) -> Signal | None:
    """Play the nested verbs; the input that stops them is given back."""
    leg.barge_in = terms.kinds if element.get("bargeIn", "true") != "false" else ()
    try:
        for nested in element:
            if nested.tag in {"Say", "Play", "Pause"}:
                await VERBS[nested.tag](leg, nested, doc)
    except Barged as barged:
        return barged.signal
    finally:
        leg.barge_in = ()
    return None


def _press_by_itself(leg: Leg, terms: Terms) -> None:
    """Let a phone that has keys to press do so when it is asked for keys."""
    keys = leg.keys_left[: terms.most_keys or len(leg.keys_left)]
    leg.keys_left = leg.keys_left[len(keys) :]
    if keys:
        leg.press(keys)


async def _listen(leg: Leg, terms: Terms, first: Signal | None) -> dict[str, str] | None:
    """Return what was heard as the action's parameters; None without any, in time or before the end key."""
    keys = ""
    while signal := first or await leg.expect(terms.kinds, terms.timeout_s):
        first = None
        if isinstance(signal, Spoke):
            _tell_partly(leg, terms, signal)
            return {"SpeechResult": signal.text, "Confidence": str(signal.confidence), "Language": terms.language}
        if isinstance(signal, Pressed):
            if signal.key in terms.finish_keys:
                return {"Digits": keys, "FinishedOnKey": signal.key} if keys else None
            keys += signal.key
            if len(keys) == terms.most_keys:
                return {"Digits": keys, "FinishedOnKey": ""}
    return {"Digits": keys, "FinishedOnKey": ""} if keys else None


def _tell_partly(leg: Leg, terms: Terms, spoke: Spoke) -> None:
    """Tell of what is said word by word, as it is recognised.

    Source: Twilio's page on Gather (`UnstableSpeechResult` holds the transcription so far and may change) and what
    public code reads beside it.
    """
    if not terms.partly:
        return
    words = spoke.text.split()
    for number in range(len(words)):
        request = leg.webhook(terms.partly)
        request.parameters.update(
            {
                "SequenceNumber": str(number),
                "UnstableSpeechResult": " ".join(words[: number + 1]),
                "StableSpeechResult": "",
                "Stability": STABILITY,
                "Language": terms.language,
            }
        )
        leg.board.courier.in_order(request, leg.clock)
