"""Storage that is dead: a texter is answered within three seconds all the same, and the log says what was lost."""

import time

import httpx
import pytest
from twilio.request_validator import RequestValidator

from local import line as lines
from local.twilio.client import Twilio


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    with (
        lines.running(tmp_path_factory.mktemp("down"), clock="manual") as running,
        Twilio(running.line.twilio) as twilio,
    ):
        yield running, twilio


ASKED = [
    ("send-sms", {"to": "+12025550122", "body": "x"}), ("make-call", {"to": "+12025550122"}),
    ("broadcasts", {"to": ["+12025550122"], "body": "x"}), ("broadcasts/unknown", {"state": "paused"}),
]  # fmt: skip


def test_the_api_says_when_to_come_back_and_the_log_holds_no_number(alone):
    running, twilio = alone
    twilio.text("hi", from_="+12025550122")
    running.emulator.kill()
    known, key = running.line, {"x-functions-key": running.line.function_key}
    with httpx.Client(base_url=f"{known.app}/api/", headers=key, timeout=60) as http:
        answers = [http.post(route, json=asked, headers=more) for route, asked in ASKED
                   for more in ({}, {"Idempotency-Key": "k"})]  # fmt: skip
        answers += [http.get(route) for route in ("broadcasts/unknown", "limits", "messages?with=%2B12025550122")]
        told = {"MessageSid": "SM1", "MessageStatus": "delivered", "From": known.phone_number, "To": "+12025550122"}
        url = f"{known.app}/api/status/message"
        signature = RequestValidator(known.auth_token).compute_signature(url, told)
        assert http.post(url, data=told, headers={"x-twilio-signature": signature}).status_code == 500
    assert [answer.status_code for answer in answers] == [503] * len(answers), [answer.text for answer in answers]
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
    running.start_storage()
    log = (running.folder / "logs" / "app.log").read_text(encoding="utf-8")
    assert "ServiceRequestError" in log
    assert "PartitionKey=" not in log
    assert "2025550122" not in log


def test_a_texter_is_answered_while_storage_is_dead(alone):
    running, twilio = alone
    running.emulator.kill()
    began = time.monotonic()
    reply = twilio.text("anybody there?", from_="+12025550122")
    assert time.monotonic() - began < 3
    assert reply.texts == ["Hey, thanks for the ping! Twilio and Azure rock!"]
    assert reply.sid in (running.folder / "logs" / "app.log").read_text(encoding="utf-8")
    twilio.dial(from_="+12025550122").hears("Hello Monkey!")
    running.start_storage()
    assert twilio.text("and now?", from_="+12025550122").texts
