"""How texts travel: out to phones with their callbacks, in to the number's webhook and back with its replies."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from local.twilio import optout, segments
from local.twilio.clock import Clock
from local.twilio.engine.document import Unusable, read
from local.twilio.engine.moving import method
from local.twilio.engine.source import Source
from local.twilio.geography import geography
from local.twilio.records import Media, Message
from local.twilio.sids import utc_now
from local.twilio.webhooks import Undelivered, Webhook

if TYPE_CHECKING:
    from local.twilio.exchange import Exchange

MAX_DOCUMENTS = 10  # a message's documents that redirect in a circle
STATES = {  # after it was queued; `read` is WhatsApp's
    "sent": ["sent"],
    "delivered": ["sent", "delivered"],
    "undelivered": ["sent", "undelivered"],
    "failed": ["failed"],
    "read": ["sent", "delivered", "read"],
}
OPTED_OUT, NO_BODY = 21610, 14103
_travelling: set[asyncio.Task[None]] = set()


def submit(exchange: "Exchange", message: Message, callback: tuple[str, str] = ("", "POST")) -> None:
    """Take a text that leaves the line; it travels on its own from here."""
    message.num_segments = segments.count(message.body)
    exchange.messages[message.sid] = message
    task = asyncio.create_task(_travel(exchange, message, callback))
    _travelling.add(task)
    task.add_done_callback(_travelling.discard)


async def _travel(exchange: "Exchange", message: Message, callback: tuple[str, str]) -> None:
    """Go through the states that a text goes through, with a callback for each."""
    behaviour = exchange.phone(message.to).behaviour
    _tell(exchange, message, callback)
    await asyncio.sleep(0)
    message.sent, message.price = utc_now(), f"{-0.0083 * message.num_segments:.5f}"
    for status in STATES[behaviour.texts]:
        message.status, message.updated = status, utc_now()
        if status in {"failed", "undelivered"}:
            message.error_code = behaviour.error_code or 30008
        if status == "delivered":
            exchange.phone(message.to).texts.append(message)
        _tell(exchange, message, callback)


def _tell(exchange: "Exchange", message: Message, callback: tuple[str, str]) -> None:
    url, verb = callback
    if not url:
        return
    parameters = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageStatus": message.status,
        "SmsStatus": message.status,
        "From": message.from_,
        "To": message.to,
        "AccountSid": exchange.account_sid,
        "ApiVersion": "2010-04-01",
    }
    if message.messaging_service_sid:
        parameters["MessagingServiceSid"] = message.messaging_service_sid
    if message.error_code:
        parameters["ErrorCode"] = str(message.error_code)
    if message.status in {"delivered", "undelivered"}:
        parameters["RawDlrDoneDate"] = f"{utc_now():%y%m%d%H%M}"
    if message.status == "read":
        parameters["EventType"] = "READ"
    exchange.courier.in_order(Webhook("message-status", message.sid, url, verb or "POST", parameters), _NO_TREE)


_NO_TREE = Clock()  # a text belongs to no call


async def receive(exchange: "Exchange", message: Message, extra: dict[str, str]) -> list[Message]:
    """A person texts the line: ask its messaging URL, and return the replies that the answer sends."""
    message.num_segments = segments.count(message.body)
    message.sent = message.created
    exchange.messages[message.sid] = message
    optout.obey(exchange, message)
    settings = exchange.numbers[message.to.removeprefix("whatsapp:")].settings
    if not settings.get("SmsUrl"):
        return []
    source = Source("sms", settings["SmsUrl"], settings.get("SmsMethod") or "POST", _inbound(exchange, message) | extra)
    fallback = Source("fallback", settings.get("SmsFallbackUrl", ""), settings.get("SmsFallbackMethod") or "POST")
    return [reply async for reply in _answered(exchange, message, source, fallback)]


def _inbound(exchange: "Exchange", message: Message) -> dict[str, str]:
    parameters = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "AccountSid": exchange.account_sid,
        "From": message.from_,
        "To": message.to,
        "Body": message.body,
        "NumMedia": str(len(message.media)),
        "NumSegments": str(message.num_segments),
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
    }
    for n, media in enumerate(message.media):
        parameters |= {f"MediaUrl{n}": media_url(exchange, message, media), f"MediaContentType{n}": media.content_type}
    if message.from_.startswith("whatsapp:"):
        number = message.from_.removeprefix("whatsapp:")
        parameters |= {"WaId": number.removeprefix("+"), "ProfileName": number, "MessageType": "text"}
        return parameters
    return parameters | geography("From", message.from_) | geography("To", message.to)


def media_url(exchange: "Exchange", message: Message, media: Media) -> str:
    """Return the address of a message's media."""
    return f"{exchange.base_url}/2010-04-01/Accounts/{exchange.account_sid}/Messages/{message.sid}/Media/{media.sid}"


