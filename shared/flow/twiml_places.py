"""Which verbs Twilio follows where. The builders of its library are wider: they build what no document may hold.

Sources: Twilio's pages on the verb or noun that is named, and its error 13238 for conferences.
"""

import msgspec

from shared.flow import parameters, twiml_spec

# Verbs of a document. What the library builds beside them is a noun: <Queue> of <Dial>, <Prompt> of <Pay>.
VERBS = frozenset(
    ["connect", "dial", "echo", "enqueue", "gather", "hangup", "leave", "pause", "pay", "play", "record", "redirect",
     "refer", "reject", "say", "sms", "start", "stop"]
)  # fmt: skip
NO_VERBS = {
    "queue": "write dial: {queue: ...} to answer who waits, or enqueue: ... to wait",
    "prompt": "write gather: {prompt: ...}, or pay: {prompt: ...}",
}


class Place(msgspec.Struct, frozen=True):
    """Where a document is followed that is not the call's own.

    Who hears it, the verbs that Twilio follows there, and the parameters that it sends beside every call's.
    """

    heard: str
    verbs: frozenset[str]
    sends: frozenset[str] = frozenset()
    way_out: str = ""

    @property
    def expected(self) -> str:
        """What to write there."""
        return self.way_out or f"Twilio takes {', '.join(sorted(self.verbs))} there"


_SPOKEN = frozenset(["say", "play", "pause", "redirect"])
HELD = Place("that is heard while a conference has not begun", _SPOKEN)
QUEUED = Place("that callers hear while they wait in a queue", _SPOKEN | {"gather", "hangup", "leave"},
               parameters.WAITING)  # fmt: skip
DEQUEUED = Place("that is heard before a queue's caller is connected", _SPOKEN, parameters.DEQUEUED)
WHISPERED = Place("that a callee hears before being connected", VERBS - {"dial"},
                  way_out="end the scene to connect, or write hangup to refuse the call")  # fmt: skip

# (element, attribute with a scene's address) -> where that scene is followed
PLACES: dict[tuple[str, str], Place] = {
    ("conference", "wait_url"): HELD,
    ("enqueue", "wait_url"): QUEUED,
    ("queue", "url"): DEQUEUED,
    **dict.fromkeys([(noun, "url") for noun in ("number", "client", "sip", "whats_app")], WHISPERED),
}


def home(name: str) -> str:
    """Return how a `name` that is no verb but stands in one is written; empty for one that stands in none."""
    verbs = [verb for verb in sorted(VERBS) if name in twiml_spec.spec(verb).nested]
    return NO_VERBS.get(name) or " or ".join(f"{verb}: {{{name}: ...}}" for verb in verbs)
