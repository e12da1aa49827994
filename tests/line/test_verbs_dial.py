"""Connecting people: dial with all that it may call, in every way in which that may end; queues from both ends."""

import pytest

from tests.line.stage import CALLER, COLLEAGUE, MOBILE, OFFICE
from tests.tools.waiting import eventually

pytestmark = pytest.mark.usefixtures("nothing_amiss")

FLOW = """
entrances: [at-once, in-turn, noted, limited, screened, by-client, by-sip, mixed, room, listeners, agent, waits, full]
voice:
  start:
    - dial: "+12025550101"
    - say: The office is not there.
  at-once:
    - dial:
        number: ["+12025550101", "+12025550102"]
        timeout: 10
        then: talked
        unanswered: unanswered
        busy: busy
        failed: failed
  in-turn:
    - dial:
        number: ["+12025550101", {phone_number: "+12025550102", send_digits: ww12}]
        sequential: true
        timeout: 10
        then: talked
        unanswered: unanswered
  noted:
    - dial:
        number: "+12025550101"
        record: record-from-answer-dual
        caller_id: $To
        answer_on_bridge: true
        then: talked
  limited:
    - dial: {number: "+12025550101", time_limit: 60, hangup_on_star: true, caller_id: $From, then: talked}
  screened:
    - dial:
        number: ["+12025550101", "+12025550102"]
        sequential: true
        whisper: announced
        then: talked
        unanswered: unanswered
  announced:
    - say: "A call from $ParentCallSid."
    - gather: {prompt: Press 5., choices: {"5": taken}, otherwise: left}
  taken:
    - say: Go ahead.
  left:
    - hangup
  by-client:
    - dial: {client: {identity: alice, parameter: {name: who, value: $From}}, then: talked, unanswered: unanswered}
  by-sip:
    - dial: {sip: "sip:desk@example.com", then: talked, unanswered: unanswered, failed: failed}
  mixed:
    - dial: {parts: [{client: bob}, {sip: "sip:bob@example.com"}, {number: "+12025550101"}], then: talked}
  room:
    - dial:
        conference:
          name: "room of $To"
          start_conference_on_enter: true
          end_conference_on_exit: true
          beep: onExit
          wait_url: music
          record: record-from-start
          max_participants: 2
        then: talked
        failed: failed
  listeners:
    - dial:
        conference: {name: "room of $To", muted: true, start_conference_on_enter: false}
        hangup_on_star: true
        then: talked
  music:
    - say: You are the first.
    - play: https://ahoy.example.com/music.mp3
  agent:
    - dial: {queue: {name: help, url: greeted}, timeout: 15, then: talked, unanswered: unanswered}
  greeted:
    - say: You are served.
  waits:
    - enqueue: {name: help, wait_url: hold, max_queue_size: 2, then: talked, left: left-queue, full: full}
  hold:
    - say: "$CurrentQueueSize of $MaxQueueSize wait."
    - gather: {prompt: Press star to leave., choices: {"*": go}, timeout: 20}
  go:
    - leave
  left-queue:
    - say: You left.
  full:
    - say: The queue is full.
  talked:
    - say: "You talked. $DialCallStatus $QueueResult"
  unanswered:
    - say: Nobody answered.
  busy:
    - say: It is engaged.
  failed:
    - say: It cannot be reached.
"""


@pytest.fixture
def line(stage):
    return stage.plays(FLOW)


def test_without_a_scene_that_follows_the_call_goes_on(line):
    line.phone(OFFICE, answers="busy")
    line.dials().hears("The office is not there.")


@pytest.mark.parametrize(
    ("first", "second", "heard"),
    [
        ("no-answer", "busy", "Nobody answered."),
        ("busy", "rejects", "It is engaged."),
        ("busy", "fails", "It is engaged."),
        ("fails", "fails", "It cannot be reached."),
    ],
)
def test_each_way_of_not_connecting_has_its_scene(line, first, second, heard):
    phone = line.phone(OFFICE, answers=first)
    line.phone(MOBILE, answers=second)
    call = line.dials(scene="at-once")
    if first == "no-answer":
        assert phone.rings().status == "ringing"
        call.waits(10)
    call.hears(heard)
    call.ended("completed")


