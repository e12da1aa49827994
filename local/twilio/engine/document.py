"""Getting a document: ask, check, parse. What cannot be used becomes an alert, the fallback URL, or the end."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from local.twilio.engine.leg import Leg
from local.twilio.engine.source import Source
from local.twilio.webhooks import Sent, Undelivered

MAX_BYTES = 64 * 1024
XML = {"text/xml", "application/xml", "text/html", "application/rss+xml"}
PARSE_FAILED, WRONG_TYPE, TOO_LARGE = 12100, 12300, 11750


@dataclass(frozen=True, slots=True)
class Document:
    """Verbs, and where they came from."""

    verbs: list[ET.Element]
    source: Source


class Unusable(Exception):
    """There is no document to follow; `code` is Twilio's error code."""

    def __init__(self, code: int, url: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.url = url


async def fetch(leg: Leg, source: Source) -> Document:
    """Return the document of a source, or of the call's fallback URL; raises Unusable, after the alert is logged."""
    try:
        return await _fetch(leg, source)
    except Unusable as e:
        leg.exchange.alert(e.code, str(e), leg.call.sid, e.url)
        leg.note("alert", f"{e.code} {e}", url=e.url)
        if not leg.fallback:
            raise
        told = {"ErrorCode": str(e.code), "ErrorUrl": e.url}
        fallback = Source("fallback", leg.fallback.url, leg.fallback.method, source.parameters | told)
    try:
        return await _fetch(leg, fallback)
    except Unusable as e:
        leg.exchange.alert(e.code, str(e), leg.call.sid, e.url)
        leg.note("alert", f"{e.code} {e}", url=e.url)
        raise


async def tell(leg: Leg, source: Source, status: str = "completed") -> None:
    """Ask an action that nobody will hear the answer of, since the person has hung up."""
    asked = leg.webhook(source)
    asked.parameters["CallStatus"] = status
    try:
        await leg.exchange.courier.deliver(asked, leg.cookies)
    except Undelivered as e:
        leg.exchange.alert(e.code, str(e), leg.call.sid, e.url)
    leg.note("webhook", f"{source.kind} {source.url}", after_hang_up=True)


async def _fetch(leg: Leg, source: Source) -> Document:
    if source.twiml:
        return Document(parse(source.twiml, source.url), source)
    leg.check()
    try:
        answer = await leg.unless_interrupted(leg.exchange.courier.deliver(leg.webhook(source), leg.cookies))
    except Undelivered as e:
        raise Unusable(e.code, e.url, str(e)) from None
    leg.note("webhook", f"{source.kind} {source.url}", status=answer.status)
    return Document(read(answer), source)


def read(answer: Sent) -> list[ET.Element]:
    """Return the verbs of an answer: TwiML, or a text to speak, or a sound to play."""
    kind = answer.content_type.partition(";")[0].strip().lower()
    if len(answer.body.encode()) > MAX_BYTES:
        raise Unusable(TOO_LARGE, answer.url, "the document is over 64 KB")
    if kind.startswith("audio/"):
        return [_verb("Play", answer.url)]
    if kind == "text/plain":
        return [_verb("Say", answer.body)]
    if kind not in XML:
        raise Unusable(WRONG_TYPE, answer.url, f"invalid Content-Type {kind or '(none)'}")
    return parse(answer.body, answer.url)


def parse(text: str, url: str) -> list[ET.Element]:
    """Return the verbs of a TwiML document."""
    try:
        root = ET.fromstring(text)  # noqa: S314 -- from the developer's own app, at most 64 KB, expat limits entities
    except ET.ParseError as e:
        raise Unusable(PARSE_FAILED, url, f"document parse failure: {e}") from None
    if root.tag != "Response":
        raise Unusable(PARSE_FAILED, url, f"the root is {root.tag}, expected Response")
    return list(root)


def _verb(name: str, text: str) -> ET.Element:
    verb = ET.Element(name)
    verb.text = text
    return verb
