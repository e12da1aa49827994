"""The messages that an application sends to ConversationRelay, checked as Twilio checks them.

Source: Twilio's page "Getting and sending WebSocket messages" of ConversationRelay. What fails a check is error 64107
and not followed; the session goes on.
"""

from typing import Annotated

import msgspec

MOST_LOOPS = 1000  # what a loop of 0 stands for


class _Message(msgspec.Struct, frozen=True, rename="camel", tag_field="type"):
    """One message."""


class Text(_Message, frozen=True, tag="text"):
    """Words to say; those of one talk cycle come token by token until one is the `last`."""

    token: str
    last: bool = False
    lang: str = ""
    interruptible: bool | None = None
    preemptible: bool | None = None


class Play(_Message, frozen=True, tag="play"):
    """A sound to play."""

    source: Annotated[str, msgspec.Meta(pattern=r"^https?://\S+\Z")]
    loop: Annotated[int, msgspec.Meta(ge=0)] = 1
    interruptible: bool | None = None
    preemptible: bool = False


class SendDigits(_Message, frozen=True, tag="sendDigits"):
    """Keys to play."""

    digits: Annotated[str, msgspec.Meta(pattern=r"^[0-9w#*]+\Z")]


class Language(_Message, frozen=True, tag="language"):
    """What is said and heard from now on is in these languages; one of them is there."""

    tts_language: str = ""
    transcription_language: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError when there is neither."""
        if not self.tts_language and not self.transcription_language:
            raise ValueError("ttsLanguage or transcriptionLanguage must be present")


class End(_Message, frozen=True, tag="end"):
    """The session ends, and what follows it is told this."""

    handoff_data: str | None = None


Message = Text | Play | SendDigits | Language | End


class Invalid(ValueError):
    """A message that Twilio does not follow; the text tells why."""


def read(raw: str | bytes) -> Message:
    """Return the message that came. Raises Invalid."""
    if isinstance(raw, bytes):
        raise Invalid("a binary message")
    try:
        message: Message = msgspec.json.decode(raw, type=Message)
    except msgspec.DecodeError as e:  # what is no such message is a ValidationError, which is one
        raise Invalid(str(e)) from None
    return message
