"""By which words people leave a line, come back and ask for help.

Twilio answers a text that is one of its words and nothing else. Leaving takes any reasonable words (47 CFR
64.1200(a)(10)); coming back and asking for help take the very word. docs/texting.md says how doubt is decided.
"""

import re
from typing import Literal

from shared.words import folded

type Wish = Literal["STOP", "START", "HELP", ""]

# Source: Twilio, "Twilio support for opt-out keywords": the whole of a text, in any case.
STOP = frozenset(["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"])
START = frozenset(["START", "YES", "UNSTOP"])
HELP = frozenset(["HELP", "INFO"])

# Words around a wish that say nothing of it.
_COURTESY = frozenset(
    ["please", "pls", "plz", "kindly", "just", "thanks", "thank", "thx", "you", "ok", "okay", "hey", "hi", "hello",
     "now", "immediately"]
)  # fmt: skip
# Patterns are texts: compiled with the first text that is asked about, not while a caller waits for a cold start.
_SENTENCE_ENDS = r"[.!?;:,\n\r\u2026\u3002\uff0c\uff01\uff1f\u060c\u061f\u0964]+|\s[-\u2013\u2014]+\s"
_ASKED = (
    "(?:i (?:want|wish|need|would like|asked you|told you) to |i said |i'd like to |(?:can|could|would|will) you "
    "|how (?:do|can) i )?"
)
_TEXTS = "(?:texts?|messages?|msgs?|sms|messaging|texting|spam|ads?)"
_ME = "(?:me|us|my number|my phone number|this number)"
_REST = (  # whom, what and from where, in any order
    "(?: (?:me|us|my|this|the|these|those|that|your|any|more|all|such|so|many|texts?|messages?|msgs?|sms|spam|ads?|"
    "offers?|stuff|number|phone|cell|mobile|lists?|mailing|database|system|contacts|to|on|at|here|off|out|of|from|with|"
    "about|it|again|anymore|ever|future|and|or))*"
)
# What nobody takes for anything else, even when it is one sentence of several.
_CLEAR = (
    f"{_ASKED}(?:"
    "(?:stop ?)+(?:all|everything)?"
    "|stop (?:please|pls|plz|i|or|wrong) .*"
    f"|(?:stop|quit|cease) (?:texting|messaging|contacting|calling|phoning|ringing|spamming|harassing|sending){_REST}"
    f"|unsub(?:scribe)?(?: {_ME}| all)?(?: from .*)?"
    f"|opt(?: {_ME})? ?out(?: {_ME})?(?: (?:of|from) .*)?"
    f"|(?:remove|delete) {_ME}{_REST}"
    f"|take {_ME} (?:off|out|from){_REST}"
    "|(?:i )?(?:revoke|withdraw) (?:my )?consent.*"
    ")"
)
# What is a wish as the whole of a text; in a longer one it may be about something else.
_ALONE = (
    f"{_ASKED}(?:"
    "stop (?:it|this|that|already)"
    f"|(?:stop|end|cancel|quit)(?: (?:all|these|those|the|this|your|my|any|more))* {_TEXTS}"
    f"|(?:do not|don't|dont|never) (?:text|message|contact|sms|msg|spam){_REST}"
    f"|no more(?: (?:of|these|those|your))* {_TEXTS}{_REST}"
    "|leave me alone"
    "|stopp|arr[e\xea]t|arr[e\xea]te[rz]?|alto|baja|parar|no m[a\xe1]s|\u0441\u0442\u043e\u043f"
    ")"
)


def wish(text: str) -> Wish:
    """Return what a text asks for, empty for something else."""
    whole = folded(text)
    if whole.upper() in STOP:
        return "STOP"
    if whole in {"start", "unstop"} or text.strip().upper() in START:
        return "START"
    if whole.upper() in HELP:
        return "HELP"
    is_clear = any(re.fullmatch(_CLEAR, _bare(folded(sentence))) for sentence in re.split(_SENTENCE_ENDS, text))
    return "STOP" if is_clear or re.fullmatch(_ALONE, _bare(whole)) else ""


def is_twilios(text: str) -> bool:
    """Whether Twilio itself understands a text: as one of its words and nothing else."""
    return text.strip().upper() in STOP | START | HELP


def _bare(sentence: str) -> str:
    """Return a folded sentence without the courtesies around it."""
    words = sentence.split()
    while words and words[0] in _COURTESY:
        words.pop(0)
    while words and words[-1] in _COURTESY:
        words.pop()
    return " ".join(words)
