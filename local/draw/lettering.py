"""How wide a text is, and its lines where there is only so much room.

Whoever looks at a picture has another font than whoever drew it. Widths are those of DejaVu Sans, the widest that is a
common default, so that no other one leaves its box.
"""

import unicodedata
from collections.abc import Iterator

# Hundredths of the font size, from space to tilde.
ASCII = (
    32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84,
    84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63, 61, 73, 68, 99, 69,
    61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63,
    59, 82, 59, 59, 52, 64, 34, 64, 84,
)  # fmt: skip
BOLD = 1.2  # at most, but for narrow letters
WIDE = 110  # of East Asia, and emoji
CAPITAL, SMALL = 85, 72  # of other alphabets, in the mean of what is wide in them
JOINERS = "\u200b\u200c\u200d\u200e\u200f\ufe0e\ufe0f"  # within emoji, and between directions
BREAKING = "/?&-_=."  # a long address is broken after one of them, the first that is far enough on


def width(text: str, size: float, *, is_bold: bool = False) -> float:
    """Return the width of one line of text, in the unit of `size`, the font's."""
    return sum(map(_hundredths, text)) / 100 * size * (BOLD if is_bold else 1)


def _hundredths(character: str) -> int:
    plain = unicodedata.normalize("NFD", character)[0]  # an accent adds no width
    if " " <= plain <= "~":
        return ASCII[ord(plain) - 32]
    if unicodedata.category(plain) in {"Mn", "Me", "Cf"}:
        return 0 if plain <= "\u036f" or plain in JOINERS else SMALL  # a box of its own where no font has it
    if unicodedata.east_asian_width(plain) in "WF" or unicodedata.category(plain) == "So":
        return WIDE
    return CAPITAL if plain.isupper() else SMALL


def wrapped(text: str, room: float, size: float, *, is_bold: bool = False, indent: float = 0) -> list[str]:
    """Return the lines of a text, none for none, that are no wider than `room`; the first has `indent` less of it."""
    if is_bold:
        size *= BOLD
    lines: list[str] = []
    for paragraph in text.splitlines():
        lines += _lines(paragraph.split(), room, size, 0 if lines else indent)
    return lines


def _lines(words: list[str], room: float, size: float, indent: float) -> Iterator[str]:
    line, left = "", room - indent
    for word in (piece for text in words for piece in _pieces(text, room, size)):
        longer = f"{line} {word}" if line else word
        if width(longer, size) <= left:
            line = longer
            continue
        yield line
        line, left = word, room
    yield line


def _pieces(word: str, room: float, size: float) -> Iterator[str]:
    """Return a word, in pieces where a line cannot hold it: addresses, and languages without space between words."""
    while width(word, size) > room:
        fits = next(at for at in range(1, len(word) + 1) if width(word[: at + 1], size) > room)
        fits += next((at for at, character in enumerate(word[fits:]) if _hundredths(character)), 0)  # not its accents
        at = next((at for sign in BREAKING if (at := word.rfind(sign, fits // 2, fits) + 1)), fits)
        yield word[:at]
        word = word[at:]
    yield word
