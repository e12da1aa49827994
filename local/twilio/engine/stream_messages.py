"""The messages that an application sends into a bidirectional Media Stream, checked as Twilio checks them.

Sources: Twilio's page on the WebSocket messages of Media Streams; its error 31951 names what is wrong with one: no
JSON, an unknown type, a field too few or too many, the SID of another stream.
"""

import msgspec


class _Message(msgspec.Struct, frozen=True, rename="camel", tag_field="event", forbid_unknown_fields=True):
    """One message, and the stream that it is for."""

    stream_sid: str


class Payload(msgspec.Struct, frozen=True):
    """Sound: mu-law at 8000 Hz, in base64 on its way."""

    payload: bytes


class Name(msgspec.Struct, frozen=True):
    """A mark's name."""

    name: str


class Media(_Message, frozen=True, tag="media"):
    """Sound to play after what was sent before it."""

    media: Payload


class Mark(_Message, frozen=True, tag="mark"):
    """Comes back when what was sent before it has been played."""

    mark: Name


class Clear(_Message, frozen=True, tag="clear"):
    """What is not played yet is not played any more."""


Message = Media | Mark | Clear


class Invalid(ValueError):
    """A message that Twilio does not follow; the text tells why."""


def read(raw: str, stream_sid: str) -> Message:
    """Return the message that came for a stream. Raises Invalid."""
    try:
        message: Message = msgspec.json.decode(raw, type=Message)
    except msgspec.DecodeError as e:  # what is no such message is a ValidationError, which is one
        raise Invalid(str(e)) from None
    if message.stream_sid != stream_sid:
        raise Invalid(f"{message.stream_sid} is another stream")
    return message
