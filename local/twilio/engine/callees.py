"""Whom a Dial rings, and what each of them is told: its nouns, read. What is wrong goes into the owner's log."""

import re
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from local.twilio.codes import SCHEMA
from local.twilio.engine.detection import TIMEOUT_S as DETECTION_S
from local.twilio.engine.detection import Wish
from local.twilio.engine.dialled_leg import Party
from local.twilio.engine.document import Document
from local.twilio.engine.leg import Callback, Leg
from local.twilio.engine.taking import warn
from local.twilio.sids import address
from local.twilio.twiml import method, whole_number

TIMEOUT_S = 30
MAX_NUMBERS = 10
WRONG_CALLER_ID, WRONG_NUMBER, WRONG_CREDENTIALS, NO_CALLBACK = 13214, 13223, 13249, 21262
# the nouns that are people, and what stands before their text in an address
PREFIXES = {"Number": "", "Client": "client:", "Sip": "", "WhatsApp": "whatsapp:", "Sim": "sim:"}
_SIM = re.compile(r"sim:DE[0-9a-f]{32}")


def parties(leg: Leg, element: ET.Element, doc: Document) -> list[Party]:
    """Return who is to be dialled; an application is dialled alone, whatever stands beside it."""
    from_ = element.get("callerId") or leg.call.from_
    if not _may_show(leg, from_, element):
        _alert(leg, doc, WRONG_CALLER_ID, f"invalid callerId {from_}")
        return []
    if (application := element.find("Application")) is not None:
        return _application(leg, application, from_, doc)
    nouns = list(element)
    if not nouns:
        nouns = [ET.Element("Number")]
        nouns[0].text = element.text
    found = [party for noun in nouns if (party := _party(leg, noun, from_, element, doc))]
    if len(found) > MAX_NUMBERS:
        _alert(leg, doc, SCHEMA, f"{len(found)} are dialled, at most {MAX_NUMBERS} may be")
    return found[:MAX_NUMBERS]


def _alert(leg: Leg, doc: Document, code: int, text: str) -> None:
    warn(leg, code, f"<Dial>: {text}", doc.source.url)


def _may_show(leg: Leg, from_: str, element: ET.Element) -> bool:
    """Tell whether a call may go out under this caller: the account's, a verified one, or the caller's own."""
    is_telephone = any(noun.tag in {"Number", "Sim"} for noun in element) or not len(element)
    if is_telephone and from_.startswith(("client:", "sip:")):
        return False
    if from_ in {leg.call.from_, leg.call.to} or leg.account.may_show(from_):
        return True
    return not (is_telephone or from_.startswith("+"))


def _application(leg: Leg, noun: ET.Element, from_: str, doc: Document) -> list[Party]:
    """Return the application that takes the call, with the parameters under which it is told of it.

    Source: Twilio's pages on <Dial><Application>: `CustomerId`, `Param_` before the name of each Parameter, and To is
    the application's SID or, with copyParentTo, the parent call's.
    """
    sid = (noun.findtext("ApplicationSid") or noun.text or "").strip()
    application = leg.account.applications.get(sid)
    if not application:
        _alert(leg, doc, WRONG_NUMBER, f"no application {sid}")
        return []
    customer = {"CustomerId": noun.get("customerId") or leg.account.sid}
    named = {f"Param_{name}": value for name, value in _parameters(noun).items()}
    to = leg.call.to if noun.get("copyParentTo") == "true" else sid
    settings = application.settings
    return [Party(to, from_, 0, callback=_callback(noun, doc), application=settings, parameters=customer | named)]


def _party(leg: Leg, noun: ET.Element, from_: str, element: ET.Element, doc: Document) -> Party | None:
    prefix = PREFIXES.get(noun.tag)
    if prefix is None:
        _alert(leg, doc, SCHEMA, f"<{noun.tag}> is nobody who can be dialled")
        return None
    named = noun if (uri := noun.find("Uri")) is None else uri
    text, _, headers = (noun.findtext("Identity") or named.text or "").strip().partition("?")
    to = prefix + text if _SIM.fullmatch(prefix + text) else address(prefix + text)
    if not to or leg.account.is_unverified(to):
        _alert(leg, doc, WRONG_NUMBER, f"invalid number {text}")
        return None
    url, http_method = noun.get("url", ""), method(noun)
    return Party(
        to=to,
        from_=from_,
        timeout_s=whole_number(element, "timeout", TIMEOUT_S),
        whisper=doc.source.beside("whisper", url, http_method).heard_in("whisper") if url else None,
        callback=_callback(noun, doc),
        send_digits=noun.get("sendDigits", ""),
        machine=_machine(leg, noun, doc),
        credentials=_credentials(leg, named, doc),
        brings=_brings(noun, headers),
    )


def _callback(noun: ET.Element, doc: Document) -> Callback:
    url, http_method = noun.get("statusCallback", ""), method(noun, "statusCallbackMethod")
    events = noun.get("statusCallbackEvent", "completed").split()
    return Callback.of(doc.source.beside("", url, http_method).url if url else "", http_method, events)


def _machine(leg: Leg, noun: ET.Element, doc: Document) -> Wish:
    """Return how it is found out who picked up: beside the conversation, so only a callback tells."""
    mode, url = noun.get("machineDetection", ""), noun.get("amdStatusCallback", "")
    if mode and not url:
        _alert(leg, doc, NO_CALLBACK, f"no amdStatusCallback for {noun.tag}")
    http_method = method(noun, "amdStatusCallbackMethod")
    timeout_s = whole_number(noun, "machineDetectionTimeout", DETECTION_S)
    callback = doc.source.beside("", url, http_method).url if url else ""
    return Wish(mode, timeout_s, is_async=True, callback_url=callback, callback_method=http_method)


def _credentials(leg: Leg, noun: ET.Element, doc: Document) -> str:
    """Return `user:password`, empty when the noun has none."""
    username, password = noun.get("username", ""), noun.get("password", "")
    if bool(username) != bool(password):
        _alert(leg, doc, WRONG_CREDENTIALS, f"invalid username or password for {noun.text}")
    return f"{username}:{password}" if username or password else ""


def _brings(noun: ET.Element, headers: str) -> dict[str, dict[str, str]]:
    """Return what a phone is told as it rings: the parameters of a Client, the headers in the address of a Sip."""
    told = {"parameters": _parameters(noun), "headers": dict(parse_qsl(headers)) | _headers(noun)}
    return {name: values for name, values in told.items() if values}


def _headers(noun: ET.Element) -> dict[str, str]:
    parts = (header for headers in noun.findall("Headers") for header in headers.findall("Header"))
    return {header.get("name", ""): header.get("value", "") for header in parts}


def _parameters(noun: ET.Element) -> dict[str, str]:
    return {parameter.get("name", ""): parameter.get("value", "") for parameter in noun.iter("Parameter")}
