"""How texts travel: out to phones with their callbacks, in to the number's webhook and back with its replies."""

import asyncio
import logging
from collections.abc import AsyncIterator
from xml.etree import ElementTree as ET

from local.twilio import segments
from local.twilio.clock import Clock
from local.twilio.engine import optout
from local.twilio.engine.leg import Switchboard
from local.twilio.records import Media, Message
from local.twilio.render.messages import inbound_parameters, status_parameters
from local.twilio.sids import is_nobody, utc_now
from local.twilio.source import Source
from local.twilio.twiml import Unusable, method, read
from local.twilio.webhooks import Undelivered, Webhook

MAX_DOCUMENTS = 10  # a message's documents that redirect in a circle
STATES = {  # after it was queued; `read` is WhatsApp's
    "sent": ["sent"],
    "delivered": ["sent", "delivered"],
    "undelivered": ["sent", "undelivered"],
    "failed": ["failed"],
    "read": ["sent", "delivered", "read"],
}
OPTED_OUT, NO_BODY, NOBODY = 21610, 14103, 14101
log = logging.getLogger("twilio.carrier")
_travelling: set[asyncio.Task[None]] = set()


def submit(board: Switchboard, message: Message, callback: tuple[str, str] = ("", "POST")) -> None:
    """Take a text that leaves the line; it travels on its own from here. `callback` is a URL and an HTTP method."""
    message.num_segments = segments.count(message.body)
    board.account.messages[message.sid] = message
    task = asyncio.create_task(_travel(board, message, callback))
    _travelling.add(task)
    task.add_done_callback(_travelling.discard)


async def _travel(board: Switchboard, message: Message, callback: tuple[str, str]) -> None:
    """Go through the states that a text goes through, with a callback for each."""
    behaviour = board.phone(message.to).behaviour
    _tell(board, message, callback)
    await asyncio.sleep(0)
    message.sent, message.price = utc_now(), f"{-0.0083 * message.num_segments:.5f}"
    for status in STATES[behaviour.texts]:
        message.status, message.updated = status, utc_now()
        if status in {"failed", "undelivered"}:
            message.error_code = behaviour.error_code or 30008
        if status == "delivered":
            board.phone(message.to).texts.append(message)
        _tell(board, message, callback)


def _tell(board: Switchboard, message: Message, callback: tuple[str, str]) -> None:
    url, http_method = callback
    if url:
        parameters = status_parameters(board.account, message)
        webhook = Webhook("message-status", message.sid, url, http_method or "POST", parameters)
        board.courier.in_order(webhook, _NO_TREE)


_NO_TREE = Clock()  # a text belongs to no call


async def receive(board: Switchboard, message: Message, extra: dict[str, str]) -> list[Message]:
    """A person texts the line: ask its messaging URL, and return the replies that the answer sends.

    `extra` are parameters that the webhook brings beside the usual ones.
    """
    settings = _settings(board, message)
    if settings is None:
        return []
    message.num_segments = segments.count(message.body)
    message.sent = message.created
    board.account.messages[message.sid] = message
    optout.obey(board, message)
    if not settings.get("SmsUrl"):
        return []
    parameters = inbound_parameters(board.account, message) | extra
    source = Source("sms", settings["SmsUrl"], settings.get("SmsMethod") or "POST", parameters)
    fallback = Source("fallback", settings.get("SmsFallbackUrl", ""), settings.get("SmsFallbackMethod") or "POST")
    return [reply async for reply in _replies(board, message, source, fallback)]


