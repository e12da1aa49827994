"""Calls out and in, end to end: API -> REST -> Twilio -> signed webhook -> TwiML -> what the person hears."""

import pytest

from tests.tools.waiting import eventually


def record_of(line, sid):
    return next((row for row in line.shows("calls", limit=1000)["calls"] if row["sid"] == sid), None)


def test_a_phone_rings_and_the_person_hears_the_line(line, number):
    placed = line.post("make-call", {"to": number})
    assert placed.status == 202
    assert placed.told["sid"].startswith("CA")
    assert placed.told["status"] == "queued"
    call = line.twilio.phone(number).rings()
    assert call.sid == placed.told["sid"]
    call.hears("Hello Monkey!")
    call.ended("completed")
    row = eventually(lambda: (found := record_of(line, call.sid)) and found["status"] == "completed" and found)
    assert (row["direction"], row["person"], row["to"], row["from"]) == ("outbound", number, number, line.number)
    assert row["duration_s"] >= 0


def test_a_caller_hears_the_line_and_the_call_is_remembered(line, number):
    call = line.twilio.dial(from_=number)
    call.hears("Hello Monkey!")
    call.ended("completed")
    row = eventually(lambda: record_of(line, call.sid))
    assert (row["direction"], row["person"], row["status"]) == ("inbound", number, "completed")


def test_a_hidden_caller_is_answered_too(line):
    call = line.twilio.dial()
    call.hears("Hello Monkey!")
    assert eventually(lambda: record_of(line, call.sid))["person"]


def test_what_to_say_is_said_before_the_scene(line, number):
    assert line.post("make-call", {"to": number, "say": 'Fish & <chips>, "today"', "scene": "start"}).status == 202
    call = line.twilio.phone(number).rings()
    call.hears('Fish & <chips>, "today"')
    call.hears("Hello Monkey!")


def test_a_call_may_only_say_something(line, number):
    assert line.post("make-call", {"to": number, "say": "Your table is ready."}).status == 202
    call = line.twilio.phone(number).rings()
    call.hears("Your table is ready.")
    call.ended("completed")
    assert [event.text for event in call.transcript if event.kind == "said"] == ["Your table is ready."]


@pytest.mark.parametrize(("answers", "status"), [("busy", "busy"), ("fails", "failed"), ("rejects", "busy")])
def test_a_phone_that_does_not_answer_is_remembered_as_it_was(line, number, answers, status):
    line.twilio.phone(number, answers=answers)
    sid = line.post("make-call", {"to": number}).told["sid"]
    assert eventually(lambda: (record_of(line, sid) or {}).get("status") == status)
    line.twilio.phone(number, answers="yes")


def test_an_unanswered_phone_rings_as_long_as_was_asked(line, number):
    phone = line.twilio.phone(number, answers="asks")
    sid = line.post("make-call", {"to": number, "timeout": 20}).told["sid"]
    call = phone.rings()
    call.waits(19)
    assert call.status == "ringing"
    call.waits(2)
    call.ended("no-answer")
    assert eventually(lambda: (record_of(line, sid) or {}).get("status") == "no-answer")


def test_every_wrong_field_is_named_and_nobody_is_called(line):
    refused = line.post("make-call", {"to": "12", "from": "x", "scene": "nowhere", "timeout": 1, "colour": 1})
    assert refused.status == 400
    assert refused.headers["content-type"] == "application/problem+json"
    assert {error["field"] for error in refused.told["errors"]} >= {"timeout", "colour"}
    refused = line.post("make-call", {"to": "12", "from": "x", "scene": "nowhere"})
    assert {error["field"] for error in refused.told["errors"]} == {"to", "from", "scene"}


def test_without_the_function_key_nobody_is_called(line, number):
    assert line.http.post("/api/make-call", json={"to": number}).status_code == 401
    assert line.twilio.phone(number).calls == []


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        (21219, 400, 403),
        (21211, 400, 400),
        (21408, 403, 400),
        (20003, 401, 502),
        (20429, 429, 503),
        (20500, 500, 503),
        (21610, 400, 409),
    ],
)
def test_twilios_refusals_are_problems_with_its_code_and_never_a_500(line, number, code, status, expected):
    line.twilio.faults(on="rest", does="answer", of="Calls", code=code, status=status, times=20)
    refused = line.post("make-call", {"to": number})
    assert refused.status == expected
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.told["twilio"]["code"] == code
    assert refused.told["twilio"]["message"]
    assert ("retry-after" in refused.headers) == (expected == 503)
