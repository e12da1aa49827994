"""Checked elements and a request -> TwiML, built and escaped by the twilio library."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from twilio.twiml import TwiML

from shared import routes
from shared.flow.model import Element, RouteUrl, SceneUrl, Template, Value
from shared.flow.placeholders import clean, fill
from shared.platform_limits import MESSAGE_CHARACTERS
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

    A reply with neither a word nor a picture is none.
    """
    from twilio.twiml.messaging_response import MessagingResponse

    response = MessagingResponse()
    for answer in answers:
        if isinstance(answer, Reply):
            _add_reply(response, answer)
        else:
            response.append(answer)
    return document(response)


def _add_reply(response: Any, reply: Reply) -> None:
    text = reply.text[:MESSAGE_CHARACTERS]
    address = {name: value for name, value in (("to", reply.to), ("from_", reply.from_)) if value}
    if not reply.media:
        response.message(text, **address) if text else None
        return
    message = response.message(None, **address)
    if text:
        message.body(text)
    for url in reply.media:
        message.media(url)


def add(parent: TwiML, element: Element, webhook: Webhook, also: Mapping[str, str | bool] | None = None) -> None:
    """Append an `element`, and all that is nested in it, to `parent`, filled in from `webhook`.

    `also` are attributes that the file did not set.
    """
    attributes = {name: given(value, webhook) for name, value in element.attributes.items()}
    if element.name in {"say", "sms"} and not attributes.get("message") and not element.parts:
        return  # every parameter in it was empty; Twilio refuses to say nothing
    added = getattr(parent, element.name)(**{**(also or {}), **attributes})
    for number, part in enumerate(element.parts):
        if isinstance(part, Template):
            before, after = " " if number else "", " " if number < len(element.parts) - 1 else ""
            added.append(f"{before}{given(part, webhook)}{after}")  # else two words would be spoken as one
        else:
            add(added, part, webhook)


def given(value: Value, webhook: Webhook) -> str | int | bool:
    """Return a value as it goes into the document."""
    match value:
        case Template(text, limit, safe):
            return fill(text, webhook.parameters, safe)[:limit]
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
