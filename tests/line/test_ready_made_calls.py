"""The ready-made lines, as those who call them find them: what they hear, press and say, and who is rung."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import yaml

from tests.line.stage import CALLER, COLLEAGUE, FLOWS, MOBILE, OFFICE, another_day

pytestmark = pytest.mark.usefixtures("nothing_amiss")


def said(call):
    """Return all that a person has heard the line say."""
    return [event.text for event in call.transcript if event.kind == "said"]


def dialled(call):
    """Return whom the line has dialled for a caller, in order."""
    return [event.text for event in call.transcript if event.kind == "dialled"]


def leaves_a_message(stage, call):
    """Speak after the tone and hear the end of it; the call's row has the recording."""
    call.sees("listening", "recording")
    call.records(12, "It is Ann, please call me back.")
    call.hears("Thank you.")
    call.ended("completed")
    stage.line.remembers(call.sid, status="completed", person=call.shown()["from"])
    recording = stage.line.has_recorded(call.sid, status="completed", duration_s=12)
    assert stage.sound(recording["url"])[:4] == b"RIFF"


def test_hello_says_one_sentence_and_answers_texts(stage):
    stage.plays("hello")
    call = stage.dials()
    call.ended("completed")
    assert said(call) == ["Hello Monkey!"]
    for text in ("hi", "Hello? Is anybody there?", "🎈"):
        assert stage.twilio.text(text, from_=CALLER).texts == ["Hey, thanks for the ping! Twilio and Azure rock!"]


def test_voicemail_keeps_the_recording_and_its_words_with_the_call(stage):
    stage.plays("voicemail")
    call = stage.dials()
    call.hears("Please leave a message after the tone")
    leaves_a_message(stage, call)
    stage.line.has_recorded(call.sid, transcript="It is Ann, please call me back.", transcript_status="completed")
    assert "Thank you. We will call you back." in said(call)


def test_voicemail_ends_with_the_hash_key_and_not_with_others(stage):
    stage.plays("voicemail")
    call = stage.dials()
    call.records(5, "My number has a 1 in it", ends="1")
    call.presses("#")
    call.hears("Thank you. We will call you back.")


def test_voicemail_takes_leave_of_a_silent_caller(stage):
    stage.plays("voicemail")
    call = stage.dials()
    call.sees("listening", "recording")
    call.waits(5)
    call.hears("We did not hear anything. Goodbye.")
    call.ended("completed")
    assert stage.line.remembers(call.sid, status="completed")["recordings"] == {}


def test_voicemail_keeps_what_was_said_before_a_hang_up(stage):
    stage.plays("voicemail")
    call = stage.dials()
    call.records(8, "Never mind", ends="hang-up")
    call.ended("completed")
    stage.line.has_recorded(call.sid, duration_s=8, transcript="Never mind")


@pytest.mark.parametrize("chooses", [("presses", "1"), ("says", "Sales"), ("says", "I want to talk to sales, please.")])
def test_menu_connects_to_sales_by_key_or_by_voice(stage, chooses):
    stage.plays("menu")
    office = stage.phone(OFFICE)
    call = stage.dials()
    call.hears("For sales, press 1")
    act, what = chooses
    getattr(call, act)(what)
    call.hears("We are connecting you to sales.")
    leg = office.rings()
    assert leg.shown()["from"] == CALLER
    call.sees("bridged", OFFICE)
    leg.says("Sales, good morning")
    call.hears("Sales, good morning")
    leg.hangs_up()
    call.ended("completed")


@pytest.mark.parametrize("chooses", [("presses", "2"), ("says", "What are your hours?")])
def test_menu_says_the_hours_and_asks_again(stage, chooses):
    stage.plays("menu")
    call = stage.dials()
    call.hears("For sales, press 1")
    act, what = chooses
    getattr(call, act)(what)
    call.hears("We are open from nine to six")
    call.hears("For sales, press 1")
    call.hangs_up()
    call.ended("completed")


@pytest.mark.parametrize("answers", ["busy", "rejects", "fails", "no-answer"])
def test_menu_says_when_nobody_can_take_the_call(stage, answers):
    stage.plays("menu")
    stage.phone(OFFICE, answers=answers)
    call = stage.dials()
    call.presses("1")
    call.sees("dialled", OFFICE)
    if answers == "no-answer":
        call.waits(30)
    call.hears("Nobody can take your call right now.")
    call.ended("completed")


