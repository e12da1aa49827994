"""Verbs of an owner's own: found in verbs.py, checked as any verb, and harmless when they fail."""

import secrets
import time

import pytest

from local.draw.mermaid import mermaid
from shared import flow
from shared.inbound import own_verbs
from shared.twilio.webhook import APOLOGY
from tests.tools.stand_in import ACCOUNT, TOKEN

VERBS = """
import time

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

from shared.flow import Call, Message, Scene, verb


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
def route(
    call: Call, to: Scene, more: list[Scene] = [], by: dict[str, Scene] = {}, late: Scene | None = None,
    last: Scene = "start",
) -> VoiceResponse:
    response = VoiceResponse()
    response.redirect(call.scene_url(to))
    return response


@verb
def ring(message: Message, with_: Scene) -> None:
    pass


@verb
def fail(call: Call) -> None:
    raise ZeroDivisionError(call.from_)


@verb
def sleep(call: Call, seconds: float) -> VoiceResponse:
    time.sleep(seconds)
    response = VoiceResponse()
    response.say("Slept.")
    return response


@verb
def sleep_over(message: Message, seconds: float) -> None:
    time.sleep(seconds)


@verb
def greet(message: Message) -> MessagingResponse:
    response = MessagingResponse()
    response.message({True: "new", False: "again", None: "who knows"}[message.is_new])
    return response


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
    ("steps", "heard"),
    [
        ("[sleep: 4]", APOLOGY),
        ("[sleep: 0.01]", "Slept."),
        ("[{sleep: 0.4}, {sleep: 0.4}, {sleep: 0.4}]", APOLOGY),  # together
    ],
)
def test_nobody_waits_long_for_an_own_verb(own, monkeypatch, steps, heard):
    monkeypatch.setattr(own_verbs, "OWN_VERBS_S", 1)
    own.says(f"voice: {{start: {steps}}}")
    began = time.monotonic()
    assert own.calls()[0].text == heard
    assert time.monotonic() - began < 3


def test_a_verb_that_hangs_makes_the_next_one_wait_no_less(own, monkeypatch):
    monkeypatch.setattr(own_verbs, "OWN_VERBS_S", 1)
    own.says("voice: {start: [callers: {match: +12025550122, then: slow}, sleep: 0.2], slow: [sleep: 3]}")
    assert own.calls(From="+12025550122")[0].text == APOLOGY
    assert own.calls(From="+12025550133")[0].text == "Slept."


def test_a_text_whose_verb_hangs_or_fails_is_forwarded_all_the_same(own, monkeypatch):
    monkeypatch.setattr(own_verbs, "OWN_VERBS_S", 0.2)
    own.says("messages: {otherwise: {forward: +12025550101, sleep_over: 1}}")
    forwarded, apology = own.texts("Hello?")
    assert (forwarded.get("to"), forwarded.text) == ("+12025550101", "+12025550122 (cannot be answered now): Hello?")
    assert apology.text == APOLOGY


def test_a_verb_for_texts_is_told_when_the_storage_does_not_say_whether_a_text_is_new(own):
    own.says("messages: {otherwise: {greet: }}")
    assert own.texts("hi")[0].text == "who knows"


def test_a_verb_for_texts_is_told_whether_a_text_is_new(own, storage):
    own.says("messages: {otherwise: {greet: }}")
    own.environ(TWILIO_AUTH_TOKEN=TOKEN, TWILIO_PHONE_NUMBER="+12025550100", TWILIO_ACCOUNT_SID=ACCOUNT,
                AHOY_FLOW=str(own.folder / "flow.yaml"), AzureWebJobsStorage=storage.storage_connection)  # fmt: skip
    sid = f"SM{secrets.token_hex(16)}"
    assert [own.texts("hi", MessageSid=sid)[0].text for _ in range(3)] == ["new", "again", "again"]


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
        ("route: strat", '3:14: there is no scene "strat"; did you mean "start"?'),
        ("route: {to: start, more: [start, sales]}", '3:40: there is no scene "sales"'),
        ("route: {to: start, by: {Paris: sales}}", '3:38: there is no scene "sales"'),
        ("route: {to: start, late: sales}", '3:32: there is no scene "sales"'),
        ("route: {to: [start]}", '"to" does not fit'),
    ],
)
def test_an_own_verb_is_checked(own, step, wrong):
    (own.folder / "flow.yaml").write_text(f"voice:\n  start:\n    - {step}\n", encoding="utf-8")
    assert wrong in str(flow.check(own.folder / "flow.yaml")[0])


SCENES = """
voice:
  start: [{route: {to: a, more: [b, c], by: {Paris: d}, last: e}}]
  a: [hangup]
  b: [hangup]
  c: [say: $Digits]
  d: [hangup]
  e: [hangup]
  f: [hangup]
messages:
  otherwise: {ring: f}
"""


def test_a_scene_that_an_own_verb_is_given_is_reached_and_drawn(own):
    own.says(SCENES)
    assert flow.check(own.folder / "flow.yaml") == []
    drawn = mermaid(flow.load(own.folder / "flow.yaml"))
    assert [label for label in ("to", "more", "Paris", "last") if f'-->|"{label}"|' in drawn] == [
        "to", "more", "Paris", "last"]  # fmt: skip
    assert own.calls()[0].text == "https://ahoy.example.com/api/voice/a"


def test_the_scene_that_a_parameter_has_by_itself_must_be_there(own):
    own.says("voice: {begin: [{route: begin}]}\nlines: {+12025550100: {start: begin}}")
    assert '"route" goes to "start" by itself; there is no such scene' in str(flow.check(own.folder / "flow.yaml")[0])


def test_a_file_of_verbs_that_cannot_be_imported_is_a_mistake(line):
    (line.folder / "verbs.py").write_text("import nothing_like_this", encoding="utf-8")
    (line.folder / "flow.yaml").write_text("voice: {start: [count: 3]}", encoding="utf-8")
    assert "verbs.py cannot be imported: ModuleNotFoundError" in str(flow.check(line.folder / "flow.yaml")[0])


def test_verbs_are_not_imported_unless_one_is_used(line):
    (line.folder / "verbs.py").write_text("raise SystemError", encoding="utf-8")
    (line.folder / "flow.yaml").write_text("voice: {start: [say: hi]}", encoding="utf-8")
    assert flow.check(line.folder / "flow.yaml") == []
