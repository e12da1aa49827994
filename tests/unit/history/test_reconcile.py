"""What Twilio's log has and the history has not is brought, once, and what was deleted on purpose stays away."""

import dataclasses
import json
import logging
from datetime import UTC, datetime, timedelta

import azure.functions as func
import pytest

from shared import settings
from shared.history import reconcile
from shared.http.problem import Problem, WrongFields
from shared.outbound import opt_outs
from shared.store import calls, conferences, folding, messages, told, tombstones, watermark
from shared.store.indexed import IndexedTable, PageQuery
from shared.store.tables import at_once
from shared.twilio import client as twilio_client
from tests.tools.requests_in import api_request
from tests.tools.stand_in import LINE

pytestmark = pytest.mark.usefixtures("ours")


def compared(**more):
    since = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    return reconcile.period(api_request({"since": since} | more, "reconcile"))


def test_a_text_that_nobody_told_of_is_brought_with_its_pictures(twilio, number):
    picture = [{"content_type": "image/png", "content": "AAAA"}]
    sid = twilio.text("look", from_=number, media=picture).sid
    found = compared()
    row = messages.table().get(sid)
    assert (row["body"], row["person"], row["direction"]) == ("look", number, "inbound")
    assert "image/png" in row["media"]
    assert found.complete
    assert found.added >= 1


def test_a_recording_of_a_conference_is_brought_to_each_call_that_is_known_to_have_taken_part(twilio, number, another):
    account = twilio_client.client(settings.current())
    room = "<Response><Dial><Conference record='record-from-start'>Taped</Conference></Dial></Response>"
    ringing = [twilio.call(account.calls.create(to=to, from_=LINE, twiml=room).sid) for to in (number, another)]
    ringing[0].sees("conference_started")
    ringing[0].waits(2)  # or there is nothing on the recording
    (conference,) = account.conferences.list(friendly_name="Taped")
    conferences.joined(conference.sid, ringing[1].sid)
    for call in ringing:
        call.hangs_up()
        call.ended()
    for _ in range(2):  # calls come before recordings, and what comes again changes nothing
        assert compared().complete
    for call in ringing:
        (recording,) = json.loads(calls.table().get(call.sid)["recordings"]).values()
        assert (recording["status"], recording["conference_sid"]) == ("completed", conference.sid)


def test_what_is_there_is_not_brought_again(twilio, number):
    twilio.text("once", from_=number)
    compared()
    again = compared()
    assert (again.added, again.changed) == (0, 0)
    assert again.seen >= 1


def test_a_state_that_was_never_told_is_brought(number):
    sent = twilio_client.send_message(to=number, from_=LINE, body="x")
    messages.table().add(messages.sent(sent.sid, LINE, number, "x", "queued", datetime.now(UTC)))
    compared()
    assert messages.table().get(sent.sid)["status"] == "delivered"


def test_what_was_told_of_a_text_is_one_with_it_and_its_copy_once_it_was_compared(number):
    sent, left = twilio_client.send_message(to=number, from_=LINE, body="x"), datetime.now(UTC)
    messages.table().add(messages.sent(sent.sid, LINE, number, "x", "queued", left))
    for status in ("sent", "delivered"):
        event = {"MessageSid": sent.sid, "MessageStatus": status, "From": LINE, "To": number}
        messages.table().tell(messages.from_callback(event, left), left)
    compared()
    folded = folding.find(messages.table(), sent.sid)
    assert not told.events(folded.row)
    assert {"price", "copied"} <= folded.row.keys()
    assert messages.table().page(PageQuery(person=(number,), as_copied=True))[0] == [folded.record]


def test_a_text_whose_copy_a_crash_left_out_is_in_the_list_of_its_person_once_it_was_compared(
    twilio, number, monkeypatch
):
    monkeypatch.setattr(folding, "RESTS_AFTER", timedelta())
    parameters = {"From": number, "To": LINE, "Body": "once"}
    sid = twilio.text("once", from_=number).sid
    with monkeypatch.context() as crashed:
        crashed.setattr(IndexedTable, "copy", lambda *_: None)
        messages.table().add(messages.from_webhook(parameters | {"MessageSid": sid}, datetime.now(UTC)))
    assert messages.table().page(PageQuery(person=(number,)))[0] == []
    compared()
    assert [row["sid"] for row in messages.table().page(PageQuery(person=(number,)))[0]] == [sid]


