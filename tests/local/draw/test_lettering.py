"""Lines of text that fit, whatever is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.draw.lettering import width, wrapped

ROOM = 208


@given(st.text(), st.sampled_from([0, 60, 300]))
def test_no_line_is_wider_than_its_room_and_nothing_is_lost(text, indent):
    lines = wrapped(text, ROOM, 13, indent=indent)
    assert all(width(line, 13) <= ROOM for line in lines)
    assert not lines or width(lines[0], 13) <= ROOM - indent or lines[0] == ""
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text(st.characters(codec="utf-8"), max_size=40), st.text(max_size=40))
def test_a_longer_text_is_never_narrower(one, other):
    assert width(one + other, 13) >= width(one, 13)


@pytest.mark.parametrize(
    ("word", "lines"),
    [
        ("https://ahoy.example.com/menu.jpg", ["https://ahoy.example.com/", "menu.jpg"]),
        ("https://ahoy.example.com/harbour-hotel/directions-and-parking",
         ["https://ahoy.example.com/", "harbour-hotel/directions-and-", "parking"]),
        ("W" * 17, ["W" * 16, "W"]),
        ("北京欢迎您来到海港酒店请按一预订", ["北京欢迎您来到海港酒店请按一", "预订"]),
    ],
)  # fmt: skip
def test_a_word_that_no_line_holds_is_broken_where_it_can_be(word, lines):
    assert wrapped(word, ROOM, 13) == lines


def test_an_accent_stays_with_its_letter():
    word = "e\u0301" * 40
    assert all(line.startswith("e") for line in wrapped(word, ROOM, 13))


def test_lines_of_the_text_stay_lines():
    assert wrapped("Dear all,\n\nsee you.", ROOM, 13) == ["Dear all,", "", "see you."]
    assert wrapped("", ROOM, 13) == []
