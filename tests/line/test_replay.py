"""What Twilio signed once and comes again much later, after something newer: it changes nothing and nobody is rung."""

from urllib.parse import urlencode

import httpx
import pytest

from tests.line.around import signed
from tests.tools.waiting import eventually

OWNER = "+12025550148"  # for whom nobody waits: OFFICE is the owner in other tests, too


@pytest.fixture
def again(stage):
    """Deliver the webhook of a text once more, as it was signed; return the answer's text."""

    def deliver(reply):
        (sent, *_) = stage.twilio.webhooks("sms", reply.sid, wait_s=20)
        url, headers = signed(stage.line, "sms", sent.parameters)
        return httpx.post(url, content=urlencode(sent.parameters), headers=headers, timeout=30).text

    return deliver


def on_the_list(stage, number):
    return number in [row["person"] for row in stage.members("news")]


def test_an_old_join_or_leave_does_not_undo_a_newer_word(stage, number, again):
    stage.plays("subscribe")
    joined = stage.twilio.text("join", from_=number)
    left = stage.twilio.text("leave", from_=number)
    assert "You are in." in again(joined)
    assert not on_the_list(stage, number)
    stage.twilio.text("join", from_=number)
    assert "You are out." in again(left)
    assert on_the_list(stage, number)


def test_an_old_stop_or_start_does_not_undo_a_newer_word(stage, number, again):
    stage.plays("subscribe")
    stopped = stage.twilio.text("STOP", from_=number)
    started = stage.twilio.text("START", from_=number)
    again(stopped)
    assert stage.line.post("send-sms", {"to": number, "body": "Hello"}).status == 202
    stage.twilio.text("STOP", from_=number)
    again(started)
    assert stage.line.post("send-sms", {"to": number, "body": "Hello"}).told["reason"] == "opted-out"


def test_an_old_text_does_not_turn_the_owners_next_answer_to_its_sender(stage, number, another, again):
    stage.plays(f'messages:\n  otherwise: {{forward: "{OWNER}"}}\n')
    first, second, office = stage.phone(number), stage.phone(another), stage.phone(OWNER)
    asked = stage.twilio.text("Is one free?", from_=first.address)
    answered = stage.twilio.text(f"@{first.address[1:]} One is free.", from_=OWNER)
    assert first.receives("One is free.")
    stage.twilio.text("Is two free?", from_=second.address)
    assert office.receives("Is two free?")
    again(asked)
    (answer,) = stage.twilio.text("Two is free.", from_=OWNER).replies
    assert (answer["to"], answer["body"]) == (second.address, "Two is free.")
    stage.twilio.text(f"@{first.address[1:]} See you.", from_=OWNER)
    assert f'to="{first.address}"' in again(answered)


def test_a_text_that_asked_for_a_call_rings_nobody_when_it_comes_again(stage, number, again):
    stage.plays("keywords")
    phone = stage.phone(number)
    asked = stage.twilio.text("call me", from_=number)
    phone.rings().hangs_up()
    calls = len(phone.calls)
    assert "We are calling you now." in again(asked)
    assert stage.line.logs("answered " + asked.sid)
    assert len(phone.calls) == calls


def test_a_verified_number_stays_verified_whatever_is_told_late(stage, number):
    phone = stage.phone(number)
    began = stage.line.post("caller-ids", {"number": number}).told
    phone.rings().presses(began["code"])

    def statuses():
        verifications = stage.line.get("caller-ids").told["verifications"]
        return [one["status"] for one in verifications if one["number"] == number]

    assert eventually(lambda: statuses() == ["verified"])
    told = {"VerificationStatus": "failed", "CallSid": began["call_sid"], "To": number}
    url, headers = signed(stage.line, "status/verification", told)
    assert httpx.post(url, content=urlencode(told), headers=headers, timeout=30).status_code == 204
    assert statuses() == ["verified"]
