"""Simulated phones: any number, `client:name` or `sip:` address, and how whoever owns it behaves."""

from dataclasses import dataclass, field
from typing import Literal

from local.twilio.journal import Journal
from local.twilio.records import Call, Message

Answers = Literal["yes", "busy", "no-answer", "fails", "rejects", "asks", "machine"]
BRIDGE_S = 5.0  # how long a phone that was told nothing talks, when seconds pass for real


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a phone meets a call or a text.

    `asks` rings until the test answers; `no-answer` rings for ever; `machine` plays a greeting of `greeting_s` seconds.
    `talks_s`: seconds until it hangs up by itself. `presses`: keys it presses when it is asked for keys.
    `credentials` as `user:password`: a SIP phone that refuses whoever dials it without them.
    `texts`: how texts to it end; `error_code` goes with `undelivered` and `failed`.
    """

    answers: Answers = "yes"
    talks_s: float | None = None
    presses: str = ""
    greeting_s: float = 4.0
    credentials: str = ""
    texts: Literal["delivered", "undelivered", "failed", "sent", "read"] = "delivered"
    error_code: int | None = None


@dataclass(slots=True)
class Phone:
    """A phone, the calls that reached it and the texts that lie in it; so many `tabs` of a browser show it.

    What its owner `dialled` and `wrote` is known of one that a tab shows.
    """

    address: str
    behaviour: Behaviour = field(default_factory=Behaviour)
    rings: Journal[Call] = field(default_factory=Journal)
    texts: Journal[Message] = field(default_factory=Journal)
    dialled: Journal[Call] = field(default_factory=Journal)
    wrote: Journal[Message] = field(default_factory=Journal)
    tabs: int = 0