async def _answered(
    exchange: "Exchange", asked: Message, source: Source | None, fallback: Source
) -> AsyncIterator[Message]:
    """Follow the documents of a text and yield each message that leaves."""
    for _ in range(MAX_DOCUMENTS):
        if not source:
            return
        asking, source = source, None
        for element in await _verbs(exchange, asked, asking, fallback):
            if element.tag == "Redirect":
                source = asking.beside("redirect", (element.text or "").strip(), method(element), asking.parameters)
                break
            if element.tag != "Message":
                exchange.alert(12200, f"unknown verb {element.tag}", asked.sid, asking.url)
                continue
            reply = _reply(exchange, asked, element, asking)
            if reply:
                yield reply
            if reply and element.get("action"):
                told = asking.parameters | {"MessageSid": reply.sid, "SmsSid": reply.sid, "MessageStatus": reply.status}
                source = asking.beside("action", element.get("action", ""), method(element), told)
                break


async def _verbs(exchange: "Exchange", asked: Message, source: Source, fallback: Source) -> list[ET.Element]:
    """Return the verbs of an answer; a plain text is a reply; failures go to the fallback URL once, then to the log."""
    webhook = Webhook(source.kind, asked.sid, source.url, source.method, source.parameters)
    try:
        answer = await exchange.courier.deliver(webhook)
        if not answer.body.strip():
            return []
        return [_as_message(verb) for verb in read(answer)]
    except (Undelivered, Unusable) as e:
        exchange.alert(e.code, str(e), asked.sid, e.url)
        if not fallback.url or source.kind == "fallback":
            return []
        told = source.parameters | {"ErrorCode": str(e.code), "ErrorUrl": e.url}
        return await _verbs(exchange, asked, Source("fallback", fallback.url, fallback.method, told), fallback)


def _as_message(verb: ET.Element) -> ET.Element:
    """A text/plain answer is a message, as it is speech on a call."""
    if verb.tag == "Say":
        verb.tag = "Message"
    return verb


def _reply(exchange: "Exchange", asked: Message, element: ET.Element, source: Source) -> Message | None:
    bodies = [(part.text or "") for part in element.findall("Body")]
    body = "".join(bodies) if bodies else (element.text or "").strip()
    media = [
        Media("image/jpeg", url=source.beside("", part.text or "", "GET").url) for part in element.findall("Media")
    ]
    to, from_ = element.get("to") or asked.from_, element.get("from") or asked.to
    if not body and not media:
        exchange.alert(NO_BODY, "Message: no body and no media", asked.sid, source.url)
        return None
    if (from_, to) in exchange.opted_out:
        exchange.alert(OPTED_OUT, f"{to} has opted out", asked.sid, source.url)
        return None
    reply = Message(to, from_, body, "outbound-reply", media)
    url = element.get("statusCallback", "")
    submit(exchange, reply, (source.beside("", url, "POST").url if url else "", "POST"))
    return reply
