"""What is in doubt shows as unknown, and the timer settles it from Twilio's log: once, whatever was lost or crashed."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from shared import settings
from shared.store import outbox
from tests.line.around import struck
from tests.tools.waiting import eventually

PICTURES = ["https://example.com/cat.png", "https://example.com/dog.png"]


def unknown(line, person, route="messages"):
    return [row["status"] for row in line.get(route).told["unknown"] if row["to"] == person]


def rows(line, person, route="messages"):
    return line.listed(route, person)


def silent(twilio, of, *, did):
    """Let Twilio not answer the next creation, nor whoever looks into its log at once."""
    twilio.faults(on="rest", does="lose-answer" if did else "answer", of=of, method="POST", status=500)
    twilio.faults(on="rest", does="answer", of=of, method="GET", status=429, retry_after_s=9)


def settled(line, person, route="messages"):
    """Let the timer come a minute later."""
    line.a_minute_passes("outgoing", to=person)
    line.timer()
    assert eventually(lambda: not unknown(line, person, route)), line.get(route).told["unknown"]


def test_a_text_whose_answer_was_lost_is_unknown_then_stored_once_with_its_pictures(line, twilio, numbers):
    person, key = next(numbers), {"Idempotency-Key": "a lost answer"}
    asked = {"to": person, "body": "Look", "media": PICTURES}
    silent(twilio, "Messages", did=True)
    answer = line.post("send-sms", asked, **key)
    assert (answer.status, answer.headers["retry-after"]) == (503, "60")
    assert unknown(line, person) == ["unknown"]
    assert line.post("send-sms", asked, **key).status == 409
    (text,) = twilio.phone(person).messages(wait_s=20)
    settled(line, person)
    (row,) = rows(line, person)
    assert (row["sid"], row["body"], row["status"]) == (text["sid"], "Look", "delivered")
    assert [media["url"] for media in row["media"]] == PICTURES
    again = line.post("send-sms", asked, **key)
    assert (again.status, again.told["sid"], again.told["segments"]) == (202, text["sid"], 1)
    assert len(twilio.phone(person).texts) == 1


def test_who_opted_out_while_a_text_was_in_doubt_does_not_get_it_by_asking_again(line, twilio, numbers):
    person, key = next(numbers), {"Idempotency-Key": "a doubt and a STOP"}
    silent(twilio, "Messages", did=False)
    assert line.post("send-sms", {"to": person, "body": "?"}, **key).status == 503
    twilio.text("STOP", person)
    line.a_minute_passes("outgoing", to=person)
    line.a_minute_passes("idempotency")
    answer = line.post("send-sms", {"to": person, "body": "?"}, **key)
    assert (answer.status, answer.told["reason"]) == (409, "opted-out")
    assert [text for text in twilio.phone(person).messages() if text["direction"] == "outbound-api"] == []


def test_what_is_in_doubt_for_less_than_a_minute_is_left_alone(line, twilio, numbers):
    person, other = next(numbers), next(numbers)
    for one in (person, other):
        silent(twilio, "Messages", did=False)
        assert line.post("send-sms", {"to": one, "body": "?"}).status == 503
    settled(line, other)
    assert unknown(line, person) == ["unknown"]


def test_a_text_that_never_left_is_settled_as_never_sent_and_may_be_asked_for_again(line, twilio, numbers):
    person, key = next(numbers), {"Idempotency-Key": "never left"}
    silent(twilio, "Messages", did=False)
    assert line.post("send-sms", {"to": person, "body": "Hello?"}, **key).status == 503
    settled(line, person)
    assert rows(line, person) == []
    assert line.logs(f"a message to {person[:5]}")
    assert twilio.phone(person).messages() == []
    line.a_minute_passes("idempotency", answer="")
    assert line.post("send-sms", {"to": person, "body": "Hello?"}, **key).status == 202
    assert len(twilio.phone(person).messages(wait_s=20)) == 1


def test_a_crash_between_twilio_and_the_record_is_unknown_and_settled(line, twilio, numbers):
    person, asked = next(numbers), {"Idempotency-Key": "a crash"}
    twilio.faults(on="rest", does="hang", of="Messages", method="POST", delay_s=1.0)
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(line.post, "send-sms", {"to": person, "body": "still there?"}, **asked)
        struck(line)
        assert unknown(line, person) == ["unknown"]  # the row is written before Twilio is asked
        line.crash()
        with pytest.raises(httpx.HTTPError):
            sending.result()
    (text,) = twilio.phone(person).messages(wait_s=20)
    assert unknown(line, person) == ["unknown"]
    settled(line, person)
    assert [(row["sid"], row["body"]) for row in rows(line, person)] == [(text["sid"], "still there?")]
    again = line.post("send-sms", {"to": person, "body": "still there?"}, **asked)
    assert (again.status, again.told["sid"]) == (202, text["sid"])
    assert len(twilio.phone(person).texts) == 1


def test_two_calls_to_one_person_in_doubt_at_once_are_told_apart_by_their_callbacks(line, twilio, numbers):
    """The log shows one call and no word of ours in it: the one that never left must not take it for its own."""
    person = next(numbers)
    for name, did in (("first", False), ("second", True)):
        silent(twilio, "Calls", did=did)
        assert line.post("make-call", {"to": person}, **{"Idempotency-Key": name}).status == 503
    (ring,) = twilio.phone(person).rung(wait_s=20)
    assert eventually(lambda: rows(line, person, "calls"))  # a status callback has told of it
    first, second = (row["id"] for row in sorted(line.shows("calls")["unknown"], key=lambda row: row["at"]))
    for left in ([second], []):
        line.a_minute_passes("outgoing", id=second if not left else first)
        line.timer()
        assert eventually(lambda left=left: [row["id"] for row in line.shows("calls")["unknown"]] == left)
    assert line.post("make-call", {"to": person}, **{"Idempotency-Key": "second"}).told["sid"] == ring.sid
    line.a_minute_passes("idempotency", answer="")
    other = line.post("make-call", {"to": person}, **{"Idempotency-Key": "first"})
    assert (other.status, other.told["sid"] != ring.sid) == (202, True)
    assert eventually(lambda: len(twilio.phone(person).rung()) == 2)


def test_what_is_asked_for_again_while_it_is_settled_stays_in_doubt(line, monkeypatch):
    known = settings.read({"AzureWebJobsStorage": line.running.line.storage})
    monkeypatch.setattr(settings, "current", lambda: known)
    before = outbox.Intent(id="race", kind="message", at="2026-11-23T10:00:00+00:00", to="+12025550122", from_="x")
    after = outbox.Intent(id="race", kind="message", at="2026-11-23T10:02:00+00:00", to="+12025550122", from_="x")
    outbox.add(before)
    outbox.add_again(after)
    outbox.clear_unchanged(before)
    assert outbox.get("race") == after
    outbox.clear_unchanged(after)
    assert outbox.get("race") is None
