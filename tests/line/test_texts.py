"""Texts in, end to end: stored once, answered always."""

import re
import time

import httpx
import pytest
from twilio.request_validator import RequestValidator

from shared.inbound import intake
from tests.tools.waiting import eventually

REPLY = "Hey, thanks for the ping! Twilio and Azure rock!"


def stored(line, person):
    return line.listed("messages", person)


def test_a_text_is_stored_and_answered(line, number):
    reply = line.twilio.text("Grüße & 你好 🎈", from_=number)
    assert reply.texts == [REPLY]
    (row,) = [row for row in stored(line, number) if row["sid"] == reply.sid]
    assert (row["body"], row["from"], row["to"], row["status"]) == ("Grüße & 你好 🎈", number, line.number, "received")
    assert row["direction"] == "inbound"
    assert row["segments"] >= 1
    assert row["at"].startswith(time.strftime("%Y-", time.gmtime()))
    assert line.twilio.phone(number).receives(REPLY)


def test_pictures_and_whatever_else_twilio_tells_are_kept(line, number):
    media = [{"content_type": "image/png", "content": "iVBORw0KGgo="}]
    reply = line.twilio.text("look", from_=number, media=media, ProfileName="Ann", Latitude="48.85")
    (row,) = [row for row in stored(line, number) if row["sid"] == reply.sid]
    assert row["media"][0]["content_type"] == "image/png"
    assert row["media"][0]["url"].startswith(line.twilio.address)
    assert row["parameters"]["ProfileName"] == "Ann"
    assert row["parameters"]["Latitude"] == "48.85"


def test_whatsapp_senders_are_people_of_their_own(line, number):
    line.twilio.text("from the app", from_=f"whatsapp:{number}", to=f"whatsapp:{line.number}")
    assert stored(line, f"whatsapp:{number}")[0]["body"] == "from the app"


@pytest.mark.parametrize("does", ["twice", "twice-together"])
def test_a_text_delivered_twice_is_stored_once_with_the_same_answer(line, number, does):
    line.twilio.faults(does=does, of="sms")
    reply = line.twilio.text("once, please", from_=number)
    deliveries = eventually(lambda: len(sent := line.twilio.webhooks("sms", sid=reply.sid)) == 2 and sent)
    assert deliveries[0].body == deliveries[1].body
    assert {sent.status for sent in deliveries} == {200}
    assert len([row for row in stored(line, number) if row["sid"] == reply.sid]) == 1


def test_pages_go_from_the_newest_to_the_oldest_and_none_is_missed(line, number):
    sent = [line.twilio.text(f"number {n}", from_=number).sid for n in range(5)]
    assert len(stored(line, number)) == len(sent)
    seen, page = [], ""
    while True:
        told = line.get("messages", limit=2, page=page, **{"with": number}).told
        seen += [row["sid"] for row in told["messages"]]
        page = told["next"]
        if not page:
            break
    assert [sid for sid in seen if sid in sent] == sent[::-1]


@pytest.mark.parametrize("page", ["x", "eyJhIjogMX0=", "%%%", "A" * 5000])
def test_a_page_token_that_was_not_given_out_is_refused(line, page):
    refused = line.get("messages", page=page)
    assert refused.status == 400
    assert refused.told["errors"][0]["field"] == "page"


def test_a_forged_text_is_refused_and_leaves_nothing(line, number):
    parameters = {"MessageSid": "SM" + "f" * 32, "From": number, "To": line.number, "Body": "forged", "NumMedia": "0"}
    url = f"{line.app}/api/sms"
    forged = {"X-Twilio-Signature": RequestValidator("0" * 32).compute_signature(url, parameters)}
    for headers in ({}, forged):
        assert httpx.post(url, data=parameters, headers=headers).status_code == 403
    assert "forged" not in [row["body"] for row in line.shows("messages", limit=1000)["messages"]]
    assert line.logs(f"does not match {url}")


def test_a_forged_callback_moves_nothing(line, number):
    sid = line.post("make-call", {"to": number}).told["sid"]
    forged = {"CallSid": sid, "CallStatus": "failed"}
    assert httpx.post(f"{line.app}/api/status/call", data=forged).status_code == 403


def test_health_is_open_and_says_nothing_secret(line):
    answer = httpx.get(f"{line.app}/api/health")
    assert answer.json() == {"status": "ok", "checks": {"settings": "ok", "flow": "ok", "storage": "ok"}}


def test_logs_hold_no_token_no_signature_and_no_body(line, number):
    line.twilio.text("a secret between us", from_=number)
    log = line.log()
    assert line.running.line.auth_token not in log
    assert line.function_key not in log
    assert "a secret between us" not in log
    assert not re.search(r"AccountKey", log)


def test_two_machines_that_answer_each_other_come_to_an_end(line, number, another):
    texts = [line.twilio.text(f"Automatic answer {n}", from_=number).texts for n in range(intake.ANSWERED_AN_HOUR + 2)]
    assert [len(answers) for answers in texts] == [1] * intake.ANSWERED_AN_HOUR + [0, 0]
    assert len(stored(line, number)) >= len(texts)
    assert line.twilio.text("hi", from_=another).texts == texts[0]
