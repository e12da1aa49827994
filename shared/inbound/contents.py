"""What a text brings beside its words, as an SMS tells of it: pictures go along, all else is named, with a link.

Twilio may refuse the whole message for a sticker, a sound or a contact card; a place is none that it could carry.
"""

import re
from collections.abc import Iterator

from shared.flow.placeholders import clean
from shared.inbound.received import Attachment, Received
from shared.twilio.webhook import Webhook

# Source: Twilio, "Accepted content types for media": the images that go along with a text.
PICTURES = frozenset(["image/jpeg", "image/jpg", "image/png", "image/gif"])
CARDS = frozenset(["text/vcard", "text/x-vcard", "text/directory"])
MAP = "https://maps.google.com/?q="
_NAMES = {"image": "A picture", "audio": "A sound", "video": "A video"}
_DEGREES = re.compile(r"-?\d{1,3}(\.\d+)?", re.ASCII)


def pictures(text: Received) -> tuple[str, ...]:
    """Return the addresses of the pictures of a text."""
    return tuple(one.url for one in text.attachments if one.kind in PICTURES)


def told(text: Received) -> str:
    """Return the words of a text and, a line for each, what it brings that is no picture; never empty."""
    of = text.webhook
    lines = [text.body or of.get("ButtonText"), *_place(of)]
    lines += [f"{_name(one, of)}: {one.url}" for one in text.attachments if one.kind not in PICTURES]
    return "\n".join(line for line in map(clean, lines) if line.strip()) or _wordless(text)


def _place(of: Webhook) -> Iterator[str]:
    """Return the place that somebody shares on WhatsApp: its name and address as far as there are any, and a map."""
    named = ", ".join(" ".join(of.get(name).split()) for name in ("Label", "Address") if of.get(name).strip())
    where = of.get("Latitude"), of.get("Longitude")
    shown = f"{MAP}{','.join(where)}" if all(map(_DEGREES.fullmatch, where)) else ""
    if named or shown:
        yield f"A place: {' '.join(filter(None, [named, shown]))}"


def _name(one: Attachment, of: Webhook) -> str:
    if one.kind in CARDS:
        return "A contact card"
    if one.kind == "image/webp" and of.sender.startswith("whatsapp:"):
        return "A sticker"
    return _NAMES.get(one.kind.partition("/")[0]) or f"A file ({one.kind})"


def _wordless(text: Received) -> str:
    if count := len(pictures(text)):
        return "A picture" if count == 1 else f"{count} pictures"
    kind = text.webhook.get("MessageType")
    return f"A message that an SMS cannot carry ({clean(kind)})" if kind not in {"", "text"} else "An empty text"
