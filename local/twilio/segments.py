"""How many segments a text takes: GSM 03.38 septets, or UTF-16 units when a character is outside of it."""

import math

_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = set("\f^{}\\[~]|€")  # an escape and a character: two septets
MAX_CHARACTERS = 1600


def count(text: str) -> int:
    """Return the number of segments, at least one."""
    if all(character in _BASIC or character in _EXTENDED for character in text):
        return _parts(len(text) + sum(character in _EXTENDED for character in text), 160, 153)
    return _parts(len(text.encode("utf-16-le")) // 2, 70, 67)


def _parts(units: int, alone: int, joined: int) -> int:
    return 1 if units <= alone else math.ceil(units / joined)
