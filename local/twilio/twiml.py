"""What the app answered, as verbs: TwiML, a text to speak or send, a sound to play; and the attributes of a verb."""

from xml.etree import ElementTree as ET

from local.twilio.sids import whole
from local.twilio.webhooks import Sent

MAX_BYTES = 64 * 1024
XML = {"text/xml", "application/xml", "text/html", "application/rss+xml"}
PARSE_FAILED, NO_RESPONSE, WRONG_TYPE, TOO_LARGE = 12100, 12102, 12300, 11750


class Unusable(Exception):
    """There is no document to follow; `code` is Twilio's error code."""

    def __init__(self, code: int, url: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.url = url


def read(answer: Sent) -> list[ET.Element]:
    """Return the verbs of an answer: TwiML, or a text to speak, or a sound to play. Raises Unusable."""
    kind = content_type(answer)
    if len(answer.body.encode()) > MAX_BYTES:
        raise Unusable(TOO_LARGE, answer.url, "the document is over 64 KB")
    if kind.startswith("audio/"):
        return [_verb("Play", answer.url)]
    if kind == "text/plain":
        return [_verb("Say", answer.body)]
    if kind not in XML:
        raise Unusable(WRONG_TYPE, answer.url, f"invalid Content-Type {kind or '(none)'}")
    return parse(answer.body, answer.url)


def content_type(answer: Sent) -> str:
    """Return the content type of an answer without its parameters, such as `text/xml`."""
    return answer.content_type.partition(";")[0].strip().lower()


def _verb(name: str, text: str) -> ET.Element:
    verb = ET.Element(name)
    verb.text = text
    return verb


def parse(text: str, url: str) -> list[ET.Element]:
    """Return the verbs of a TwiML document that came from `url`. Raises Unusable."""
    try:
        root = ET.fromstring(text)  # noqa: S314 -- from the developer's own app, at most 64 KB, expat limits entities
    except ET.ParseError as e:
        raise Unusable(PARSE_FAILED, url, f"document parse failure: {e}") from None
    if root.tag != "Response":
        raise Unusable(NO_RESPONSE, url, f"the root is {root.tag}, expected Response")
    return list(root)


def method(element: ET.Element, name: str = "method") -> str:
    """Return the HTTP method that an attribute asks for, POST by default."""
    return "GET" if element.get(name, "").upper() == "GET" else "POST"


def whole_number(element: ET.Element, name: str, default: int) -> int:
    """Return a whole-number attribute; what is not a number counts as not given."""
    found = whole(element.get(name, ""))
    return default if found is None else found
