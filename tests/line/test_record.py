"""The record of a running line: whole lives, what reconcile brings, what is taken out and what is deleted."""

import csv
import io
import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from tests.line.around import deaf, forget, reconcile, signed
from tests.tools.waiting import eventually


def conversation(line, number):
    return line.listed("messages", number)


def test_a_text_and_its_reply_are_in_the_record_with_their_lives(line, number):
    asked = line.twilio.text("hello", from_=number)
    assert asked.texts
    reconcile(line)
    stored = {row["direction"]: row for row in conversation(line, number)}
    assert (stored["inbound"]["sid"], stored["inbound"]["body"]) == (asked.sid, "hello")
    assert (stored["outbound"]["body"], stored["outbound"]["status"]) == (asked.texts[0], "delivered")
    assert float(stored["outbound"]["price"]) < 0


def test_a_picture_is_kept_by_its_address_at_twilio(line, number):
    asked = line.twilio.text("look", from_=number, media=[{"content_type": "image/png", "content": "AAAA"}])
    (row,) = eventually(lambda: [row for row in conversation(line, number) if row["sid"] == asked.sid])
    (media,) = row["media"]
    assert media["content_type"] == "image/png"
    assert media["url"].startswith(line.running.line.twilio)


def test_a_text_whose_webhook_never_came_is_brought_by_reconcile(line, number):
    with deaf(line):
        asked = line.twilio.text("lost?", from_=number, media=[{"content_type": "image/png", "content": "AAAA"}])
    assert conversation(line, number) == []
    assert reconcile(line)["added"] >= 1
    (row,) = conversation(line, number)
    assert (row["sid"], row["body"], len(row["media"])) == (asked.sid, "lost?", 1)


def test_reconcile_twice_changes_nothing_more_and_two_at_once_are_harmless(line, number):
    with deaf(line):
        sids = {line.twilio.text(f"{n}", from_=number).sid for n in range(5)}
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: reconcile(line), range(2)))
    assert sorted(row["sid"] for row in conversation(line, number)) == sorted(sids)
    again = reconcile(line)
    assert (again["added"], again["changed"], again["complete"]) == (0, 0, True)
    assert again["seen"] >= 5


def test_a_call_is_in_the_record_with_its_end(line, number):
    call = line.twilio.dial(from_=number)
    call.ended()
    found = eventually(lambda: [
        row for row in line.listed("calls", number) if row["status"] == "completed"
    ])  # fmt: skip
    assert found[0]["sid"] == call.sid
    assert found[0]["direction"] == "inbound"


def test_an_end_of_a_call_that_was_never_told_is_brought_by_reconcile(line, number):
    line.twilio.faults(on="webhook", does="drop", of="call-status", times=9)
    call = line.twilio.dial(from_=number)
    call.ended()
    line.twilio.faults()
    reconcile(line)
    (row,) = line.listed("calls", number)
    assert (row["sid"], row["status"]) == (call.sid, "completed")


def test_a_period_that_is_upside_down_is_refused(line):
    answer = line.post("reconcile", {"since": "2026-11-24T12:00:00Z", "until": "2026-11-24T11:00:00Z"})
    assert (answer.status, answer.told["errors"][0]["field"]) == (400, "since")


def test_reconcile_says_so_when_twilio_fails(line):
    line.twilio.faults(on="rest", does="answer", of="Messages", status=500, times=20)
    since = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    answer = line.post("reconcile", {"since": since})
    assert (answer.status, int(answer.headers["retry-after"]) > 0) == (503, True)


def export(line, route, **query):
    """Follow the Link headers to the end; return all of the text."""
    answer = line.http.get(f"/api/{route}", params=query, headers=line.key)
    text, pages = answer.text, 1
    while "next" in answer.links:
        assert line.function_key not in answer.headers["link"]
        answer = line.http.get(answer.links["next"]["url"], headers=line.key)
        text, pages = text + answer.text, pages + 1
    return text, pages


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_an_export_holds_each_row_of_a_person_once_over_its_pages(line, number, kind):
    for body in ("one", "=two", "three, with a comma"):
        line.twilio.text(body, from_=number)
    reconcile(line)
    rows = conversation(line, number)
    text, pages = export(line, "messages/export", **{"with": number, "format": kind, "limit": "2"})
    read = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))) if kind == "csv" else [
        json.loads(one) for one in text.splitlines()
    ]  # fmt: skip
    assert [row["sid"] for row in read] == [row["sid"] for row in rows]
    assert pages == (len(rows) + 1) // 2
    assert {row["body"] for row in read} >= {"one", "'=two" if kind == "csv" else "=two", "three, with a comma"}


def test_an_export_is_by_what_the_caller_accepts(line):
    headers = line.key
    assert line.http.get("/api/calls/export", headers=headers | {"accept": "text/csv"}).text.startswith(
        '\ufeff"sid","at",'
    )
    assert line.http.get("/api/calls/export", headers=headers).headers["content-type"].startswith("application/jsonl")


def test_a_person_who_is_forgotten_stays_forgotten_although_twilio_remembers(line, number):
    line.twilio.text("forget me", from_=number)
    line.twilio.text("and me", from_=f"whatsapp:{number}")
    reconcile(line)
    gone = forget(line, number)
    assert gone["messages"] >= 2
    assert (gone["complete"], gone["at_twilio"]) == (True, 0)
    assert conversation(line, number) == conversation(line, f"whatsapp:{number}") == []
    reconcile(line)
    assert conversation(line, number) == []
    assert forget(line, number) == {"messages": 0, "calls": 0, "at_twilio": 0, "complete": True}


def test_a_late_callback_does_not_bring_a_forgotten_person_back(line, number):
    message, call = "SM" + secrets.token_hex(16), "CA" + secrets.token_hex(16)
    forget(line, number)
    for route, told in (
        ("status/message", {"MessageSid": message, "MessageStatus": "delivered", "From": line.number, "To": number}),
        ("status/call", {"CallSid": call, "CallStatus": "completed", "From": number, "To": line.number}),
    ):
        url, headers = signed(line, route, told)
        assert line.http.post(url, content=urlencode(told), headers=headers).status_code == 204
    assert conversation(line, number) == []
    assert line.listed("calls", number) == []
    line.twilio.text("I am back", from_=number)
    assert "I am back" in [row["body"] for row in conversation(line, number)]


def test_a_person_is_forgotten_at_twilio_too_when_asked(line, number):
    call = line.twilio.dial(from_=number)
    call.ended()
    line.twilio.text("forget me", from_=number)
    assert forget(line, number, twilio="true")["at_twilio"] >= 3
    assert forget(line, number, twilio="true")["at_twilio"] == 0
