"""The log tells the life of a call and a message by SID, and nothing that is nobody's business."""

import logging

import pytest

from shared.twilio import webhook
from tests.tools.requests_in import post

CALL = "CA" + "1" * 32
TEXT = "SM" + "2" * 32


pytestmark = pytest.mark.usefixtures("environ")


@pytest.fixture(autouse=True)
def _informed(caplog):
    caplog.set_level(logging.INFO, "ahoy")


def press(digits, path="/api/voice/menu"):
    return post(path, [("CallSid", CALL), ("CallStatus", "in-progress"), ("Digits", digits)])


def test_a_call_is_logged_scene_by_scene_with_the_key_pressed(caplog):
    webhook.call(post("/api/voice", [("CallSid", CALL), ("CallStatus", "ringing")]), lambda _: "<Response />")
    webhook.call(press("2"), lambda _: "<Response />")
    assert caplog.messages == [
        f"answered {CALL} /api/voice status=ringing keys=",
        f"answered {CALL} /api/voice/menu status=in-progress keys=2",
    ]


def test_several_keys_may_be_a_pin_and_are_only_counted(caplog):
    webhook.call(press("4711"), lambda _: "<Response />")
    assert caplog.messages == [f"answered {CALL} /api/voice/menu status=in-progress keys=(4)"]


def test_neither_body_nor_query_nor_number_is_logged(caplog):
    pairs = [("MessageSid", TEXT), ("SmsStatus", "received"), ("From", "+12025550122"), ("Body", "my secret")]
    webhook.text(post("/api/sms?code=hidden", pairs), lambda _: "<Response />")
    assert caplog.messages == [f"answered {TEXT} /api/sms status=received keys="]


def test_a_failed_answer_is_logged_as_failed_only(caplog):
    webhook.call(press("1"), lambda _: 1 / 0)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert CALL in caplog.text


def refused():
    forged = post("/api/voice", [("CallSid", CALL)], signed_with="f" * 32)
    assert webhook.call(forged, lambda _: "<Response />").status_code == 403


def test_a_flood_of_refusals_fills_no_log_and_is_counted(caplog, monkeypatch):
    """Anybody can be refused, and the log has a daily cap, after which no alert sees anything."""
    minute = [100]
    monkeypatch.setattr(webhook, "_refusals", webhook.Refusals(lambda: minute[0] * 60.0))
    for _ in range(webhook.REFUSALS_A_MINUTE + 5):
        refused()
    assert len(caplog.messages) == webhook.REFUSALS_A_MINUTE
    assert all(message.startswith("refused POST ") for message in caplog.messages)
    minute[0] += 1
    refused()
    refused()
    assert caplog.messages[-2].endswith("; 5 more were not written")
    assert not caplog.messages[-1].endswith("written")
