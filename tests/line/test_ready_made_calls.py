"""The ready-made lines, as those who call them find them: what the record keeps of them, and how they meet each other.

What each says and does is told by its stories; test_told_stories.py tells some of them to these processes.
"""

import pytest

from tests.line.stage import MOBILE, OFFICE

pytestmark = pytest.mark.usefixtures("nothing_amiss")


def said(call):
    """Return all that a person has heard the line say."""
    return [event.text for event in call.transcript if event.kind == "said"]


def leaves_a_message(stage, call):
    """Speak after the tone and hear the end of it; the call's row has the recording."""
    call.sees("listening", "recording")
    call.records(12, "It is Ann, please call me back.")
    call.hears("Thank you.")
    call.ended("completed")
    stage.line.remembers(call.sid, status="completed", person=call.shown()["from"])
    recording = stage.line.has_recorded(call.sid, status="completed", duration_s=12)
    assert stage.sound(recording["url"])[:4] == b"RIFF"


def test_voicemail_keeps_the_recording_and_its_words_with_the_call(stage):
    stage.plays("voicemail")
    call = stage.dials()
    call.hears("Please leave a message after the tone")
    leaves_a_message(stage, call)
    stage.line.has_recorded(call.sid, transcript="It is Ann, please call me back.", transcript_status="completed")
    assert "Thank you. We will call you back." in said(call)


def test_voicemail_keeps_what_was_said_before_a_hang_up(stage):
    stage.plays("voicemail")
    call = stage.dials()
    call.records(8, "Never mind", ends="hang-up")
    call.ended("completed")
    stage.line.has_recorded(call.sid, duration_s=8, transcript="Never mind")


def test_conference_lets_two_talk_who_know_the_pin(stage):
    stage.plays("conference")
    ann = stage.dials()
    ann.hears("Please enter your PIN.")
    ann.presses("4321")
    ann.hears("You are entering the conference.")
    room = ann.sees("joined", "team").detail["sid"]
    ann.hears("hold music")
    bob = stage.dials(from_=MOBILE)
    bob.presses("4321")
    assert bob.sees("joined", "team").detail["sid"] == room
    ann.sees("conference_started", "team")
    bob.hangs_up()
    ann.hangs_up()
    ann.ended("completed")


def test_queue_keeps_callers_until_the_agent_takes_them(stage):
    stage.plays("queue")
    ann = stage.dials()
    ann.hears("Welcome. All of our agents are talking.")
    ann.sees("queued", "support")
    ann.hears("You are number 1 in the queue.")
    bob = stage.dials(from_=MOBILE)
    bob.hears("You are number 2 in the queue.")
    ann.waits(20)
    ann.hears("You are number 1 in the queue.")
    agent = stage.dials(from_=OFFICE)
    agent.sees("bridged")
    ann.sees("bridged")
    agent.says("How can I help?")
    ann.hears("How can I help?")
    bob.waits(20)
    bob.hears("You are number 1 in the queue.")
    agent.hangs_up()
    ann.hears("Goodbye.")
    ann.ended("completed")
    assert said(agent) == []
    agent = stage.dials(from_=OFFICE)
    bob.sees("bridged")
    bob.hangs_up()
    agent.hears("Goodbye.")
    agent.ended("completed")


def test_queue_is_left_for_a_message(stage):
    stage.plays("queue")
    call = stage.dials()
    call.hears("Press 1 to leave a message instead.")
    call.presses("1")
    call.hears("Please leave a message after the tone.")
    call.records(4, "I will not wait")
    call.hears("Goodbye.")
    call.ended("completed")
    stage.line.has_recorded(call.sid, duration_s=4)