def test_several_ring_at_once_and_the_first_has_the_call(line):
    office, mobile = line.phone(OFFICE, answers="asks"), line.phone(MOBILE, answers="asks")
    call = line.dials(scene="at-once")
    first, second = office.rings(), mobile.rings()
    second.answers()
    call.sees("bridged", MOBILE)
    first.ended("canceled")
    second.hangs_up()
    call.hears("You talked. completed")


def test_one_after_another_with_keys_for_an_extension(line):
    office, mobile = line.phone(OFFICE, answers="no-answer"), line.phone(MOBILE)
    call = line.dials(scene="in-turn")
    office.rings()
    assert [event.text for event in call.transcript if event.kind == "dialled"] == [OFFICE]
    call.waits(10)
    leg = mobile.rings()
    leg.hears("keys ww12")
    call.sees("bridged", MOBILE)
    leg.hangs_up()
    call.hears("You talked.")


def test_a_conversation_is_recorded_under_the_lines_number(line):
    office = line.phone(OFFICE, answers="asks")
    call = line.dials(scene="noted")
    leg = office.rings()
    assert leg.shown()["from"] == line.line.number
    assert call.status == "ringing"
    leg.answers()
    call.sees("bridged", OFFICE)
    call.waits(30)
    leg.hangs_up()
    call.hears("You talked. completed")
    recording = line.line.has_recorded(call.sid, status="completed", duration_s=30)
    assert line.sound(recording["url"])[:4] == b"RIFF"


def test_a_conversation_ends_with_its_time_or_with_the_star(line):
    office = line.phone(OFFICE)
    call = line.dials(scene="limited")
    assert office.rings().shown()["from"] == CALLER
    call.sees("bridged", OFFICE)
    call.waits(59)
    assert call.status == "in-progress"
    assert "You talked" not in str(call)
    call.waits(1)
    call.hears("You talked. completed")
    call = line.dials(scene="limited")
    call.sees("bridged", OFFICE)
    call.presses("*")
    call.hears("You talked. completed")


def test_the_whisper_is_heard_by_who_answers_and_lets_them_refuse(line):
    office, mobile = line.phone(OFFICE), line.phone(MOBILE, answers="asks")
    call = line.dials(scene="screened")
    leg = office.rings()
    leg.hears(f"A call from {call.sid}.")
    leg.presses("9")
    leg.ended("completed")
    other = mobile.rings()
    other.answers()
    other.hears("Press 5.")
    other.presses("5")
    other.hears("Go ahead.")
    call.sees("bridged", MOBILE)
    assert [event.text for event in call.transcript if event.kind == "said"] == []
    other.hangs_up()
    call.hears("You talked. completed")


def test_a_whisper_that_everybody_refuses_is_a_call_that_nobody_answers(line):
    phones = line.phone(OFFICE), line.phone(MOBILE)  # before they ring: each is seen from now on
    call = line.dials(scene="screened")
    for phone in phones:
        phone.rings().hears("Press 5.")
        phone.calls[-1].presses("9")
    call.hears("Nobody answered.")


def test_who_is_called_may_be_a_browser_or_a_sip_phone(line):
    alice, desk = line.phone("client:alice"), line.phone("sip:desk@example.com", answers="fails")
    call = line.dials(scene="by-client")
    call.sees("bridged", "client:alice")
    alice.rings().hangs_up()
    call.hears("You talked. completed")
    line.dials(scene="by-sip").hears("It cannot be reached.")
    desk.behaves(answers="yes")
    call = line.dials(scene="by-sip")
    call.sees("bridged", "sip:desk@example.com")
    desk.rings().hangs_up()
    call.hears("You talked. completed")


def test_phones_of_all_kinds_ring_together(line):
    phones = [line.phone(address, answers="asks") for address in ("client:bob", "sip:bob@example.com", OFFICE)]
    call = line.dials(scene="mixed")
    legs = [phone.rings() for phone in phones]
    legs[1].answers()
    call.sees("bridged", "sip:bob@example.com")
    assert [leg.ended().text for leg in (legs[0], legs[2])] == ["canceled", "canceled"]


