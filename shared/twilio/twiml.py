"""Checked elements and a request -> TwiML, byte for byte as the twilio library writes it.

The library is asked what an element looks like when the flow is read (flow/twiml_spec.py), and loaded here for an
owner's own verbs alone: with the XML library below it, it took a quarter of what a caller waits for a cold app.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from shared import routes
from shared.flow.model import Element, RouteUrl, SceneUrl, Template, Value
from shared.flow.placeholders import clean, fill
from shared.long_texts import parts
from shared.twilio.webhook import Webhook

if TYPE_CHECKING:
    from twilio.twiml import TwiML

type Plain = str | int | bool

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_HALF_CHARACTER = "&#5[5-7][0-9]{3};"  # a lone surrogate, which is all that the builder writes as a number
_ODD_NAMES = {"xml_lang": "xml:lang", "interpret_as": "interpret-as"}  # of attributes; the others follow one rule
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}  # in this order: an ampersand stands in the others
_ESCAPED_IN_TAG = _ESCAPED | {'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"}
MAX_BYTES = 64 * 1024  # Twilio refuses a longer document: error 11750


class TooLong(Exception):
    """The document would be refused by Twilio."""


class Reply(NamedTuple):
    """A message in an answer to a text: to its sender, from the line, unless it names others."""

    text: str
    media: tuple[str, ...] = ()
    to: str = ""
    from_: str = ""


def messages(answers: "Iterable[Reply | TwiML]") -> str:
    """Return the finished document of an answer to a text: replies, and verbs that are built already. Raises TooLong.

    A reply with neither a word nor a picture is none; one that is too long goes as several messages.
    """
    built = ([*_reply(answer)] if isinstance(answer, Reply) else [*map(verb, _in_parts(answer))] for answer in answers)
    return document(part for parts_ in built for part in parts_)


def _reply(reply: Reply) -> Iterator[str]:
    address = {name: value for name, value in (("from", reply.from_), ("to", reply.to)) if value}
    first, *others = parts(reply.text)
    if reply.media:
        body = [tagged("Body", {}, escaped(first))] if first else []
        yield tagged("Message", address, "".join([*body, *(tagged("Media", {}, escaped(url)) for url in reply.media)]))
    elif first:
        yield tagged("Message", address, escaped(first))
    for text in others:
        yield tagged("Message", address, escaped(text))


def _in_parts(verb: "TwiML") -> "Iterator[TwiML]":
    """Return what an owner's own verb built; a message that is too long as several, the first with its pictures."""
    bodies = [part for part in verb.verbs if part.name == "Body"] or [verb]
    texts = parts(clean(str(bodies[0].value or "")))
    if verb.name != "Message" or len(bodies) > 1 or len(texts) == 1:
        yield verb
        return
    from copy import copy

    for number, text in enumerate(texts, 1):
        one = copy(verb)  # with its address; what follows the message follows the last of them
        one.attrs = {name: value for name, value in verb.attrs.items() if name != "action" or number == len(texts)}
        one.value, one.verbs = None, []
        one.body(text)
        one.verbs += [part for part in verb.verbs if number == 1 and part.name != "Body"]
        yield one


def verb(built: "TwiML") -> str:
    """Return what an owner's own verb built with the library."""
    return re.sub(_HALF_CHARACTER, "", built.to_xml(xml_declaration=False))


def elements(element: Element, webhook: Webhook, also: Mapping[str, Plain] | None = None) -> Iterator[str]:
    """Return an `element` with all that is nested in it, filled in from `webhook`.

    A text that is too long makes several of them, an empty one none. `also` are attributes that the file did not set.
    """
    attributes = {**(also or {}), **{name: given(value, webhook) for name, value in element.attributes.items()}}
    if element.name in {"say", "sms"} and not element.parts:
        for text in _texts(element, webhook):
            yield _written(element, attributes, escaped(text))
    else:
        content = escaped(str(attributes.get(element.content, "")))
        yield _written(element, attributes, content + _nested(element, webhook))


def _nested(element: Element, webhook: Webhook) -> str:
    written: list[str] = []
    for number, part in enumerate(element.parts):
        if isinstance(part, Template):
            before, after = " " if number else "", " " if number < len(element.parts) - 1 else ""
            written.append(escaped(f"{before}{given(part, webhook)}{after}"))  # else two words would be spoken as one
        else:
            written += elements(part, webhook)
    return "".join(written)


def _written(element: Element, attributes: Mapping[str, Plain], inside: str) -> str:
    named = sorted((_attribute(name), value) for name, value in attributes.items() if name != element.content)
    return tagged(element.tag, dict(named), inside)


@cache
def _attribute(name: str) -> str:
    """Return the name in XML of a builder's argument: `caller_id` is callerId, `from_` is from."""
    first, *others = _ODD_NAMES.get(name, name).rstrip("_").split("_")
    return first + "".join(map(str.title, others))


def tagged(tag: str, attributes: Mapping[str, Plain], inside: str) -> str:
    """Return the element `tag` with its `attributes`, by their names in XML, around what is `inside`: XML already."""
    begins = "".join([tag, *(f' {name}="{_attribute_value(value)}"' for name, value in attributes.items())])
    return f"<{begins}>{inside}</{tag}>" if inside else f"<{begins} />"


def _attribute_value(value: Plain) -> str:
    return escaped(str(value).lower() if isinstance(value, bool) else str(value), _ESCAPED_IN_TAG)


def escaped(text: str, entities: Mapping[str, str] = _ESCAPED) -> str:
    """Return a text as it stands between tags."""
    for character, entity in entities.items():
        if character in text:
            text = text.replace(character, entity)
    return text


def _texts(element: Element, webhook: Webhook) -> list[str]:
    """Return what is said or sent, all of it; nothing when every parameter in it was empty: Twilio refuses that."""
    message = element.attributes.get("message", "")
    texts = parts(fill(message.text, webhook.parameters), message.limit) if isinstance(message, Template) else [message]
    return [str(text) for text in texts if text]


def given(value: Value, webhook: Webhook) -> Plain:
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


def document(written: Iterable[str]) -> str:
    """Return the finished document of elements, without what XML cannot hold, whoever put it there; raises TooLong."""
    text = clean(DECLARATION + tagged("Response", {}, "".join(written)))
    if len(text.encode()) > MAX_BYTES:
        raise TooLong(f"the answer has more than {MAX_BYTES} bytes")
    return text
