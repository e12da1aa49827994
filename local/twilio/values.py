"""Which values Twilio takes for an attribute: numbers, booleans and words by its library's types, keys, addresses."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.twilio.sids import whole

TABLE = Path(__file__).with_name("values.json")  # made by declarations.py
KEYS = re.compile(r"[0-9*#]*")
TONES = re.compile(r"[0-9A-D*#wW,]*")
SEVERAL = "[]"  # ends a list of words of which several may stand together
MORE = {  # taken by Twilio's pages on the element: older words, and newer ones than the types
    ("Dial", "record"): {"true", "false"},
    ("Conference", "record"): {"true", "false"},
    ("ConversationRelay", "reportInputDuringAgentSpeech"): {"none", "any", "dtmf", "speech"},
}
AUTO = {("Gather", "timeout"), ("Gather", "speechTimeout")}
LEAST = {"numDigits": 1, "maxLength": 1, "speechTimeout": 1, "maxParticipants": 2}
MOST = {"maxParticipants": 250}
TOLD_LATER = {("Stream", "track")}  # by engine/stream.py, with the stream's own code
WEB_SOCKETS = {"Stream", "ConversationRelay"}  # whose `url` is none of the web


def wrong(element: str, attribute: str, value: str) -> str:
    """Return what is expected instead of an attribute's value; empty when Twilio takes it."""
    if value in MORE.get((element, attribute), ()) or (element, attribute) in TOLD_LATER:
        return ""
    if (element, attribute) in AUTO:
        return "" if value == "auto" else _number(attribute, value)
    match _kinds().get(element, {}).get(attribute):
        case "number":
            return _number(attribute, value)
        case "boolean":
            return "" if value in {"true", "false"} else "true or false"
        case [*words]:
            return _word(value, words)
    return _text(element, attribute, value)


def version() -> str:
    """Return the version of Twilio's library that the types are from."""
    return str(_table()["version"])


def _kinds() -> dict[str, dict[str, Any]]:
    kinds: dict[str, dict[str, Any]] = _table()["elements"]
    return kinds


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table


def _number(attribute: str, value: str) -> str:
    least, most, given = LEAST.get(attribute, 0), MOST.get(attribute), whole(value)
    if given is not None and least <= given <= (most or given):
        return ""
    return f"a whole number from {least}{f' to {most}' if most else ''}"


def _word(value: str, words: list[str]) -> str:
    given = value.split() if words[-1] == SEVERAL else [value]
    known = {word for word in words if word != SEVERAL}
    if given and known.issuperset(given):
        return ""
    return f"{'any' if words[-1] == SEVERAL else 'one'} of {', '.join(sorted(known)[:12])}{' …' * (len(known) > 12)}"


def _text(element: str, attribute: str, value: str) -> str:
    if attribute.lower().endswith("method"):
        return "" if value.upper() in {"GET", "POST"} else "GET or POST"
    if attribute == "finishOnKey":
        return "" if KEYS.fullmatch(value) else "keys: 0 to 9, * and #"
    if attribute in {"digits", "sendDigits"}:
        return "" if TONES.fullmatch(value) else "keys: 0 to 9, *, # and w to wait"
    if is_address(element, attribute):
        return "" if not value or is_web(value) else "an address of the web"
    return ""


def is_address(element: str, attribute: str) -> bool:
    """Tell whether an attribute of an element is an address that Twilio asks."""
    if attribute == "url" and element in WEB_SOCKETS:
        return False
    return attribute in {"action", "url"} or attribute.endswith(("Url", "Callback"))


def is_web(address: str) -> bool:
    """Tell whether an address is one of the web, absolute or relative."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    if any(character.isspace() for character in address.strip()):
        return False
    return bool(parts.hostname) if parts.scheme in {"http", "https"} else not parts.scheme


def is_relative(address: str) -> bool:
    """Tell whether an address of the web needs another to start from."""
    return bool(address) and not address.lower().startswith(("http://", "https://"))
