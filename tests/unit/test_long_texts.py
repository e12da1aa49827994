"""A text that is too long goes as several messages, in order, and nothing of it is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.long_texts import parts
from shared.platform_limits import MESSAGE_CHARACTERS

FAMILY = "👨\u200d👩\u200d👧"


def units(text):
    """As Twilio may count: an emoji takes two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize("text", ["", "x", "x" * MESSAGE_CHARACTERS, "🎈" * (MESSAGE_CHARACTERS // 2)])
def test_what_fits_is_one_message(text):
    assert parts(text) == [text]


@pytest.mark.parametrize(
    ("text", "most", "found"),
    [
        ("aaaa bbbb cccc", 9, ["aaaa bbbb", "cccc"]),
        ("aaaa bbbb\ncccc", 12, ["aaaa bbbb", "cccc"]),
        ("a bbbbbbbbbbbb", 9, ["a bbbbbbb", "bbbbb"]),
        ("xxxxxxxxxxxxxx", 5, ["xxxxx", "xxxxx", "xxxx"]),
        ("🎈🎈🎈", 5, ["🎈🎈", "🎈"]),
        ("xxxe\u0301yyy", 4, ["xxx", "e\u0301yy", "y"]),
        ("xxxहाँ", 5, ["xxx", "हाँ"]), ("xxxहाँ", 6, ["xxxहाँ"]),
        (f"xx{FAMILY}", 8, ["xx", FAMILY]), ("xx👍🏽", 5, ["xx", "👍🏽"]),
        ("x\u0301" * 3, 4, ["x\u0301x\u0301", "x\u0301"]),
        ("x" + "\u0301" * 9, 4, ["x\u0301\u0301\u0301", "\u0301" * 4, "\u0301" * 2]),
    ],
)  # fmt: skip
def test_a_message_ends_at_a_blank_and_never_inside_of_a_character(text, most, found):
    assert parts(text, most) == found


@given(st.text(st.sampled_from("ab \n\u0301🎈\u200dह\u093e")), st.integers(2, 9))
def test_nothing_is_lost_but_blanks_between_messages(text, most):
    found = parts(text, most)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(units(part) <= most for part in found)
    assert all(found) or not text.strip()
