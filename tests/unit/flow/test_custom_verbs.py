"""Verbs of an owner's own: found in verbs.py, checked as any verb, and harmless when they fail."""

import pytest

from shared import flow
from shared.twilio.webhook import APOLOGY

VERBS = """
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

from shared.flow import Call, Message, verb


@verb
def count(call: Call, to: int, polite: bool = True) -> VoiceResponse:
    response = VoiceResponse()
    response.say(" ".join(str(n + 1) for n in range(to)) + (", thank you" if polite else ""))
    response.redirect(call.scene_url("bye"))
    return response


@verb
def shout(message: Message) -> MessagingResponse:
    response = MessagingResponse()
    response.message(message.body.upper())
    return response


@verb
def fail(call: Call) -> None:
    raise ZeroDivisionError(call.from_)


@verb
def alone() -> None:
    pass


@verb
def odd(call: Call, what: "Nothing") -> None:  # noqa: F821
    pass


def no_verb(call):
    pass
"""


@pytest.fixture
def own(line):
    (line.folder / "verbs.py").write_text(VERBS, encoding="utf-8")
    return line


def test_an_own_verb_adds_to_the_scene(own):
    own.says("entrances: bye\nvoice: {start: [say: Hi., count: 3, say: there], bye: [hangup]}")
    assert [(verb.tag, verb.text) for verb in own.calls()] == [
        ("Say", "Hi."), ("Say", "1 2 3, thank you"), ("Redirect", "https://ahoy.example.com/api/voice/bye"),
        ("Say", "there")]  # fmt: skip
    own.says("entrances: bye\nvoice: {start: [count: {to: 2, polite: no}], bye: [hangup]}")
    assert own.calls()[0].text == "1 2"


def test_an_own_verb_answers_a_text(own):
    own.says("messages: {otherwise: {shout: }}")
    assert own.texts("<hello>")[0].text == "<HELLO>"


def test_an_own_verb_that_fails_is_an_apology(own):
    assert own.says("voice: {start: [fail: ]}").calls()[0].text == APOLOGY


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        ("count: many", '"to" does not fit'),
        ("count:", '"count" needs "to"'),
        ("count: {to: 1, plite: no}", '"count" takes no "plite"; did you mean "polite"?'),
        ("shout:", '"shout" takes a Message; here it is given a Call'),
        ("fail: 1", '"fail" takes no value'),
        ("alone:", '"alone" cannot be used'),
        ("odd: 1", '"odd" cannot be used'),
        ("cuont: 1", 'unknown verb "cuont"; did you mean "count"?'),
        ("no_verb:", 'unknown verb "no_verb"'),
    ],
)
def test_an_own_verb_is_checked(own, step, wrong):
    (own.folder / "flow.yaml").write_text(f"voice:\n  start:\n    - {step}\n", encoding="utf-8")
    assert wrong in str(flow.check(own.folder / "flow.yaml")[0])


def test_a_file_of_verbs_that_cannot_be_imported_is_a_mistake(line):
    (line.folder / "verbs.py").write_text("import nothing_like_this", encoding="utf-8")
    (line.folder / "flow.yaml").write_text("voice: {start: [count: 3]}", encoding="utf-8")
    assert "verbs.py cannot be imported: ModuleNotFoundError" in str(flow.check(line.folder / "flow.yaml")[0])


def test_verbs_are_not_imported_unless_one_is_used(line):
    (line.folder / "verbs.py").write_text("raise SystemError", encoding="utf-8")
    (line.folder / "flow.yaml").write_text("voice: {start: [say: hi]}", encoding="utf-8")
    assert flow.check(line.folder / "flow.yaml") == []
