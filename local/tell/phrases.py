"""The words of a story: what people do and find, and how phones behave."""

import re

import msgspec

from local.tell import values
from local.tell.values import Kind


class Phrase(msgspec.Struct, frozen=True):
    """What may stand in a sentence. `value`: "" for none, "may" or "must"; `options` may stand beside it.

    A value is any text, or of a `kind`, or an address, or whom the story knows.
    """

    does: str  # for help and the schema
    value: str = ""
    by_whom: str = "anybody"  # or "somebody": a person must be named; "nobody": none may be
    options: tuple[str, ...] = ()
    kind: Kind | None = None
    is_address: bool = False
    is_person: bool = False


# What somebody does; who is named becomes the one whom the next sentences are about.
DOES: dict[str, Phrase] = {
    "dials": Phrase("calls the line, or the number of it that is named", "may", "somebody", ("with",), is_address=True),
    "texts": Phrase("sends a text to the line", "must", "somebody", ("with", "media", "to")),
    "presses": Phrase("presses keys", "must", kind=values.PRESSED),
    "says": Phrase("speaks", "must", options=("confidence",)),
    "records": Phrase("speaks after the beep", "must", options=("seconds", "ends")),
    "waits": Phrase("lets time pass, such as 30 s, 2 min, 1 h or 31 days", "must", kind=values.TIME),
    "hangs up": Phrase("hangs up"),
    "answers": Phrase("picks up the phone that rings", "", "somebody"),
    "refuses": Phrase("refuses the call that rings", "", "somebody"),
    "line calls": Phrase(
        "the line calls somebody, as POST /api/make-call does", "must", "nobody", ("scene",), is_person=True
    ),
}
# What has happened by now, or happens when time passes.
FINDS: dict[str, Phrase] = {
    "hears": Phrase("hears these words, in this order", "must", options=("times", "within")),
    "hears exactly": Phrase("hears this sentence, letter by letter", "must", options=("times", "within")),
    "does not hear": Phrase("has not heard these words since the last sentence that was heard", "must"),
    "joins": Phrase("has come into a conference", "must"),
    "ended": Phrase("the call is over; with a status, so", "may", options=("within",), kind=values.STATUS),
    "is called": Phrase("the phone rings, or rang", "", "somebody", ("within",)),
    "rings": Phrase("the same", "", "somebody", ("within",)),
    "gets": Phrase("got a text with these words, in this order", "must", "somebody", ("media",)),
    "gets nothing": Phrase("got no text that no sentence speaks of", "", "somebody"),
    "gets no call": Phrase("was not called", "", "somebody"),
}
ACTS = DOES | FINDS
HEARS = frozenset({"hears", "hears exactly", "does not hear"})  # that want words
# Other words for it -> how it is said here.
OTHERWISE = {
    "calls": "dials", "phones": "dials", "calls the line": "dials", "writes": "texts", "sends": "texts",
    "messages": "texts", "types": "presses", "enters": "presses", "speaks": "says", "listens": "hears",
    "leaves a message": "records", "sleeps": "waits", "disconnects": "hangs up", "picks up": "answers",
    "declines": "refuses", "receives": "gets", "is rung": "is called", "ends": "ended",
}  # fmt: skip
# What stands beside a sentence and is not any text.
OPTIONS: dict[str, Kind] = {
    "within": values.TIME, "times": values.COUNT, "confidence": values.SHARE, "seconds": values.SECONDS,
    "ends": values.ENDING,
}  # fmt: skip

HIDDEN = "hidden"  # the address of somebody who shows no number

# How a phone behaves -> the local Twilio's word for it (local/twilio/phones.py).
BEHAVES = {
    "answers": "yes", "busy": "busy", "no answer": "no-answer", "voicemail": "machine", "refuses": "rejects",
    "cannot be reached": "fails",
}  # fmt: skip
PRESSES = "answers and presses "


def behaviour(text: str) -> dict[str, str] | None:
    """Return how a phone is to be set for what a story says of it; None when that is unknown."""
    if keys := re.fullmatch(rf"{PRESSES}({values.KEYS})", " ".join(text.split())):
        return {"answers": "yes", "presses": keys[1]}
    return {"answers": BEHAVES[text]} if text in BEHAVES else None
