"""What somebody did on a line is kept as a story: after those that are there, and told at once."""

import contextlib
import logging
from datetime import UTC, datetime

import pytest

from local.tell import reader
from local.tell.hearing import Sentences
from local.tell.keeping import Keeping
from local.tell.stage import stage
from local.tell.telling import passes
from local.tell.writing import NotWritten
from local.twilio.people import Event, NotSo

FLOW = """voice:
  start:
    - gather: {prompt: "Press 1, or say a word.", choices: {"1": sales, "message": message}}
  sales:
    - say: One moment.
    - dial: {number: "+12025550101", unanswered: message}
  message:
    - say: Speak after the beep.
    - record: {then: thanks}
  thanks: [say: Thank you]
messages:
  keywords: {hours: "Nine, or ten.", help: {reply: Somebody comes., forward: "+12025550101"}}
"""
MINE = """# mine
people: {bob: "+12025550123"}
stories:
  Hours:  # of Bob
    told: [bob texts: hours, bob gets: Nine]
"""
OFFICE, ANN = "+12025550101", "+12025550122"


@pytest.fixture
def kept(tmp_path):
    """Do something on a line while it is written down, and return what came of the story, and the file."""
    (tmp_path / "flow.yaml").write_text(FLOW, encoding="utf-8")
    logging.disable(logging.CRITICAL)

    def one(does, name="Kept", phones=None, at=""):
        with stage(tmp_path / "flow.yaml") as line:
            keeping = Keeping(tmp_path / "flow.yaml", name, line.twilio)
            for phone, behaves in (phones or {}).items():
                line.twilio.phone(phone, answers=behaves)
            does(line.twilio, keeping)
        told = keeping.write(phones or {}, at)
        assert reader.read(keeping.file)[1] == []
        return told, keeping.file.read_text(encoding="utf-8")

    yield one
    logging.disable(logging.NOTSET)


def rings(from_=ANN, *, words=()):
    def does(twilio, keeping):
        call = twilio.dial(from_=from_)
        for word in words:
            call.presses(word) if word.isdigit() else call.says(word)
            passes(call, 0)
        passes(call, 6)  # of silence, which ends a recording
        with contextlib.suppress(NotSo):  # it was over
            call.hangs_up()
            passes(call, 0)
        keeping.called(from_, call)

    return does


def test_a_call_is_kept_with_what_was_heard_and_done(kept):
    told, text = kept(rings(words=["1", "Please call me"]), phones={OFFICE: "busy"})
    assert told.failure is None, told.failure
    assert 'people: {ann: "+12025550122", office: "+12025550101"}' in text
    _, _, stories = text.partition("stories:\n")
    assert stories == (
        "  Kept:\n    office: busy\n    told:\n      - ann dials\n      - hears: Press 1, or say a word.\n"
        "      - presses: 1\n      - hears: One moment.\n      - office is called\n"
        "      - hears: Speak after the beep.\n"
        "      - records: Please call me\n      - hears: Thank you\n      - ended\n"
    )


def event(kind, text="", **detail):
    return Event(datetime.now(UTC), kind, text, detail)


def test_what_nothing_listened_for_is_no_sentence():
    said = Sentences({ANN: "ann"})
    said.does("ann", "dials")
    said.heard("ann", [
        event("pressed", "1"), event("unheard", "key 1: nothing listened", lost="1"), event("said", "Welcome"),
        event("spoke", "Hello"), event("unheard", "'Hello': nothing listened", lost="Hello"),
        event("pressed", "23"), event("unheard", "key 2: nothing listened", lost="2"),
    ])  # fmt: skip
    assert [(step.act, step.value) for step in said.steps] == [("dials", ""), ("hears", "Welcome"), ("presses", "3")]


def test_it_comes_after_those_that_are_there_by_a_name_of_its_own(kept, tmp_path):
    (tmp_path / "flow.stories.yaml").write_text(MINE, encoding="utf-8")
    told, text = kept(rings(words=["message", "It is me"]), "Hours", at="Thu 10:00")
    assert told.failure is None, told.failure
    assert text.startswith(MINE)
    assert told.story.name == "Hours (2)"
    assert "at: Thu 10:00\n" in text
    assert f"- {ANN} dials" in text


def test_a_text_is_kept_with_what_everybody_gets(kept):
    def does(twilio, keeping):
        twilio.text("help", from_=ANN)
        keeping.texted(ANN, "help")

    told, text = kept(does)
    assert told.failure is None, told.failure
    assert "ann texts: help" in text
    assert "ann gets: Somebody comes." in text
    assert "office gets:" in text


def test_a_file_with_mistakes_stays_as_it_is(kept, tmp_path):
    (tmp_path / "flow.stories.yaml").write_text("storys: {}", encoding="utf-8")
    with pytest.raises(NotWritten, match=r'before its file is right: .*unknown section "storys"'):
        kept(rings())
    assert (tmp_path / "flow.stories.yaml").read_text(encoding="utf-8") == "storys: {}"


def test_who_is_hidden_needs_a_name(kept):
    with pytest.raises(NotWritten, match='add "nobody: hidden"'):
        kept(rings(""))


def test_a_call_that_is_over_is_kept_without_what_was_before_it(tmp_path):
    (tmp_path / "flow.yaml").write_text(FLOW, encoding="utf-8")
    with stage(tmp_path / "flow.yaml") as line:
        line.twilio.text("hours", from_=ANN)
        call = line.twilio.dial(from_=ANN)
        call.says("message")
        call.hears("Speak after the beep.")
        call.records(3, "Please call me back")
        call.ended()
        keeping = Keeping(tmp_path / "flow.yaml", "Late", line.twilio, since=call.transcript[0].at)
        keeping.called(ANN, call)
        told = keeping.write({}, "")
    assert told.failure is None
    assert [step.act for step in told.story.steps if step.act == "gets"] == []
