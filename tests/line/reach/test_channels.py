"""Texts by their ways: services and their schedule, WhatsApp, lists; and what comes back from each."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.line.around import deaf
from tests.tools.waiting import eventually

SERVICE = "MG" + "0" * 32
TEXT = {"body": "Your table is ready."}
MEMBERS = [f"+120255501{n}" for n in range(60, 64)]


def row(line, person):
    return next(iter(line.listed("messages", person)), {})


def life(line, sid):
    """Return by which states a text has come, from the list of all: that of one person has the last of them first."""
    rows = line.shows("messages", limit=1000)["messages"]
    return next((list(one["life"]) for one in rows if one["sid"] == sid), [])


def becomes(line, person, status):
    """Wait until the newest text of a person has a status, and return its row."""
    assert eventually(lambda: row(line, person).get("status") == status), row(line, person)
    return row(line, person)


def ahead(**duration):
    return (datetime.now(UTC) + timedelta(**duration)).isoformat()


@pytest.mark.parametrize("duration", [{"minutes": 6}, {"days": 34}])
def test_a_text_is_scheduled_with_a_messaging_service(line, twilio, numbers, service, duration):
    person = next(numbers)
    sent = line.post("send-sms", TEXT | {"to": person, "from": service, "send_at": ahead(**duration)})
    assert (sent.status, sent.told["status"], sent.told["segments"]) == (202, "scheduled", 1)
    kept = row(line, person)
    assert (kept["sid"], kept["status"], kept["body"]) == (sent.told["sid"], "scheduled", TEXT["body"])
    assert twilio.phone(person).messages() == []


@pytest.mark.parametrize("duration", [{"minutes": 4}, {"days": 36}])
def test_what_twilio_would_not_schedule_is_refused_before_it_is_asked(line, numbers, duration):
    person = next(numbers)
    answer = line.post("send-sms", TEXT | {"to": person, "from": SERVICE, "send_at": ahead(**duration)})
    assert (answer.status, [error["field"] for error in answer.told["errors"]]) == (400, ["send_at"])
    assert (row(line, person), "twilio" in answer.told) == ({}, False)


def test_a_schedule_needs_a_messaging_service(line, numbers):
    answer = line.post("send-sms", TEXT | {"to": next(numbers), "send_at": ahead(days=1)})
    assert (answer.status, [error["field"] for error in answer.told["errors"]]) == (400, ["send_at"])
    assert "messaging service" in answer.told["errors"][0]["detail"]


def test_segments_are_counted_by_the_alphabet_that_a_text_needs(line, numbers):
    for body, encoding, segments in (("é" * 160, "GSM-7", 1), ("你" * 70, "UCS-2", 1), ("你" * 71, "UCS-2", 2)):
        told = line.post("send-sms", {"to": next(numbers), "body": body}).told
        assert (told["encoding"], told["segments"]) == (encoding, segments)


def test_a_text_of_a_service_is_known_again_when_its_answer_is_lost(line, twilio, numbers, service):
    person = next(numbers)
    twilio.faults(on="rest", does="lose-answer", of="Messages", method="POST")
    sent = line.post("send-sms", TEXT | {"to": person, "from": service})
    assert [text["sid"] for text in twilio.phone(person).messages(wait_s=20)] == [sent.told["sid"]]


def test_whatsapp_goes_out_is_read_and_answered(line, twilio, numbers):
    person = f"whatsapp:{next(numbers)}"
    twilio.phone(person, texts="read")
    sent = line.post("send-sms", TEXT | {"to": person})
    assert (sent.status, sent.told["from"], sent.told["to"]) == (202, "whatsapp:+12025550100", person)
    kept = becomes(line, person, "read")
    assert (kept["sid"], kept["from"], kept["direction"]) == (sent.told["sid"], "whatsapp:+12025550100", "outbound")
    assert eventually(lambda: life(line, kept["sid"]) == ["delivered", "queued", "read", "sent"])
    reply = twilio.text("Thank you", person)
    assert [(one["from"], one["to"]) for one in reply.replies] == [("whatsapp:+12025550100", person)]


def test_stop_on_whatsapp_counts_for_the_number_too(line, twilio, numbers):
    number = next(numbers)
    twilio.text("STOP", f"whatsapp:{number}")
    for to in (f"whatsapp:{number}", number):
        assert eventually(lambda to=to: line.post("send-sms", TEXT | {"to": to}).status == 409)
    twilio.text("START", f"whatsapp:{number}")
    assert eventually(lambda: line.post("send-sms", TEXT | {"to": number}).status == 202)


@pytest.mark.parametrize(
    ("ends", "code", "states"),
    [
        ("delivered", None, ["delivered", "queued", "sent"]),
        ("undelivered", 30003, ["queued", "sent", "undelivered"]),
        ("failed", 30005, ["failed", "queued"]),
    ],
)
def test_what_becomes_of_a_text_lands_in_its_record(line, twilio, numbers, ends, code, states):
    person = next(numbers)
    twilio.phone(person, texts=ends, error_code=code)
    sent = line.post("send-sms", TEXT | {"to": person})
    kept = becomes(line, person, ends)
    assert (kept["sid"], kept["body"], kept["error_code"]) == (sent.told["sid"], TEXT["body"], code and str(code))
    assert eventually(lambda: life(line, kept["sid"]) == states), life(line, kept["sid"])


def test_a_stop_that_only_twilios_log_tells_is_heeded(line, twilio, numbers):
    person = next(numbers)
    with deaf(line):
        twilio.text("Stop", person)
    assert row(line, person) == {}
    line.timer()
    assert eventually(lambda: line.rows("messagesbyperson", PartitionKey=person, out=True))
    answer = line.post("make-call", {"to": person})  # Twilio itself would not mind a call
    assert (answer.status, answer.told["reason"]) == (409, "opted-out")
    assert row(line, person)["body"] == "Stop"


@pytest.mark.parametrize("sent", [TEXT, {"scene": "start"}])
def test_a_stored_list_gets_a_broadcast_as_it_is_at_that_moment(stage, sent):
    stage.plays("subscribe")
    joined, left, stopped, other = MEMBERS
    for person in (joined, left, stopped):
        stage.twilio.text("START", from_=person)
        stage.twilio.text("JOIN", from_=person)
    stage.twilio.text("LEAVE", from_=left)
    stage.twilio.text("STOP", from_=stopped)
    assert eventually(
        lambda: [one["person"] for one in stage.members("news") if one["person"] in MEMBERS] == [joined, stopped]
    )
    before = {person: reached(stage, person) for person in MEMBERS}
    line = stage.line
    answer = line.post("broadcasts", {"list": "news"} | sent)
    assert answer.status == 202
    assert eventually(lambda: line.shows(f"broadcasts/{answer.told['id']}")["state"] == "done", 60)
    told = line.get(f"broadcasts/{answer.told['id']}").told
    assert (told["total"], told["counts"]["opted_out"]) == (len(stage.members("news")), 1)
    assert eventually(lambda: reached(stage, joined) == before[joined] + 1)
    assert [reached(stage, person) - before[person] for person in (left, stopped, other)] == [0, 0, 0]


def reached(stage, person):
    """Return how often a person was called by the line, or got its text."""
    phone = stage.phone(person)
    return phone.texts.count(TEXT["body"]) + len(phone.calls)
