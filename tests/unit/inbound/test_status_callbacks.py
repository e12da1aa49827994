"""Status callbacks move a row forward, whichever is the first to tell; what Twilio knew of opt-outs is learned."""

import json
import logging
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest
from urllib3 import HTTPConnectionPool

from shared.inbound import status_callbacks
from shared.outbound import opt_outs
from shared.store import calls, conferences, merge, messages, tombstones
from shared.twilio import marks
from shared.twilio.log import LogNotReadable
from shared.twilio.webhook import Webhook
from tests.tools.stand_in import LINE

pytestmark = pytest.mark.usefixtures("ours")
BASE = "https://ahoy.example.com"


def told(number, status, letter="SM", **more):
    sid = letter + number[1:].zfill(32)
    named = {"MessageSid": sid, "MessageStatus": status} if letter == "SM" else {"CallSid": sid, "CallStatus": status}
    return Webhook(named | {"From": LINE, "To": number} | more, BASE)


def test_a_text_moves_on_and_never_back(number):
    for status in ("sent", "delivered", "queued"):
        status_callbacks.message(told(number, status), {"intent": "the-mark"})
    row = messages.table().get(told(number, "").sid)
    assert (row["status"], row["person"], row["intent"]) == ("delivered", number, "the-mark")


@pytest.fixture
def asked(monkeypatch):
    """Return the requests to storage, one after another."""
    made, real = [], HTTPConnectionPool.urlopen

    def urlopen(pool, method, *arguments, **named):
        made.append(method)
        return real(pool, method, *arguments, **named)

    monkeypatch.setattr(HTTPConnectionPool, "urlopen", urlopen)
    return made


def test_a_text_whose_moment_the_address_names_moves_on_by_one_request_and_ends_by_two(number, asked):
    sid, left = told(number, "").sid, datetime.now(UTC)
    messages.table().add(messages.sent(sid, LINE, number, "hello", "queued", left))
    address = marks.marked("", "the-mark", left).partition("?")[2]
    for status, requests in (("queued", 0), ("sent", 1), ("delivered", 2), ("delivered", 2)):
        asked.clear()
        status_callbacks.message(told(number, status), dict(parse_qsl(address)))
        assert asked == ["PATCH"] * requests
    row = messages.table().get(sid)
    assert (row["status"], row["body"], row["intent"]) == ("delivered", "hello", "the-mark")


def test_a_text_whose_callback_names_another_moment_moves_on_all_the_same(number):
    sid, left = told(number, "").sid, datetime.now(UTC)
    messages.table().add(messages.sent(sid, LINE, number, "hello", "queued", left))
    status_callbacks.message(told(number, "sent"), {"left": "1"})
    assert messages.table().get(sid)["status"] == "sent"


def test_a_callback_that_comes_before_its_text_is_kept_when_that_left(number):
    sid, left = told(number, "").sid, datetime(2026, 11, 24, 12, tzinfo=UTC)
    status_callbacks.message(told(number, "sent"), {"left": str(int(left.timestamp() * 1000))})
    assert not messages.table().add(messages.sent(sid, LINE, number, "hello", "queued", left))
    row = messages.table().get(sid)
    assert (row["at"], row["status"], row["body"]) == (merge.moment(left), "sent", "hello")


def test_a_callback_of_who_was_forgotten_brings_nothing_back(number):
    tombstones.note(number, datetime(2100, 1, 1, tzinfo=UTC))
    status_callbacks.message(told(number, "sent"), {"left": "1795730000123"})
    assert messages.table().get(told(number, "").sid) is None


@pytest.mark.parametrize(
    ("service", "mark", "kept"), [("", "the-mark", None), ("MG" + "0" * 32, "the-mark", "queued"), ("", "", "queued")]
)
def test_that_a_text_is_queued_is_no_news_where_twilio_has_answered_so(number, requests_of, service, mark, kept):
    webhook = told(number, "queued", MessagingServiceSid=service)
    made = requests_of(lambda: status_callbacks.message(webhook, {"intent": mark, "left": "1790000000000"}))
    row = messages.table().get(webhook.sid)
    assert (row and row["status"], made == 0) == (kept, not kept)


