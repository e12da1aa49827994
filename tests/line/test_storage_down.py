"""Storage that is dead: a texter is answered within three seconds all the same, and the log says what was lost."""

import time

import pytest

from tests.line.around import running, signed


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    with running(tmp_path_factory.mktemp("down")) as line:
        yield line


ASKED = [
    ("send-sms", {"to": "+12025550122", "body": "x"}), ("make-call", {"to": "+12025550122"}),
    ("broadcasts", {"to": ["+12025550122"], "body": "x"}), ("broadcasts/unknown", {"state": "paused"}),
]  # fmt: skip


def test_the_api_says_when_to_come_back_and_the_log_holds_no_number(alone):
    line = alone
    line.twilio.text("hi", from_="+12025550122")
    line.running.emulator.kill()
    answers = [line.post(route, asked, **more) for route, asked in ASKED for more in ({}, {"Idempotency-Key": "k"})]
    answers += [line.get("broadcasts/unknown"), line.get("limits"), line.get("messages", **{"with": "+12025550122"})]
    sid = "SM" + "1" * 32
    parameters = {"MessageSid": sid, "MessageStatus": "delivered", "From": line.number, "To": "+12025550122"}
    url, headers = signed(line, "status/message", parameters)
    assert line.http.post(url, data=parameters, headers=headers).status_code == 500
    assert [answer.status for answer in answers] == [503] * len(answers), [answer.told for answer in answers]
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
    line.running.start_storage()
    assert line.logs("ServiceRequestError")
    log = line.log()
    assert "PartitionKey=" not in log
    assert "2025550122" not in log


def test_a_texter_is_answered_while_storage_is_dead(alone):
    line = alone
    line.running.emulator.kill()
    began = time.monotonic()
    reply = line.twilio.text("anybody there?", from_="+12025550122")
    assert time.monotonic() - began < 3
    assert reply.texts == ["Hey, thanks for the ping! Twilio and Azure rock!"]
    assert line.logs(reply.sid)
    line.twilio.dial(from_="+12025550122").hears("Hello Monkey!")
    line.running.start_storage()
    assert line.twilio.text("and now?", from_="+12025550122").texts