@pytest.mark.parametrize("wrong", ["", "7", "*"])
def test_menu_asks_three_times_and_then_connects_to_a_person(stage, wrong):
    stage.plays("menu")
    office = stage.phone(OFFICE)
    call = stage.dials()
    for _ in range(3):
        call.hears("Welcome. For sales, press 1")
        call.presses(wrong) if wrong else call.waits(5)
    call.hears("We are connecting you to sales.")
    office.rings()
    assert sum("Welcome" in text for text in said(call)) == 3


def test_forward_shows_the_caller_and_apologises_after_twenty_seconds(stage):
    stage.plays("forward")
    office = stage.phone(OFFICE, answers="no-answer")
    call = stage.dials()
    leg = office.rings()
    assert leg.shown()["from"] == CALLER
    call.waits(19)
    assert leg.status == "ringing"
    call.waits(1)
    call.hears("We cannot take your call right now. Please call again later.")
    leg.ended("no-answer")
    stage.phone(OFFICE)
    call = stage.dials()
    call.sees("bridged", OFFICE)
    call.hangs_up()
    call.ended("completed")


def test_caller_id_shows_the_lines_own_number(stage):
    stage.plays("caller-id")
    office = stage.phone(OFFICE)
    call = stage.dials()
    assert office.rings().shown()["from"] == stage.line.number
    call.sees("bridged", OFFICE)
    stage.phone(OFFICE, answers="busy")
    stage.dials().hears("We cannot take your call right now.")


def test_find_me_tries_one_phone_after_another_and_then_takes_a_message(stage):
    stage.plays("find-me")
    phones = [stage.phone(address, answers="no-answer") for address in (OFFICE, MOBILE, COLLEAGUE)]
    call = stage.dials()
    call.hears("Please hold on")
    for number, phone in enumerate(phones):
        leg = phone.rings()
        assert [other.calls[-1].status for other in phones[:number]] == ["no-answer"] * number
        call.waits(14)
        assert leg.status == "ringing"
        assert len(dialled(call)) == number + 1
        call.waits(1)
        leg.ended("no-answer")
    call.hears("Nobody could be found.")
    leaves_a_message(stage, call)


def test_find_me_stops_where_somebody_answers(stage):
    stage.plays("find-me")
    stage.phone(OFFICE, answers="busy")
    mobile = stage.phone(MOBILE)
    call = stage.dials()
    leg = mobile.rings()
    call.sees("bridged", MOBILE)
    leg.hangs_up()
    call.ended("completed")
    assert dialled(call) == [OFFICE, MOBILE]


def test_ring_all_gives_the_call_to_who_answers_first(stage):
    stage.plays("ring-all")
    phones = [stage.phone(address, answers="asks") for address in (OFFICE, MOBILE, COLLEAGUE)]
    call = stage.dials()
    first, second, third = [phone.rings() for phone in phones]
    second.answers()
    call.sees("bridged", MOBILE)
    first.ended("canceled")
    third.ended("canceled")
    second.hangs_up()
    call.ended("completed")


def test_ring_all_says_when_nobody_answers(stage):
    stage.plays("ring-all")
    stage.phone(OFFICE, answers="busy")
    stage.phone(MOBILE, answers="no-answer")
    stage.phone(COLLEAGUE, answers="rejects")
    call = stage.dials()
    stage.twilio.phone(MOBILE).rings()
    call.waits(20)
    call.hears("All of us are talking.")
    call.ended("completed")


def test_screening_tells_who_calls_and_connects_on_1(stage):
    stage.plays("screening")
    office = stage.phone(OFFICE)
    call = stage.dials()
    leg = office.rings()
    leg.hears(f"A call from {CALLER}. Press 1 to take it.")
    leg.presses("1")
    leg.hears("Connecting.")
    call.sees("bridged", OFFICE)
    assert said(call) == []
    leg.hangs_up()
    call.ended("completed")


@pytest.mark.parametrize(("answers", "refuses"), [("yes", "9"), ("yes", ""), ("machine", "")])
def test_screening_refused_or_not_heard_is_voicemail(stage, answers, refuses):
    stage.plays("screening")
    office = stage.phone(OFFICE, answers=answers)
    call = stage.dials()
    leg = office.rings()
    leg.hears("Press 1 to take it.")
    leg.presses(refuses) if refuses else leg.waits(8)
    leg.ended("completed")
    call.hears("Please leave a message after the tone.")
    leaves_a_message(stage, call)


def business_hours(**changed):
    """Return the ready-made file with other hours: the real clock decides whether a line is open."""
    file = yaml.safe_load((FLOWS / "business-hours.yaml").read_text(encoding="utf-8"))
    file["voice"]["start"][0]["hours"] |= changed
    return yaml.safe_dump(file, sort_keys=False)


