"""The language has every verb of the installed library, and nothing that only looks like one."""

import pytest

from shared.flow import twiml_spec


@pytest.mark.parametrize(
    "verb",
    ["connect", "dial", "echo", "enqueue", "gather", "hangup", "leave", "pause", "pay", "play", "prompt", "queue",
     "record", "redirect", "refer", "reject", "say", "sms", "start", "stop"],
)  # fmt: skip
def test_every_verb_is_known(verb):
    assert twiml_spec.spec().nested[verb] == verb
    assert twiml_spec.spec(verb).attributes is not None


def test_names_are_the_library_s_without_an_underscore_at_the_end():
    assert twiml_spec.spec("sms").attributes["from"] == "from_"
    assert twiml_spec.spec("say").nested["break"] == "break_"
    assert twiml_spec.spec("prompt").attributes["for"] == "for_"


@pytest.mark.parametrize(
    ("path", "short"),
    [("say", "message"), ("pause", "length"), ("reject", "reason"), ("redirect", "url"), ("enqueue", "name"),
     ("record", ""), ("connect", ""), ("hangup", ""), ("start", "")],
)  # fmt: skip
def test_a_bare_value_stands_for_what_an_element_says(path, short):
    assert twiml_spec.spec(path).short == short
    assert twiml_spec.spec("dial", "number").short == "phone_number"
    assert twiml_spec.spec("start", "stream").short == ""


def test_what_every_element_has_is_no_verb():
    assert {"add_child", "append", "nest", "to_xml", "xml"}.isdisjoint(twiml_spec.spec().nested)