def _settings(board: Switchboard, message: Message) -> dict[str, str] | None:
    """Return where a text goes: to the messaging service of its number, unless that lets the number decide.

    None is nowhere: a service that has no URL takes no texts, and Twilio does not even list them.
    """
    number = board.account.numbers[message.to.removeprefix("whatsapp:")]
    service = board.account.service_of(number)
    application = board.account.applications.get(number.settings.get("SmsApplicationSid", ""))
    own = application.settings if application else number.settings
    if not service:
        return own
    message.messaging_service_sid = service.sid
    if service.is_on("UseInboundWebhookOnNumber", default=False):
        return own
    if not service.settings.get("InboundRequestUrl"):
        log.warning("%s: dropped, because the messaging service %s has no InboundRequestUrl", message.sid, service.sid)
        return None
    names = {"InboundRequestUrl": "SmsUrl", "InboundMethod": "SmsMethod", "FallbackUrl": "SmsFallbackUrl",
             "FallbackMethod": "SmsFallbackMethod"}  # fmt: skip
    return {ours: service.settings.get(name, "") for name, ours in names.items()}


async def _replies(
    board: Switchboard, message: Message, source: Source | None, fallback: Source
) -> AsyncIterator[Message]:
    """Follow the documents of a text and yield each message that leaves."""
    for _ in range(MAX_DOCUMENTS):
        if not source:
            return
        current, source = source, None
        for element in await _verbs(board, message, current, fallback):
            if element.tag == "Redirect":
                url = (element.text or "").strip()
                source = current.beside("redirect", url, method(element), current.parameters)
                break
            if element.tag != "Message":
                board.account.alert(12200, f"unknown verb {element.tag}", message.sid, current.url)
                continue
            reply = _reply(board, message, element, current)
            if reply:
                yield reply
            if reply and element.get("action"):
                source = _action(current, element, reply)
                break


def _action(source: Source, element: ET.Element, reply: Message) -> Source:
    outcome = {"MessageSid": reply.sid, "SmsSid": reply.sid, "MessageStatus": reply.status}
    return source.beside("action", element.get("action", ""), method(element), source.parameters | outcome)


async def _verbs(board: Switchboard, message: Message, source: Source, fallback: Source) -> list[ET.Element]:
    """Return the verbs of an answer; a plain text is a reply; failures go to the fallback URL once, then to the log."""
    webhook = Webhook(source.kind, message.sid, source.url, source.method, source.parameters)
    try:
        answer = await board.courier.deliver(webhook)
        if not answer.body.strip():
            return []
        return [_as_message(verb) for verb in read(answer)]
    except (Undelivered, Unusable) as e:
        board.account.alert(e.code, str(e), message.sid, e.url)
        if not fallback.url or source.kind == "fallback":
            return []
        parameters = source.parameters | {"ErrorCode": str(e.code), "ErrorUrl": e.url}
        again = Source("fallback", fallback.url, fallback.method, parameters)
        return await _verbs(board, message, again, fallback)


def _as_message(verb: ET.Element) -> ET.Element:
    """A text/plain answer is a message, as it is speech on a call."""
    if verb.tag == "Say":
        verb.tag = "Message"
    return verb


def _reply(board: Switchboard, message: Message, element: ET.Element, source: Source) -> Message | None:
    """Send a Message verb's text and return it; None, with an alert, when it cannot be sent."""
    bodies = [(part.text or "") for part in element.findall("Body")]
    body = "".join(bodies) if bodies else (element.text or "").strip()
    media = [
        Media("image/jpeg", url=source.beside("", part.text or "", "GET").url) for part in element.findall("Media")
    ]
    to, from_ = element.get("to") or message.from_, element.get("from") or message.to
    if not body and not media:
        board.account.alert(NO_BODY, "Message: no body and no media", message.sid, source.url)
        return None
    if is_nobody(to):
        board.account.alert(NOBODY, f"Message: cannot send to {to or 'nobody'}", message.sid, source.url)
        return None
    if (from_, to) in board.account.opted_out:
        board.account.alert(OPTED_OUT, f"{to} has opted out", message.sid, source.url)
        return None
    reply = Message(to, from_, body, "outbound-reply", media)
    url = element.get("statusCallback", "")
    submit(board, reply, (source.beside("", url, "POST").url if url else "", "POST"))
    return reply
