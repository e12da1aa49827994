"""The words of a story: what people do and find, and how phones behave."""

import msgspec


class Phrase(msgspec.Struct, frozen=True):
    """What may stand in a sentence. `value`: "" for none, "may" or "must"; `options` may stand beside it."""

    does: str  # for help and the schema
    value: str = ""
    by_whom: str = "anybody"  # or "somebody": a person must be named; "nobody": none may be
    options: tuple[str, ...] = ()


# What somebody does; who is named becomes the one whom the next sentences are about.
DOES: dict[str, Phrase] = {
    "dials": Phrase("calls the line, or the number of it that is named", "may", "somebody", ("with",)),
    "texts": Phrase("sends a text to the line", "must", "somebody", ("with", "media", "to")),
    "presses": Phrase("presses keys", "must"),
    "says": Phrase("speaks", "must", options=("confidence",)),
    "records": Phrase("speaks after the beep", "must", options=("seconds", "ends")),
    "waits": Phrase("lets time pass, such as 30 s or 2 min", "must"),
    "hangs up": Phrase("hangs up"),
    "answers": Phrase("picks up the phone that rings", "", "somebody"),
    "refuses": Phrase("refuses the call that rings", "", "somebody"),
    "line calls": Phrase("the line calls somebody, as POST /api/make-call does", "must", "nobody", ("scene",)),
}
# What has happened by now, or happens when time passes.
FINDS: dict[str, Phrase] = {
    "hears": Phrase("hears these words, in this order", "must", options=("times", "within")),
    "hears exactly": Phrase("hears this sentence, letter by letter", "must", options=("times", "within")),
    "does not hear": Phrase("has not heard these words since the last sentence that was heard", "must"),
    "joins": Phrase("has come into a conference", "must"),
    "ended": Phrase("the call is over; with a status, so", "may", options=("within",)),
    "is called": Phrase("the phone rings, or rang", "", "somebody", ("within",)),
    "rings": Phrase("the same", "", "somebody", ("within",)),
    "gets": Phrase("got a text with these words, in this order", "must", "somebody", ("media",)),
    "gets nothing": Phrase("got no text that no sentence speaks of", "", "somebody"),
    "gets no call": Phrase("was not called", "", "somebody"),
}
ACTS = DOES | FINDS

HIDDEN = "hidden"  # the address of somebody who shows no number

# How a phone behaves -> the local Twilio's word for it (local/twilio/phones.py).
BEHAVES = {
    "answers": "yes", "busy": "busy", "no answer": "no-answer", "voicemail": "machine", "refuses": "rejects",
    "cannot be reached": "fails",
}  # fmt: skip
PRESSES = "answers and presses "


def behaviour(text: str) -> dict[str, str] | None:
    """Return how a phone is to be set for what a story says of it; None when that is unknown."""
    if text.startswith(PRESSES):
        return {"answers": "yes", "presses": text.removeprefix(PRESSES).strip()}
    return {"answers": BEHAVES[text]} if text in BEHAVES else None