def test_business_hours_rings_the_office_when_open(stage):
    stage.plays(business_hours(open="Daily 00:00-24:00", holidays=[]))
    office = stage.phone(OFFICE, answers="no-answer")
    call = stage.dials()
    office.rings()
    call.waits(25)
    call.hears("Please leave a message after the tone.")
    leaves_a_message(stage, call)


def closed_now():
    """Return changes that close the line at this moment."""
    today = datetime.now(ZoneInfo("Europe/Paris")).date()
    days = [today, today + timedelta(days=1)]  # midnight may pass while this runs
    yield "weekly", {"open": f"{another_day()} 09:00-18:00"}
    yield "each year", {"open": "Daily 00:00-24:00", "holidays": [f"{day:%m-%d}" for day in days]}
    yield "that day", {"open": "Daily 00:00-24:00", "holidays": [day.isoformat() for day in days]}


@pytest.mark.parametrize(("why", "changed"), list(closed_now()), ids=["weekly", "each year", "that day"])
def test_business_hours_takes_messages_when_closed(stage, why, changed):
    stage.plays(business_hours(**changed))
    call = stage.dials()
    call.hears("We are closed. Our hours are nine to six")
    leaves_a_message(stage, call)
    assert dialled(call) == [], why


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


def test_conference_refuses_after_three_wrong_pins(stage):
    stage.plays("conference")
    call = stage.dials()
    for pin in ("1234", "4322", "0000"):
        call.hears("Please enter your PIN.")
        call.presses(pin)
    call.hears("That is not the PIN. Goodbye.")
    call.ended("completed")


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


def test_queue_tells_the_agent_when_nobody_waits(stage):
    stage.plays("queue")
    agent = stage.dials(from_=OFFICE)
    agent.waits(30)
    agent.hears("Nobody is waiting.")
    agent.ended("completed")


@pytest.mark.parametrize("caller", ["+12025550199", "+19005550122", ""])
def test_spam_is_rejected_before_it_is_answered(stage, caller):
    stage.plays("spam")
    office = stage.phone(OFFICE)
    call = stage.dials(from_=caller)
    call.ended()
    (asked,) = stage.twilio.webhooks("voice", call.sid)
    assert asked.body.endswith("<Response><Reject /></Response>")
    assert [event.kind for event in call.transcript if event.kind == "answered"] == []
    with pytest.raises(AssertionError):
        office.rings(within_s=0)


def test_spam_puts_all_others_through(stage):
    stage.plays("spam")
    office = stage.phone(OFFICE)
    call = stage.dials()
    office.rings()
    call.sees("bridged", OFFICE)


@pytest.fixture
def reminded(stage):
    """Return a function that lets the API remind somebody, and gives the phone and the call."""
    stage.plays("reminder")

    def remind(number):
        phone = stage.phone(number)
        placed = stage.line.post("make-call", {"to": number, "scene": "reminder"})
        assert placed.status == 202
        call = phone.rings()
        call.hears("You have an appointment tomorrow at ten.")
        return phone, call

    return remind


def test_reminder_is_confirmed_by_key_and_by_text(stage, reminded, number):
    phone, call = reminded(number)
    call.presses("1")
    call.hears("Thank you. See you tomorrow.")
    call.ended("completed")
    text = phone.receives("Your appointment tomorrow at ten is confirmed.")
    assert (text["from"], text["to"]) == (stage.line.number, number)
    row = stage.line.remembers(call.sid, status="completed", direction="outbound")
    assert row["person"] == number


def test_reminder_connects_to_the_office_for_another_day(stage, reminded, number):
    office = stage.phone(OFFICE)
    _, call = reminded(number)
    call.presses("2")
    leg = office.rings()
    call.sees("bridged", OFFICE)
    leg.says("Would Friday do?")
    call.hears("Would Friday do?")


def test_reminder_asks_twice_and_then_asks_to_be_called(reminded, number):
    _, call = reminded(number)
    call.waits(5)
    call.hears("You have an appointment tomorrow at ten.")
    call.waits(5)
    call.hears("Please call us back. Goodbye.")
    call.ended("completed")


def test_reminder_answers_those_who_call_too(stage):
    stage.plays("reminder")
    stage.phone(OFFICE, answers="busy")
    call = stage.dials()
    call.hears("To change an appointment, please hold on.")
    call.hears("Please call us back.")
