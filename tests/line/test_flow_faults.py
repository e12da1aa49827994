"""What goes wrong with a flow while people talk: requests that come twice, a broken file, a file that was changed."""

import httpx
import pytest

from tests.line.around import lost
from tests.line.stage import CALLER, OFFICE
from tests.tools.waiting import eventually

APOLOGY = "We are sorry, something went wrong on our side. Please try again later."
BROKEN = """
voice:
  start:
    - sya: Hello.
    - gather: {prompt: Press 1., choices: {"1": sale}}
  sales:
    - dial: "+12025550101"
messages:
  otherwise: {replay: Hello}
"""
MISTAKES = [
    'flow.yaml:4:7: unknown verb "sya"; did you mean "say"?',
    'flow.yaml:5:49: there is no scene "sale"; did you mean "sales"?',
    'flow.yaml:9:15: unknown word of an answer: "replay"; did you mean "reply"?',
]
ELSEWHERE = 'lines: {"+12025550100": {start: other}}\nvoice: {other: [say: Hello.]}\n'
PAYS = 'voice: {start: [gather: {prompt: Press 1., choices: {"1": pays}}], pays: [say: "Paid, $Digits."]}\n'


@pytest.mark.parametrize("does", ["twice", "twice-together"])
@pytest.mark.parametrize("kind", ["voice", "action"])
def test_the_second_delivery_of_a_request_gets_the_same_document(stage, does, kind):
    line = stage.plays("menu")
    line.phone(OFFICE)
    line.twilio.faults(does=does, of=kind)
    call = line.dials()
    call.hears("For sales, press 1")
    call.presses("1")
    call.sees("bridged", OFFICE)
    first, second = eventually(lambda: len(sent := line.twilio.webhooks(kind, call.sid)) == 2 and sent)
    assert first.body == second.body
    assert first.token == second.token
    assert (first.status, second.status) == (200, 200)


@pytest.mark.parametrize("does", ["twice", "out-of-order", "late"])
def test_a_recording_is_told_of_twice_late_or_before_its_call(stage, does):
    line = stage.plays("voicemail")
    line.twilio.faults(does=does, of="recording-status", delay_s=0.1)
    call = line.dials()
    call.records(9, "It is Ann")
    call.ended("completed")
    line.line.has_recorded(call.sid, duration_s=9, transcript="It is Ann")
    assert len(line.line.remembers(call.sid, status="completed", person=CALLER)["recordings"]) == 1


def test_a_broken_file_lets_the_app_start_and_says_what_is_wrong(stage, tmp_path):
    (tmp_path / "flow.yaml").write_text(BROKEN, encoding="utf-8")
    before = len(stage.line.log())
    stage.restarts(tmp_path / "flow.yaml")
    health = httpx.get(f"{stage.line.app}/api/health", trust_env=False)
    assert health.status_code == 503
    assert health.headers["content-type"] == "application/problem+json"
    assert health.json()["checks"]["flow"] == ["3 mistakes; the log and `dev.py check` say which"]
    call = stage.dials()
    call.hears(APOLOGY)
    call.ended("completed")
    reply = stage.twilio.text("hi", from_=CALLER)
    assert reply.texts == [APOLOGY]
    assert reply.sid in {row["sid"] for row in stage.line.listed("messages", CALLER)}
    assert stage.line.logs(*MISTAKES)
    assert set(MISTAKES) < set(lost(stage.line.log()[before:]))
    stage.line.timer()
    assert eventually(lambda: not lost(stage.line.log()[before:]))


def test_a_file_that_is_not_there_is_said_too(stage, tmp_path):
    before = len(stage.line.log())
    stage.restarts(tmp_path / "nowhere.yaml")
    health = httpx.get(f"{stage.line.app}/api/health", trust_env=False)
    assert health.status_code == 503
    assert health.json()["checks"]["flow"] == ["1 mistake; the log and `dev.py check` say which"]
    assert stage.line.logs("nowhere.yaml:1:1: the file cannot be read")
    stage.dials().hears(APOLOGY)
    stage.line.timer()
    assert eventually(lambda: not lost(stage.line.log()[before:]))


@pytest.mark.parametrize("other", ["hello", ELSEWHERE])
def test_a_call_whose_scene_is_gone_is_taken_leave_of(stage, other):
    stage.plays(PAYS)
    call = stage.dials()
    call.hears("Press 1.")
    stage.plays(other)
    call.presses("1")
    call.hears(APOLOGY)
    call.ended("completed")
    assert stage.line.logs(f"call {call.sid} came to 'start/0', which the flow does not have")


def test_a_call_goes_on_when_the_app_starts_anew_with_the_same_file(stage):
    stage.plays(PAYS)
    call = stage.dials()
    call.hears("Press 1.")
    stage.line.running.restart_host()
    call.presses("1")
    call.hears("Paid, 1.")
