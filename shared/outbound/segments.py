"""How a text is cut for the air: its encoding and the number of segments, which is what a text costs.

Source: 3GPP TS 23.038 (the GSM 7-bit alphabet and its extension) and TS 23.040 (joined messages).
"""

from typing import Annotated, Literal

import msgspec

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")  # each is an escape and a character
GSM_ALONE, GSM_JOINED = 160, 153  # septets
UCS2_ALONE, UCS2_JOINED = 70, 67  # UTF-16 units


type Encoding = Annotated[
    Literal["GSM-7", "UCS-2"], msgspec.Meta(title="Encoding", description="How its characters travel.")
]


class Cut(msgspec.Struct, frozen=True):
    """The encoding of a text and how many segments it takes, at least one."""

    encoding: Encoding
    segments: int


def cut(text: str) -> Cut:
    """Return how `text` travels. A character that takes two units is never cut in two: it begins the next segment."""
    if set(text) <= BASIC | EXTENSION:
        return Cut("GSM-7", _count([2 if character in EXTENSION else 1 for character in text], GSM_ALONE, GSM_JOINED))
    return Cut("UCS-2", _count([1 if character <= "\uffff" else 2 for character in text], UCS2_ALONE, UCS2_JOINED))


def _count(widths: list[int], alone: int, joined: int) -> int:
    if sum(widths) <= alone:
        return 1
    segments, used = 1, 0
    for width in widths:
        if used + width > joined:
            segments, used = segments + 1, 0
        used += width
    return segments
