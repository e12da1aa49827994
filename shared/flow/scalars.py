"""One scalar converted by its kind, when that needs nothing but the scalar itself."""

import re

from shared.flow import hints, placeholders
from shared.flow.grammar import Flag, Free, Keys, Kind, Locale, Name, OneOf, Seconds, Url, Voice, Whole

SCENE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}", re.ASCII)
_TRUE, _FALSE = {"true", "yes", "on"}, {"false", "no", "off"}
_AS_IT_IS = 'nothing is filled in here: write what it is, and "$$" for a dollar'
_KEYS = re.compile(r"[0-9*#wW]*", re.ASCII)
_DURATION = re.compile(
    r"(?=\d)(?:(\d{1,3})\s*h(?:ours?)?\s*)?(?:(\d{1,4})\s*m(?:in|ins|inutes?)?\s*)?"
    r"(?:(\d{1,6})(?:\s*s(?:ec|ecs|econds?)?)?)?",
    re.ASCII,
)


def converted(kind: Kind, text: str) -> str | int | bool:
    """Convert a value that needs nothing but itself; raises ValueError that says what was expected."""
    match kind:
        case Flag():
            return flag(text)
        case Whole(least, most):
            return _whole(text, least, most)
        case Seconds(least, most, others):
            return text if text in others else _seconds(text, least, most)
        case OneOf(words, joined):
            wrong = [word for word in (text.split() if joined else [text]) if word not in words]
            _expect(not wrong, hints.suggestion(wrong[0], words) if wrong else "")
        case Name():
            _expect(SCENE.fullmatch(text), name_hint(text))
        case Keys():
            _expect(_KEYS.fullmatch(text), "expected keys of a phone: 0 to 9, * and #")
        case Url(schemes):
            is_url = text.startswith(schemes) and not re.search(r"\s", text)
            _expect(is_url, f"expected an address that begins with {' or '.join(schemes)}")
        case Free(characters=limit) | Voice(characters=limit) | Locale(characters=limit):
            is_plain = len(text) <= limit and placeholders.clean(text) == text
            _expect(is_plain, f"expected plain text, at most {limit} characters")
            return text if isinstance(kind, Free) and kind.is_literal else _as_it_is(text)
    return text


def name_hint(text: str) -> str:
    """Return what to write for a text that cannot name anything."""
    meant = hints.name(text)
    return "expected letters from a to z, digits, - and _" + (f', such as "{meant}"' if meant else "")


def _as_it_is(text: str) -> str:
    """Return a text in which a dollar is written twice and nothing is filled in; raises ValueError."""
    _expect(not any(placeholders.names(text)), _AS_IT_IS)
    return placeholders.fill(text, {})


def _expect(is_met: object, expected: str) -> None:
    if not is_met:
        raise ValueError(expected)


def flag(text: str) -> bool:
    """Read true or false in YAML's spellings; raises ValueError."""
    _expect(text.lower() in _TRUE | _FALSE, "expected true or false")
    return text.lower() in _TRUE


def _whole(text: str, least: int, most: int) -> int:
    is_met = text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most
    _expect(is_met, f"expected a whole number from {least} to {most}")
    return int(text)


def _seconds(text: str, least: int, most: int) -> int:
    parts = _DURATION.fullmatch(text.strip().lower())
    hours, minutes, seconds = (int(part or 0) for part in parts.groups()) if parts else (0, 0, -1)
    total = hours * 3600 + minutes * 60 + seconds
    _expect(least <= total <= most, f"expected seconds from {least} to {most}, such as {least}, {least}s or 1m")
    return total