def test_a_stop_whose_webhook_never_came_counts(twilio, number):
    twilio.text("STOP", from_=number)
    compared()
    assert opt_outs.has_opted_out(number, LINE)


def test_a_stop_that_was_stored_counts_although_a_crash_came_before_it_was_heeded(twilio, number, monkeypatch):
    monkeypatch.setattr(folding, "RESTS_AFTER", timedelta())
    sid = twilio.text("STOP", from_=number).sid
    parameters = {"MessageSid": sid, "From": number, "To": LINE, "Body": "STOP"}
    messages.table().add(messages.from_webhook(parameters, datetime.now(UTC)))
    assert not opt_outs.has_opted_out(number, LINE)
    assert compared().added == 0
    assert opt_outs.has_opted_out(number, LINE)


def test_a_call_is_brought_and_what_left_without_our_asking_is_logged(twilio, number, another, caplog):
    caplog.set_level(logging.INFO, "ahoy")
    asked, placed = twilio.dial(from_=number).sid, twilio_client.place_call(to=another, from_=LINE, twiml="<Response/>")
    compared()
    assert calls.table().get(asked)["person"] == number
    assert calls.table().get(placed.sid)["direction"] == "outbound"
    assert f"left {placed.sid}" in caplog.messages
    assert f"left {asked}" not in caplog.messages


def test_who_was_forgotten_is_not_brought_back(twilio, number):
    sid = twilio.text("secret", from_=number).sid
    tombstones.note(number, datetime.now(UTC) + timedelta(minutes=1))
    compared()
    assert messages.table().get(sid) is None


def test_what_is_older_than_the_retention_is_not_brought_back(ours, number):
    ours(AHOY_RETENTION_DAYS="1")
    now = datetime.now(UTC)
    assert not reconcile._is_gone({"person": number, "at": now.isoformat()})
    assert reconcile._is_gone({"person": number, "at": (now - timedelta(days=2)).isoformat()})


def test_what_is_about_to_be_deleted_by_its_age_is_left_as_it_is(ours, number):
    """A copy that a fold writes while the record is deleted would stay when the fold is cut off."""
    at = datetime.now(UTC) - timedelta(days=2)
    sid = f"SM{number[1:]:0>32}"
    messages.table().add(messages.sent(sid, LINE, number, "x", "queued", at))
    logged = {
        "sid": sid, "direction": "outbound-api", "from_": LINE, "to": number, "status": "delivered", "body": "x",
        "price": "-0.0079", "price_unit": "USD", "error_code": None, "num_segments": "1", "num_media": "0",
    } | dict.fromkeys(("date_sent", "date_created", "date_updated"), at)  # fmt: skip
    kind = dataclasses.replace(reconcile.KINDS[0], read=lambda *_: iter([logged]))
    for days, status in (("1", "queued"), ("3", "delivered")):
        ours(AHOY_RETENTION_DAYS=days)
        reconcile.Run(60).compare(kind, at, None)
        assert messages.table().get(sid)["status"] == status


@pytest.mark.parametrize("wrong", [{"since": "2030-01-01T00:00:00Z"}, {"since": "yesterday"}, {"until": "x"}])
def test_a_period_that_is_none_is_refused(wrong):
    with pytest.raises(WrongFields):
        compared(**wrong)


@pytest.mark.parametrize(
    ("period", "field"),
    [
        ({"since": "9999-12-31T20:00:00Z", "until": "9999-12-31T23:59:59Z"}, "until"),
        ({"since": "2026-11-01T00:00:00Z", "until": "9999-12-31T23:59:59-14:00"}, "until"),
        ({"since": "0001-01-01T00:00:00+14:00", "until": "2026-11-01T00:00:00Z"}, "since"),
        ({"since": "1969-12-31T23:59:59Z"}, "since"),
    ],
)
def test_a_period_outside_of_all_logs_is_refused_by_its_field(period, field):
    with pytest.raises(WrongFields) as wrong:
        compared(**period)
    assert [error["field"] for error in wrong.value.document["errors"]] == [field]