def test_a_conference_waits_for_its_second_and_ends_with_its_host(line):
    host = line.dials(scene="room")
    host.hears("You are the first.")
    host.waits(2)
    host.hears("https://ahoy.example.com/music.mp3")
    listener = line.dials(from_=MOBILE, scene="listeners")
    assert listener.sees("joined").detail["muted"] is True
    host.sees("conference_started", f"room of {line.line.number}")
    line.dials(from_=COLLEAGUE, scene="room").hears("It cannot be reached.")  # two are in it already
    host.waits(2)
    host.hangs_up()
    listener.hears("You talked.")
    for call in (host, listener):
        recording = line.line.has_recorded(call.sid, status="completed", error_code=None)
        assert line.sound(recording["url"])[:4] == b"RIFF"


def test_a_listener_leaves_a_conference_by_the_star(line):
    line.dials(scene="room").hears("You are the first.")
    listener = line.dials(from_=MOBILE, scene="listeners")
    listener.sees("conference_started")
    listener.presses("*")
    listener.hears("You talked.")


def test_a_queue_greets_serves_and_tells_both(line):
    caller = line.dials(scene="waits")
    caller.hears("1 of 2 wait.")
    agent = line.dials(from_=OFFICE, scene="agent")
    caller.hears("You are served.")
    agent.sees("bridged")
    agent.hangs_up()
    caller.hears("You talked. bridged")


def test_a_queue_is_full_is_left_and_is_empty(line):
    first = line.dials(scene="waits")
    first.hears("1 of 2 wait.")
    second = line.dials(from_=MOBILE, scene="waits")
    second.hears("2 of 2 wait.")
    line.dials(from_=COLLEAGUE, scene="waits").hears("The queue is full.")
    first.waits(2)
    first.hears("Press star to leave.")
    first.presses("*")
    first.hears("You left.")
    second.hangs_up()
    second.ended("completed")
    agent = line.dials(from_=OFFICE, scene="agent")
    agent.waits(14)
    assert "Nobody" not in str(agent)
    agent.waits(1)
    agent.hears("Nobody answered.")


def remembered(line, call):
    """Return the call as the API shows it, once it has ended."""
    rows = eventually(lambda: [row for row in line.line.shows("calls", limit=200)["calls"] if has_ended(row, call)])
    return rows[0]


def has_ended(row, call):
    return row["sid"] == call.sid and row["duration_s"] is not None


def test_a_caller_who_hangs_up_while_phones_ring_was_missed(line):
    line.phone(OFFICE, answers="asks")
    line.phone(MOBILE, answers="asks")
    call = line.dials(scene="at-once")
    call.sees("dialled")
    call.hangs_up()
    assert (remembered(line, call)["missed"], remembered(line, call)["status"]) == (True, "completed")


def test_a_caller_who_gives_up_in_a_queue_was_missed(line):
    call = line.dials(scene="waits")
    call.hears("1 of 2 wait.")
    call.hangs_up()
    assert remembered(line, call)["missed"]


def test_a_caller_who_talked_with_somebody_and_one_who_went_on_were_not_missed(line):
    talked = line.dials(scene="at-once")
    talked.sees("bridged")
    talked.hangs_up()
    line.phone(OFFICE, answers="busy")
    line.phone(MOBILE, answers="busy")
    told = line.dials(scene="at-once")
    told.hears("It is engaged.")
    assert [remembered(line, call)["missed"] for call in (talked, told)] == [False, False]


@pytest.mark.parametrize("answers", ["yes", "asks"])
def test_a_call_that_is_moved_from_its_dial_hears_the_new_document_and_is_not_missed(line, answers):
    phone = line.phone(OFFICE, answers=answers)
    call = line.dials(scene="limited")
    leg = phone.rings()
    call.sees("bridged" if answers == "yes" else "dialled")
    line.line.account().client().calls(call.sid).update(twiml="<Response><Say>Moved</Say></Response>")
    call.hears("Moved")
    call.ended("completed")
    leg.ended("completed" if answers == "yes" else "canceled")
    (asked,) = line.twilio.webhooks("action", call.sid)
    assert (asked.status, asked.parameters["CallStatus"]) == (200, "in-progress")
    assert line.line.remembers(call.sid, status="completed")["missed"] is False
