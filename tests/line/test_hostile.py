"""Who is not Twilio gets nowhere, quickly, and leaves no trace; who replays Twilio changes nothing."""

import json
import re
import secrets
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from tests.line.around import FORM, signed
from tests.tools.waiting import eventually

WEBHOOKS = ["voice", "voice/start", "voice/start/0", "sms", "status/call", "status/message", "status/recording",
            "status/verification"]  # fmt: skip
API = ["make-call", "send-sms", "broadcasts", "caller-ids", "token", "reconcile"]
BODIES = {
    "nothing": (b"", {}),
    "unsigned": (b"MessageSid=SM1&CallSid=CA1&From=%2B12025550122", FORM),
    "too large": (b"Body=" + b"x" * 70_000, FORM),
    "another type": (b"<a/>", {"content-type": "text/xml"}),
    "no type": (b"Body=x", {}),
    "broken UTF-8": (b"Body=%ff%fe&MessageSid=SM1", FORM),
    "raw bytes": (bytes(range(256)), FORM),
    "a thousand parameters": ("&".join(f"p{n}=1" for n in range(1000)).encode(), FORM),
    "deep JSON": (b"[" * 30_000, {"content-type": "application/json"}),
    "control characters in keys": (b"Message%00Sid=SM1&%0d%0aX=1&From=%1b", FORM),
    "multipart": (b"--x\r\n\r\n", {"content-type": "multipart/form-data; boundary=x"}),
}


def counted(line):
    return [len(line.get(kind, limit="1000").told[kind]) for kind in ("messages", "calls")]


@pytest.mark.parametrize("route", [*WEBHOOKS, *API])
def test_hostile_requests_are_refused_within_100_ms_and_store_nothing(line, route):
    before, key = counted(line), line.key if route in API else {}
    for name, (body, headers) in BODIES.items():
        times = []
        for _ in range(3):  # the fastest counts: a shared machine may stop for a moment
            began = time.monotonic()
            answer = line.http.post(f"/api/{route}", content=body, headers=headers | key)
            times.append(time.monotonic() - began)
            assert 400 <= answer.status_code < 500, name
            assert "Traceback" not in answer.text
            assert "Error" not in answer.text
        assert min(times) < 0.1, name
    assert counted(line) == before


HOSTILE_JSON = {
    "deep": b'{"to": ' + b"[" * 30_000,
    "too large": b'{"to": "' + b"x" * 70_000 + b'"}',
    "broken UTF-8": b'{"to": "\xff\xfe"}',
    "a thousand fields": json.dumps({f"p{n}": 1 for n in range(1000)}).encode(),
    "control characters in keys": b'{"\\u0000to\\r\\n": "\\u001b"}',
    "control characters in values": b'{"to": "+1202555\\u00000122", "body": "x"}',
    "no object": b"[]",
}


@pytest.mark.parametrize("route", API)
@pytest.mark.parametrize("body", HOSTILE_JSON.values(), ids=HOSTILE_JSON)
def test_hostile_json_is_refused_within_100_ms_and_sends_nothing(line, route, body):
    before, times = counted(line), []
    headers = {"x-functions-key": line.function_key, "content-type": "application/json"}
    for _ in range(3):
        began = time.monotonic()
        answer = line.http.post(f"/api/{route}", content=body, headers=headers)
        times.append(time.monotonic() - began)
        assert 400 <= answer.status_code < 500
        assert "Traceback" not in answer.text
    assert min(times) < 0.1
    assert counted(line) == before


@pytest.mark.parametrize("signature", ["", "x", "é", "A" * 28, "A" * 10_000])
def test_forged_signatures_are_refused(line, signature):
    headers = FORM | {"x-twilio-signature": signature.encode()}
    assert line.http.post("/api/sms", content=b"MessageSid=SM1", headers=headers).status_code == 403


