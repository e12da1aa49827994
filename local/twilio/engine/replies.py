"""A text comes in: the number's messaging URL is asked, and the documents of its answer are followed."""

import logging
from collections.abc import AsyncIterator
from xml.etree import ElementTree as ET

from local.twilio import checks, codes, segments
from local.twilio.engine import carrier, optout
from local.twilio.engine.leg import Switchboard
from local.twilio.library import MESSAGES
from local.twilio.records import Media, Message
from local.twilio.render.messages import inbound_parameters
from local.twilio.source import Source
from local.twilio.twiml import WRONG_TYPE, Unusable, content_type, method, read
from local.twilio.webhooks import Sent, Undelivered, Webhook

MAX_DOCUMENTS = 10  # that redirect in a circle
TOO_MANY_DOCUMENTS, NO_VERB_OF_MESSAGES = 14106, 14110

log = logging.getLogger("twilio.replies")


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
        for verb in await _verbs(board, message, current, fallback):
            if not _takes(board, message, verb, current):
                continue
            reply, source = follow(board, message, verb, current)
            if reply:
                yield reply
            if source:
                break
    if source:
        board.account.alert(TOO_MANY_DOCUMENTS, f"more than {MAX_DOCUMENTS} documents", message.sid, source.url)


async def _verbs(board: Switchboard, message: Message, source: Source, fallback: Source) -> list[ET.Element]:
    """Return the verbs of an answer; failures go to the fallback URL once, then to the log."""
    webhook = Webhook(source.kind, message.sid, source.url, source.method, source.parameters)
    try:
        return _read(await board.courier.deliver(webhook))
    except (Undelivered, Unusable) as e:
        board.account.alert(e.code, str(e), message.sid, e.url)
        if not fallback.url or source.kind == "fallback":
            return []
        parameters = source.parameters | {"ErrorCode": str(e.code), "ErrorUrl": e.url}
        again = Source("fallback", fallback.url, fallback.method, parameters)
        return await _verbs(board, message, again, fallback)


def _read(answer: Sent) -> list[ET.Element]:
    """Return the verbs of an answer: a plain text is a reply, as it is speech on a call. Raises Unusable."""
    if not answer.body.strip():
        return []
    kind = content_type(answer)
    if kind == "text/plain":
        reply = ET.Element("Message")
        reply.text = answer.body
        return [reply]
    if kind.startswith("audio/"):
        raise Unusable(WRONG_TYPE, answer.url, f"invalid Content-Type {kind}")
    return read(answer)


def _takes(board: Switchboard, message: Message, verb: ET.Element, source: Source) -> bool:
    """Tell whether a verb is followed; what of it is not taken is told and left out."""
    if verb.tag not in MESSAGES.nested:
        text = f"<{verb.tag}> is no verb of an answer to a text: Message and Redirect are"
        board.account.alert(NO_VERB_OF_MESSAGES, text, message.sid, source.url)
        return False
    for mistake in list(checks.mistakes(verb, root=MESSAGES)):
        board.account.alert(mistake.code, mistake.text, message.sid, source.url)
        if mistake.element is verb and not mistake.attribute and codes.level(mistake.code) == codes.ERROR:
            return False
        mistake.leave_out()
    return True


def follow(
    board: Switchboard, message: Message, element: ET.Element, source: Source
) -> tuple[Message | None, Source | None]:
    """Follow a verb of a document from `source`, which answers a `message` to a number of the `board`.

    Return the message that the `element` sends, and the document that follows.
    """
    if element.tag == "Redirect":
        url = (element.text or "").strip()
        return None, source.beside("redirect", url, method(element), source.parameters)
    reply = _reply(message, element, source)
    if refused := carrier.refusal(board.account, reply):
        code, why = refused
        board.account.alert(code, f"<Message>: {why}", message.sid, source.url)
        return None, None
    url = element.get("statusCallback", "")
    carrier.submit(board, reply, (source.beside("", url, "POST").url if url else "", "POST"))
    if not element.get("action"):
        return reply, None
    outcome = {"MessageSid": reply.sid, "SmsSid": reply.sid, "MessageStatus": reply.status}
    action = source.beside("action", element.get("action", ""), method(element), source.parameters | outcome)
    return reply, action


def _reply(message: Message, element: ET.Element, source: Source) -> Message:
    """Return the message of a Message verb: to the sender and from the number unless it names others."""
    bodies = [(part.text or "") for part in element.findall("Body")]
    body = "".join(bodies) if bodies else (element.text or "").strip()
    media = [
        Media("image/jpeg", url=source.beside("", part.text or "", "GET").url) for part in element.findall("Media")
    ]
    to, from_ = element.get("to") or message.from_, element.get("from") or message.to
    return Message(to, from_, body, "outbound-reply", media)
