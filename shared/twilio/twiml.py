"""Checked elements and a request -> TwiML, built and escaped by the twilio library."""

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from typing import Any

import msgspec
from twilio.twiml import TwiML

from shared import routes
from shared.flow.model import Element, RouteUrl, SceneUrl, Template, Value
from shared.flow.placeholders import clean, fill
from shared.long_texts import parts
from shared.twilio.webhook import Webhook

_HALF_CHARACTER = re.compile("&#5[5-7][0-9]{3};")  # a lone surrogate, which is all that the builder writes as a number
MAX_BYTES = 64 * 1024  # Twilio refuses a longer document: error 11750


class TooLong(Exception):
    """The document would be refused by Twilio."""


class Reply(msgspec.Struct, frozen=True):
    """A message in an answer to a text: to its sender, from the line, unless it names others."""

    text: str
    media: tuple[str, ...] = ()
    to: str = ""
    from_: str = ""


def messages(answers: Iterable[Reply | TwiML]) -> str:
    """Return the finished document of an answer to a text: replies, and verbs that are built already. Raises TooLong.

    A reply with neither a word nor a picture is none; one that is too long goes as several messages.
    """
    from twilio.twiml.messaging_response import MessagingResponse

    response = MessagingResponse()
    for answer in answers:
        if isinstance(answer, Reply):
            _add_reply(response, answer)
        else:
            for verb in _in_parts(answer):
                response.append(verb)
    return document(response)


def _add_reply(response: Any, reply: Reply) -> None:
    address = {name: value for name, value in (("to", reply.to), ("from_", reply.from_)) if value}
    first, *others = parts(reply.text)
    if reply.media:
        message = response.message(None, **address)
        if first:
            message.body(first)
        for url in reply.media:
            message.media(url)
    elif first:
        response.message(first, **address)
    for text in others:
        response.message(text, **address)


def _in_parts(verb: TwiML) -> Iterator[TwiML]:
    """Return what an owner's own verb built; a message that is too long as several, the first with its pictures."""
    bodies = [part for part in verb.verbs if part.name == "Body"] or [verb]
    texts = parts(clean(str(bodies[0].value or "")))
    if verb.name != "Message" or len(bodies) > 1 or len(texts) == 1:
        yield verb
        return
    for number, text in enumerate(texts, 1):
        one = copy(verb)  # with its address; what follows the message follows the last of them
        one.attrs = {name: value for name, value in verb.attrs.items() if name != "action" or number == len(texts)}
        one.value, one.verbs = None, []
        one.body(text)
        one.verbs += [part for part in verb.verbs if number == 1 and part.name != "Body"]
        yield one


def add(parent: TwiML, element: Element, webhook: Webhook, also: Mapping[str, str | bool] | None = None) -> None:
    """Append an `element`, and all that is nested in it, to `parent`, filled in from `webhook`.

    `also` are attributes that the file did not set.
    """
    attributes = {name: given(value, webhook) for name, value in element.attributes.items()}
    if element.name in {"say", "sms"} and not element.parts:
        for text in _texts(element, webhook):
            getattr(parent, element.name)(**{**(also or {}), **attributes, "message": text})
        return
    added = getattr(parent, element.name)(**{**(also or {}), **attributes})
    for number, part in enumerate(element.parts):
        if isinstance(part, Template):
            before, after = " " if number else "", " " if number < len(element.parts) - 1 else ""
            added.append(f"{before}{given(part, webhook)}{after}")  # else two words would be spoken as one
        else:
            add(added, part, webhook)


def _texts(element: Element, webhook: Webhook) -> list[str]:
    """Return what is said or sent, all of it; nothing when every parameter in it was empty: Twilio refuses that."""
    message = element.attributes.get("message", "")
    texts = parts(fill(message.text, webhook.parameters), message.limit) if isinstance(message, Template) else [message]
    return [str(text) for text in texts if text]


def given(value: Value, webhook: Webhook) -> str | int | bool:
    """Return a value as it goes into the document."""
    match value:
        case Template(text, limit, part_of):
            return fill(text, webhook.parameters, part_of)[:limit]
        case SceneUrl(scene):
            return routes.url(webhook.base, routes.SCENE, scene=scene)
        case RouteUrl(route):
            return routes.url(webhook.base, route)
        case _:
            return value


def document(response: TwiML) -> str:
    """Return the finished document without what XML cannot hold, whoever put it there; raises TooLong."""
    text = _HALF_CHARACTER.sub("", clean(str(response)))
    if len(text.encode()) > MAX_BYTES:
        raise TooLong(f"the answer has more than {MAX_BYTES} bytes")
    return text
