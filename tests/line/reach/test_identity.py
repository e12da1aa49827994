"""Verified numbers and browsers: who may be shown as caller, and who may ring from a web page."""

import time

import pytest
from twilio.jwt.access_token import AccessToken

from local.twilio.people import Call
from tests.tools.waiting import eventually


def test_a_number_is_verified_by_pressing_the_digits_that_the_answer_shows(line, twilio, numbers):
    number = next(numbers)
    assert line.post("make-call", {"to": next(numbers), "from": number}).status == 403
    begun = line.post("caller-ids", {"number": number, "name": "Reception"})
    assert begun.status == 202
    (ring,) = twilio.phone(number).rung(wait_s=20)
    ring.answers().presses(begun.told["code"])
    assert eventually(lambda: {one["status"] for one in shown(line, number)} == {"verified"})
    assert ("Reception", number) in {(one["name"], one["number"]) for one in line.get("caller-ids").told["caller_ids"]}
    assert line.post("make-call", {"to": next(numbers), "from": number}).status == 202


def test_wrong_digits_verify_nothing(line, twilio, numbers):
    number = next(numbers)
    begun = line.post("caller-ids", {"number": number})
    (ring,) = twilio.phone(number).rung(wait_s=20)
    wrong = "".join(str((int(digit) + 1) % 10) for digit in begun.told["code"])
    ring.answers().presses(wrong)
    assert eventually(lambda: {one["status"] for one in shown(line, number)} == {"failed"})
    assert number not in {one["number"] for one in line.get("caller-ids").told["caller_ids"]}


def shown(line, number):
    return [one for one in line.get("caller-ids").told["verifications"] if one["number"] == number]


def test_a_token_is_for_one_identity_and_a_short_time(line, generous):
    answer = line.post("token", {"identity": "reception"})
    assert answer.status == 200
    secret = generous["TWILIO_API_KEY_SECRET"]
    claims = AccessToken.from_jwt(answer.told["token"], secret)
    assert claims.payload["grants"]["identity"] == "reception"
    assert claims.payload["grants"]["voice"]["outgoing"] == {"application_sid": generous["TWILIO_TWIML_APP_SID"]}
    assert claims.payload["exp"] - claims.payload.get("nbf", time.time()) <= 3601


@pytest.mark.parametrize(
    "wrong", [{}, {"identity": ""}, {"identity": "a b"}, {"identity": "x", "ttl": 86_401}, {"identity": "x" * 122}]
)
def test_a_wrong_token_request_is_refused(line, wrong):
    assert line.post("token", wrong).status == 400


def test_strangers_get_neither(line):
    for route in ("token", "caller-ids", "broadcasts", "send-sms"):
        assert line.http.post(f"/api/{route}", json={}).status_code == 401


def test_a_browser_rings_the_line(twilio):
    assert twilio.dial(from_="client:reception").happened(after=0, wait_s=20)


@pytest.mark.parametrize("act", [Call.declines, Call.hangs_up])
def test_who_does_not_press_verifies_nothing(line, twilio, numbers, act):
    number = next(numbers)
    twilio.phone(number, answers="asks")
    assert line.post("caller-ids", {"number": number}).status == 202
    assert shown(line, number)[0]["status"] == "ringing"
    (ring,) = twilio.phone(number).rung(wait_s=20)
    act(ring)
    assert eventually(lambda: shown(line, number)[0]["status"] == "failed")


def test_a_verification_call_is_held_to_what_every_call_is_held_to(line, twilio, numbers):
    number = next(numbers)
    twilio.text("STOP", number)
    assert eventually(lambda: line.post("caller-ids", {"number": number}).status == 409)
    assert line.post("caller-ids", {"number": "+442079460958"}).told["reason"] == "country"
    assert line.post("caller-ids", {"number": "+19005550123"}).told["reason"] == "premium-rate"
    assert line.post("caller-ids", {"number": "202"}).status == 400
    assert twilio.phone(number).calls == []
