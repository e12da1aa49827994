"""Numbers that the line may show: Twilio rings whoever wants one, and tells how it ended, once."""

import msgspec
import pytest

from shared.http.problem import Problem, WrongFields
from shared.outbound import caller_ids, policy
from shared.twilio.webhook import Webhook
from tests.tools.requests_in import api_request
from tests.tools.waiting import eventually

pytestmark = pytest.mark.usefixtures("ours")


def asked(**document):
    return msgspec.to_builtins(caller_ids.verify(api_request(document, "caller-ids")))


def shown(number):
    found = msgspec.to_builtins(caller_ids.show(api_request({}, "caller-ids", method="GET")))["verifications"]
    return [one["status"] for one in found if one["number"] == number]


def told(number, call_sid, status):
    """Take note of what Twilio tells of a verification."""
    parameters = {"To": number, "CallSid": call_sid, "VerificationStatus": status}
    caller_ids.note_verification(Webhook(parameters, "https://ahoy.example.com"))


def test_twilio_rings_and_asks_for_the_digits_of_the_answer(twilio, number):
    answer = asked(number=number, name="Reception")
    assert answer["number"] == number
    assert len(answer["code"]) == 6
    assert twilio.phone(number).rings().sid == answer["call_sid"]
    assert shown(number) == ["ringing"]


@pytest.mark.parametrize(("ended", "status"), [("success", "verified"), ("failed", "failed")])
def test_a_verification_ends_once_whatever_is_told_again(number, ended, status):
    sid = asked(number=number)["call_sid"]
    told(number, sid, ended)
    assert shown(number) == [status]
    told(number, sid, "failed" if ended == "success" else "success")
    assert shown(number) == [status]


def test_an_end_that_is_told_before_we_noted_the_call_stays(number):
    told(number, "CA" + number[1:].zfill(32), "success")
    assert shown(number) == ["verified"]


def test_of_several_tries_the_latest_is_shown(number):
    told(number, asked(number=number)["call_sid"], "failed")
    asked(number=number)
    assert shown(number) == ["ringing"]


def test_what_is_verified_at_twilio_is_listed_by_its_name(twilio, number):
    answer = asked(number=number, name="Reception")
    ring = twilio.phone(number).rings()
    twilio.ask("POST", f"/calls/{ring.sid}/answer")
    ring.presses(answer["code"])

    def listed():
        found = msgspec.to_builtins(caller_ids.show(api_request({}, "caller-ids", method="GET")))["caller_ids"]
        return [one["name"] for one in found if one["number"] == number]

    assert eventually(listed) == ["Reception"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": "12"}, "number"),
        ({"number": "+12025550122", "name": "x" * 65}, "name"),
        ({"number": "+12025550122", "extension": "abc"}, "extension"),
        ({"number": "+12025550122", "extension": "12\n"}, "extension"),
    ],
)
def test_a_wrong_field_is_named(wrong, field):
    with pytest.raises(WrongFields) as refused:
        asked(**wrong)
    assert [error["field"] for error in refused.value.document["errors"]] == [field]


def test_a_number_that_costs_extra_is_not_rung():
    with pytest.raises(policy.NotAllowed):
        asked(number="+19005550123")


def test_a_twilio_that_does_not_answer_is_said_and_may_be_asked_again(twilio, number):
    twilio.faults(on="rest", does="answer", of="OutgoingCallerIds", method="POST", status=500)
    with pytest.raises(Problem) as silent:
        asked(number=number)
    assert (silent.value.status, silent.value.document["title"]) == (503, "Twilio did not answer")
    assert shown(number) == []
