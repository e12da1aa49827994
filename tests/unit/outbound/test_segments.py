"""How a text is cut: figures of 3GPP TS 23.038 and 23.040."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.outbound.segments import BASIC, EXTENSION, cut


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("", "GSM-7", 1),
        ("x" * 160, "GSM-7", 1),
        ("x" * 161, "GSM-7", 2),
        ("x" * 306, "GSM-7", 2),
        ("x" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("€" * 153, "GSM-7", 3),  # 76 fit in each 153 septets: an escape is never parted from its character
        ("ç", "UCS-2", 1),  # only the capital one is in the alphabet
        ("ж" * 70, "UCS-2", 1),
        ("ж" * 71, "UCS-2", 2),
        ("ж" * 135, "UCS-2", 3),
        ("😀" * 35, "UCS-2", 1),
        ("😀" * 36, "UCS-2", 2),
        ("😀" * 67, "UCS-2", 3),  # 33 fit in each 67 units
        ("a" * 159 + "😀", "UCS-2", 3),
    ],
)
def test_known_texts(text, encoding, segments):
    assert (cut(text).encoding, cut(text).segments) == (encoding, segments)


def test_the_alphabet_has_127_characters_beside_the_escape_and_10_more():
    assert (len(BASIC), len(EXTENSION), BASIC & EXTENSION) == (127, 10, frozenset())


@given(st.text(), st.text())
def test_more_text_never_takes_fewer_segments(text, more):
    assert cut(text + more).segments >= cut(text).segments >= 1