def test_a_call_moves_on_and_is_logged_as_left_when_it_begins(number, caplog):
    caplog.set_level(logging.INFO, "ahoy")
    for status in ("initiated", "completed", "ringing"):
        status_callbacks.call(told(number, status, "CA", CallDuration="7", Direction="outbound-api"))
    sid = told(number, "", "CA").sid
    row = calls.table().get(sid)
    assert (row["status"], row["duration_s"], "intent" in row) == ("completed", 7, False)
    assert caplog.messages.count(f"left {sid}") == 1


def test_an_opt_out_that_twilio_tells_holds_from_when_the_text_was_sent(number):
    status_callbacks.message(told(number, "sent"))
    opt_outs.mark(number, LINE, datetime.now(UTC).isoformat(), is_out=False)  # they came back meanwhile
    status_callbacks.message(told(number, "undelivered", ErrorCode="21610"))
    assert not opt_outs.has_opted_out(number, LINE)
    assert messages.table().get(told(number, "").sid)["error_code"] == "21610"


def test_an_opt_out_of_a_text_that_nobody_knows_holds_from_now(number):
    status_callbacks.message(told(number, "undelivered", ErrorCode="21610"))
    assert opt_outs.has_opted_out(number, LINE)


def recorded(sid, letter="1"):
    return Webhook({"CallSid": sid, "RecordingSid": "RE" + letter * 32, "RecordingStatus": "completed"}, BASE)


def test_a_recording_joins_its_call(number):
    status_callbacks.call(told(number, "completed", "CA"))
    sid = told(number, "", "CA").sid
    status_callbacks.recording(recorded(sid))
    assert "RE" + "1" * 32 in calls.table().get(sid)["recordings"]


def test_a_recording_that_is_earlier_than_its_call_asks_twilio_whose_call_it_is(twilio, number):
    sid = twilio.dial(from_=number).sid
    status_callbacks.recording(recorded(sid))
    row = calls.table().get(sid)
    assert (row["person"], "RE" + "1" * 32 in row["recordings"]) == (number, True)


def test_a_recording_of_who_was_forgotten_brings_nothing_back(twilio, number):
    sid = twilio.dial(from_=number).sid
    tombstones.note(number, datetime(2100, 1, 1, tzinfo=UTC))
    status_callbacks.recording(recorded(sid))
    assert calls.table().get(sid) is None


def of_conference(number, **told):
    """Return what Twilio tells of a conference that nobody else is in."""
    return Webhook({"ConferenceSid": "CF" + number[1:].zfill(32), "AccountSid": "AC" + "0" * 32} | told, BASE)


@pytest.mark.parametrize("is_late", [False, True], ids=["known before", "told after the recording"])
def test_a_recording_of_a_conference_names_no_call_and_joins_each_that_took_part(number, another, is_late):
    sids = []
    for caller in (number, another):
        status_callbacks.call(told(caller, "completed", "CA"))
        sids.append(told(caller, "", "CA").sid)
    told_first = [of_conference(number, CallSid=sid, StatusCallbackEvent="participant-join") for sid in sids]
    recording = of_conference(
        number, RecordingSid="RE" + "4" * 32, RecordingStatus="completed", RecordingSource="Conference", ErrorCode="0"
    )
    for event in [recording, *told_first, recording] if is_late else [*told_first, recording, told_first[0]]:
        status_callbacks.recording(event)
    for sid in sids:
        kept = json.loads(calls.table().get(sid)["recordings"])["RE" + "4" * 32]
        assert kept == {"status": "completed", "conference_sid": recording.parameters["ConferenceSid"]}


def test_a_recording_of_a_conference_of_whose_calls_nothing_is_known_is_kept_with_it(number):
    sid = "RE" + "5" * 32
    status_callbacks.recording(of_conference(number, RecordingSid=sid, RecordingStatus="completed"))
    assert sid in conferences.joined(of_conference(number).get("ConferenceSid"), "CA" + "5" * 32)["recordings"]


def test_a_recording_of_one_participant_is_that_calls_alone(number):
    status_callbacks.call(told(number, "completed", "CA"))
    sid = told(number, "", "CA").sid
    status_callbacks.recording(of_conference(number, CallSid=sid, RecordingSid="RE" + "6" * 32))
    assert "RE" + "6" * 32 in calls.table().get(sid)["recordings"]
    assert conferences.recorded(of_conference(number).get("ConferenceSid"), {"recordings": "{}"}) == []


def test_a_recording_of_a_call_that_twilio_does_not_know_fails_so_that_twilios_log_shows_it():
    with pytest.raises(LogNotReadable):
        status_callbacks.recording(recorded("CA" + "f" * 32))