def test_what_a_client_says_was_forwarded_changes_nothing(line):
    sent = {"MessageSid": "SM" + secrets.token_hex(16), "From": "+12025550122", "Body": "x"}
    url, headers = signed(line, "sms", sent)
    forwarded = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-original-url": "/api/voice",
                 "forwarded": "host=evil.example"}  # fmt: skip
    assert line.http.post(url, content=urlencode(sent), headers=headers | forwarded).status_code == 200
    other = RequestValidator(line.running.line.auth_token).compute_signature("https://evil.example/api/sms", sent)
    headers = FORM | forwarded | {"x-twilio-signature": other}
    assert line.http.post(url, content=urlencode(sent), headers=headers).status_code == 403


def test_a_webhook_seen_again_changes_nothing(line, number):
    sent = {"MessageSid": "SM" + secrets.token_hex(16), "From": number, "To": line.number, "Body": "again"}
    url, headers = signed(line, "sms", sent)
    answers, records = set(), []
    for _ in range(3):
        answers.add(line.http.post(url, content=urlencode(sent), headers=headers).text)
        records.append(line.listed("messages", number))
    assert len(answers) == 1
    assert records[0] == records[1] == records[2]
    assert len(records[0]) == 1


def test_a_recording_and_its_transcript_reach_their_call_although_they_do_not_say_whose_it_is(line, number):
    call = line.twilio.dial(from_=number)
    call.ended()
    sid = "RE" + secrets.token_hex(16)
    twilios = f"{line.running.line.twilio}/2010-04-01/Accounts/AC1/Recordings/{sid}"
    for told in (
        {"RecordingStatus": "completed", "RecordingDuration": "4", "RecordingUrl": twilios},
        {"TranscriptionText": "call me", "TranscriptionStatus": "completed", "RecordingUrl": "https://evil.example/r"},
    ):
        sent = {"CallSid": call.sid, "RecordingSid": sid} | told
        url, headers = signed(line, "status/recording", sent)
        assert line.http.post(url, content=urlencode(sent), headers=headers).status_code == 204

    def heard():
        (row,) = line.listed("calls", number)
        return row["recordings"].get(sid, {"url": None, "transcript": None})

    assert eventually(lambda: (heard()["url"], heard()["transcript"]) == (twilios, "call me")), heard()


def forgets(line, number):
    headers = line.key
    return line.http.delete(f"/api/people/%2B{number[1:]}?twilio=true", headers=headers).status_code


def test_a_log_of_a_whole_run_holds_no_secret_no_body_and_no_number(line, number):
    """Texts, calls, callbacks, refusals, lists, exports, deletions, failures: then everything that was logged."""
    body = f"body-{secrets.token_hex(8)}"
    line.twilio.text(body, from_=number)
    line.twilio.dial(from_=number).ended()
    line.http.post("/api/make-call", json={"to": number, "say": body}, headers=line.key)
    line.http.post("/api/sms", content=urlencode({"From": number, "Body": body}), headers=FORM)
    line.http.get("/api/sms", params={"From": number, "Body": body, "code": line.function_key})
    line.get("messages", **{"with": number, "page": "broken"})
    line.http.get(f"/api/messages?with={number}&code={line.function_key}")
    line.http.get("/api/messages/export", headers=line.key)
    line.twilio.faults(on="rest", does="answer", of="Messages", status=500, times=20)
    line.post("reconcile", {"since": (datetime.now(UTC) - timedelta(minutes=5)).isoformat()})
    assert forgets(line, number) == 503
    line.twilio.faults()
    assert forgets(line, number) == 200
    assert line.logs("refused", "reconcile")
    known, log = line.running.line, line.log()
    key = re.search("AccountKey=([^;]+)", known.storage)[1]
    for secret in (known.auth_token, known.function_key, key, body):
        assert secret not in log
    assert not re.search(r"1\d{3}5550\d{3}", log)  # every number of this run, the line's own too
    assert number[1:] not in log
