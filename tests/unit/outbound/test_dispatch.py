"""It leaves once: row first, then Twilio, then the history; what is in doubt is looked up and never repeated."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from shared.http.problem import StorageUnavailable
from shared.outbound import dispatch, idempotency, opt_outs, sending
from shared.outbound.dispatch import InDoubt
from shared.outbound.policy import OptedOut
from shared.outbound.sending import CallRequest, TextRequest
from shared.store import calls, messages, outbox
from shared.twilio import client as twilio_client
from shared.twilio.client import Busy, Refused
from tests.tools.requests_in import BASE
from tests.tools.stand_in import LINE

pytestmark = pytest.mark.usefixtures("ours")
POST = {"on": "rest", "of": "Messages", "method": "POST"}
GET = POST | {"method": "GET"}


def text(number, body="hello", **more):
    return sending.texting(TextRequest(to=number, body=body, **more), BASE)


def ring(number):
    return sending.ringing(CallRequest(to=number), BASE)


@pytest.fixture
def name():
    """An id under which nothing has left."""
    return idempotency.new_id()


def under(name, thing, at="", **more):
    """Return a thing as it leaves now, or was to leave at a moment, under an id."""
    return thing.sent_at(name, at or datetime.now(UTC).isoformat(timespec="milliseconds"), **more)


def is_doubtful(name):
    return outbox.get(name) is not None


def aged(thing, name, seconds=dispatch.SETTLES_S + 1, **more):
    """Note that a thing was to leave so long ago; return its intent."""
    at = (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
    intent = under(name, thing, at, **more).intent
    outbox.add_again(intent)
    return intent


def test_a_text_that_left_is_in_the_history_with_its_mark(twilio, name, number):
    thing = text(number)
    sent = dispatch.send(under(name, thing))
    row = messages.table().get(sent.sid)
    assert twilio.phone(number).texts == ["hello"]
    assert (row["body"], row["person"], row["intent"]) == ("hello", number, under(name, thing).intent.mark)


def test_a_call_that_left_is_in_the_history(twilio, name, number):
    sent = dispatch.send(under(name, ring(number)))
    assert [call.sid for call in twilio.phone(number).calls] == [sent.sid]
    assert calls.table().get(sent.sid)["person"] == number


def test_what_left_is_logged_once_for_the_alert_on_spending(caplog, name, number):
    caplog.set_level(logging.INFO, "ahoy")
    sent = dispatch.send(under(name, text(number)))
    assert caplog.messages.count(f"left {sent.sid}") == 1


def test_what_twilio_refuses_has_not_left_and_is_not_in_doubt(twilio, name, number):
    twilio.faults(**POST, does="answer", status=400, code=21211)
    with pytest.raises(Refused) as refused:
        dispatch.send(under(name, text(number)))
    assert (refused.value.status, refused.value.code) == (400, 21211)
    assert not is_doubtful(name)


def test_an_opt_out_that_only_twilio_knew_is_remembered(twilio, name, number):
    twilio.faults(**POST, does="answer", status=400, code=21610)
    with pytest.raises(Refused) as refused:
        dispatch.send(under(name, text(number)))
    assert refused.value.status == 409
    assert opt_outs.has_opted_out(number, LINE)


def test_a_lost_answer_is_found_in_twilios_log(twilio, name, number):
    twilio.faults(**POST, does="lose-answer")
    sent = dispatch.send(under(name, text(number)))
    assert twilio.phone(number).texts == ["hello"]
    assert messages.table().get(sent.sid)["body"] == "hello"


def test_a_failure_that_twilios_log_does_not_show_stays_in_doubt(twilio, name, number):
    twilio.faults(**POST, does="answer", status=500)
    with pytest.raises(InDoubt) as doubt:
        dispatch.send(under(name, text(number)))
    assert (doubt.value.status, doubt.value.retry_after_s) == (503, dispatch.SETTLES_S)
    assert [(one["to"], one["status"]) for one in dispatch.in_doubt("message") if one["id"] == name] == [
        (number, "unknown")
    ]
    assert name not in [one["id"] for one in dispatch.in_doubt("call")]
    with pytest.raises(InDoubt):  # nor is it sent again
        dispatch.send(under(name, text(number)))
    assert twilio.phone(number).texts == []


def test_what_is_asked_for_again_is_sent_when_it_never_left(twilio, name, number):
    aged(text(number), name)
    sent = dispatch.send(under(name, text(number)))
    assert [message["sid"] for message in twilio.phone(number).messages()] == [sent.sid]


def test_what_is_asked_for_again_is_found_when_it_had_left(twilio, name, number):
    first = dispatch.send(under(name, text(number)))
    assert dispatch.send(under(name, text(number))).sid == first.sid
    assert twilio.phone(number).texts == ["hello"]


def test_who_opted_out_meanwhile_does_not_get_it_by_asking_again(twilio, name, number):
    aged(text(number), name)
    opt_outs.mark(number, LINE, datetime.now(UTC).isoformat(), is_out=True)
    with pytest.raises(OptedOut):
        dispatch.send(under(name, text(number)))
    assert (twilio.phone(number).texts, is_doubtful(name)) == ([], False)


def test_two_alike_are_told_apart_by_what_is_known_of_each(twilio, number):
    """A text that belongs to another intent never counts, however much it looks like this one."""
    dispatch.send(under(idempotency.new_id(), text(number)))
    mine = idempotency.new_id()
    aged(text(number), mine)
    dispatch.send(under(mine, text(number)))
    assert len(twilio.phone(number).texts) == 2


@pytest.mark.parametrize(("media", "body"), [(["https://example.com/a.jpg"], "hello"), ([], "other")])
def test_a_text_with_other_words_or_pictures_is_another(number, name, media, body):
    sid = twilio_client.send_message(to=number, from_=LINE, body="hello").sid
    assert dispatch.find_in_log(under(name, text(number, body, media=media)).intent) is None
    assert dispatch.find_in_log(under(name, text(number)).intent).sid == sid


@pytest.mark.parametrize("does", [{"status": 401, "code": 20003}, {"status": 500, "times": 9}])
def test_while_twilios_log_cannot_be_read_all_stays_in_doubt(twilio, number, name, does, monkeypatch):
    monkeypatch.setattr("shared.twilio.client.PATIENCE_S", 0.0)
    twilio.faults(**GET, does="answer", **does)
    with pytest.raises(InDoubt):
        dispatch.find_in_log(under(name, text(number)).intent)


def test_twilio_that_is_busy_has_sent_nothing_and_says_when_to_come_back(twilio, number, name):
    twilio.faults(**POST, does="answer", status=429, retry_after_s=77)
    with pytest.raises(Busy) as busy:
        dispatch.send(under(name, text(number)))
    assert busy.value.retry_after_s == 77
    assert not is_doubtful(name)


def test_without_storage_nothing_leaves(twilio, storage_away, number, name):
    storage_away()
    with pytest.raises(StorageUnavailable):
        dispatch.send(under(name, text(number)))
    assert twilio.phone(number).texts == []


def test_what_left_while_storage_went_away_has_left(storage_away, number, name, caplog):
    sent = dispatch.send(under(name, text(number)))
    storage_away()
    assert dispatch.save(under(name, text(number)).intent, sent) == sent
    assert f"{sent.sid} left but is not stored yet" in caplog.text
    dispatch.clear_intent(name)
    assert f"intent {name} stays" in caplog.text


def test_settling_keeps_the_answer_of_what_left_and_forgets_what_did_not(number, another):
    for intent in outbox.in_doubt():  # what other tests left in doubt
        outbox.clear(intent.id)
    left, never, young = (idempotency.new_id() for _ in range(3))
    ticket = idempotency.ticket_for_key("send-sms", left)
    sent = dispatch.send(under(ticket.id, text(number)))
    aged(text(number), ticket.id, is_keyed=True)
    aged(text(another), never)
    aged(ring(number), young, seconds=1)
    assert dispatch.settle() == 2
    assert [is_doubtful(name) for name in (ticket.id, never, young)] == [False, False, True]
    answer = idempotency.ticket_for_key("send-sms", left).answer
    assert (answer["sid"], answer["encoding"], answer["segments"]) == (sent.sid, "GSM-7", 1)
    dispatch.clear_intent(young)
