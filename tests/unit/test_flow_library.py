"""The language has every verb of the installed library, and nothing that only looks like one."""

import pytest

from shared.flow import library


@pytest.mark.parametrize(
    "verb",
    ["connect", "dial", "echo", "enqueue", "gather", "hangup", "leave", "pause", "pay", "play", "prompt", "queue",
     "record", "redirect", "refer", "reject", "say", "sms", "start", "stop"],
)  # fmt: skip
def test_every_verb_is_known(verb):
    assert library.spec().nested[verb] == verb
    assert library.spec(verb).attributes is not None


def test_names_are_the_library_s_without_an_underscore_at_the_end():
    assert library.spec("sms").attributes["from"] == "from_"
    assert library.spec("say").nested["break"] == "break_"
    assert library.spec("prompt").attributes["for"] == "for_"


@pytest.mark.parametrize(
    ("path", "short"),
    [("say", "message"), ("pause", "length"), ("reject", "reason"), ("redirect", "url"), ("enqueue", "name"),
     ("record", ""), ("connect", ""), ("hangup", ""), ("start", "")],
)  # fmt: skip
def test_a_bare_value_stands_for_what_an_element_says(path, short):
    assert library.spec(path).short == short
    assert library.spec("dial", "number").short == "phone_number"
    assert library.spec("start", "stream").short == ""


def test_what_every_element_has_is_no_verb():
    assert {"add_child", "append", "nest", "to_xml", "xml"}.isdisjoint(library.spec().nested)