def test_a_log_that_cannot_be_read_is_said(twilio):
    twilio.faults(on="rest", does="answer", of="Messages", method="GET", status=401, code=20003)
    with pytest.raises(Problem, match="did not answer as it should") as silent:
        compared()
    assert (silent.value.status, silent.value.retry_after_s) == (503, 10)


def test_a_run_that_is_out_of_time_says_how_far_it_came(monkeypatch, number):
    monkeypatch.setattr(reconcile, "REQUEST_S", -1)
    since = datetime.now(UTC) - timedelta(minutes=1)
    twilio_client.send_message(to=number, from_=LINE, body="x")
    found = compared(since=since.isoformat())
    assert (found.complete, found.reached) == (False, since)


def test_the_timer_goes_on_from_where_it_was_and_says_so(twilio, number, caplog):
    caplog.set_level(logging.INFO, "ahoy")
    sid = twilio.text("by timer", from_=number).sid
    reconcile.timer(func.TimerRequest)
    assert messages.table().get(sid)["body"] == "by timer"
    mark = watermark.get("messages-early")
    reconcile.timer(func.TimerRequest)
    assert watermark.get("messages-early").at > mark.at
    assert [line.partition(":")[0] for line in caplog.messages if line.startswith("reconcile")] == [
        "reconcile done"
    ] * 2


def test_the_timer_stops_in_words_when_twilio_does_not_answer(twilio, caplog):
    caplog.set_level(logging.INFO, "ahoy")
    twilio.faults(on="rest", does="answer", of="Messages", method="GET", status=401, code=20003)
    reconcile.timer(func.TimerRequest)
    assert "reconcile stopped: Twilio did not answer as it should" in caplog.text


def test_a_broken_flow_is_said_by_each_run_of_the_timer(ours, tmp_path, caplog):
    (tmp_path / "flow.yaml").write_text("voice: {start: [sya: x]}", encoding="utf-8")
    ours(AHOY_FLOW=str(tmp_path / "flow.yaml"))
    for _ in range(2):
        caplog.clear()
        reconcile.timer(func.TimerRequest)
        said = 'flow.yaml:1:17: unknown verb "sya"; did you mean "say"?'
        assert said in caplog.messages


def test_a_warning_of_the_flow_is_said_by_each_run_of_the_timer(ours, tmp_path, caplog):
    (tmp_path / "flow.yaml").write_text("version: 1\nvoice: {start: [say: Hi.]}", encoding="utf-8")
    ours(AHOY_FLOW=str(tmp_path / "flow.yaml"))
    for _ in range(2):
        caplog.clear()
        reconcile.timer(func.TimerRequest)
        assert 'flow.yaml:1:1: warning: "version" is called "ahoy" now' in caplog.text


def test_of_the_rows_of_a_period_only_those_are_held_that_the_log_tells_of(number):
    (kind,) = [kind for kind in reconcile.KINDS if kind.name == "messages"]
    at, sids = datetime(2026, 3, 4, 12, tzinfo=UTC), [f"SM{n:02}{number[1:]:0>30}" for n in range(12)]
    at_once(messages.table().add, [messages.sent(sid, LINE, number, "hi", "sent", at) for sid in sids])
    told = [messages.table().get(sid) for sid in (sids[3], sids[7])]
    assert reconcile._stored(kind, told).keys() == {sids[3], sids[7]}
    period = PageQuery(2, since=at, until=at + timedelta(seconds=1))
    assert sorted(row["sid"] for row, _ in messages.table().through(period)) == sids
    assert (
        list(messages.table().through(PageQuery(2, until=at - timedelta(days=1), since=at - timedelta(days=2)))) == []
    )
