"""The timer's run, called here as the host calls it: watermarks, its time, two at once, age; over a running line."""

import logging
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from shared import settings
from shared.history import reconcile, retention
from shared.outbound import idempotency, opt_outs, rate_limits
from shared.store import calls, messages, tombstones, watermark
from shared.store.indexed import PageQuery
from shared.store.tables import Table
from tests.infra import kql
from tests.line.around import deaf
from tests.tools.waiting import eventually

pytestmark = pytest.mark.usefixtures("ours")


def run(caplog):
    with caplog.at_level(logging.INFO, logger="ahoy.reconcile"):
        caplog.clear()
        reconcile.timer(None)
    (heartbeat,) = [record.getMessage() for record in caplog.records if record.name == "ahoy.reconcile"]
    return heartbeat


def heartbeats():
    """Return how the lines begin that the alert on a missing heartbeat looks for."""
    return tuple(kql.beginnings(kql.queries()["alerts.bicep: heartbeat"]))


def stored(number):
    return messages.table().page(PageQuery(person=(number,)))[0]


def test_each_run_brings_what_was_missed_moves_the_marks_and_says_so(line, number, caplog):
    assert run(caplog).startswith("reconcile done: ")
    assert "reconcile done: " in heartbeats()
    before = watermark.get("messages-early").at
    with deaf(line):
        sid = line.twilio.text("missed", from_=number).sid
    assert ", 1 added, " in run(caplog)
    assert [row["sid"] for row in stored(number)] == [sid]
    assert watermark.get("messages-early").at > before
    assert watermark.get("messages-late").at < datetime.now(UTC) - timedelta(hours=24)
    assert run(caplog).endswith(" 0 added, 0 changed")


def test_a_reply_is_noted_as_something_that_left_once(line, number, caplog):
    reply = line.twilio.text("hello", from_=number)
    noted = []
    for _ in range(2):
        caplog.clear()
        with caplog.at_level(logging.INFO, logger="ahoy.departure"):
            reconcile.timer(None)
        noted += [message for message in caplog.messages if message.startswith("left ")]
    answers = [row["sid"] for row in stored(number) if row["direction"] == "outbound"]
    assert reply.sid not in answers
    assert [f"left {sid}" for sid in answers] == [note for note in noted if note.split()[1] in answers]
    assert len(answers) == 1


def test_a_run_that_has_no_time_left_stops_and_the_next_one_goes_on(line, number, caplog, monkeypatch):
    with deaf(line):
        line.twilio.text("missed", from_=number)
    mark = watermark.get("messages-early")
    monkeypatch.setattr(reconcile, "TIMER_S", -1)
    assert run(caplog).startswith("reconcile stopped for time, ")
    assert "reconcile stopped for time, " in heartbeats()
    assert stored(number) == []
    assert watermark.get("messages-early") == mark
    monkeypatch.undo()


def test_a_gap_of_days_is_walked_in_slices(caplog):
    mark = watermark.get("messages-early")
    watermark.move("messages-early", mark, datetime.now(UTC) - timedelta(days=3))
    assert run(caplog).startswith("reconcile done")
    assert watermark.get("messages-early").at > datetime.now(UTC) - timedelta(minutes=1)


def test_a_row_that_was_not_read_with_the_others_is_looked_up_by_itself(line, number, caplog, monkeypatch):
    for n in range(3):
        line.twilio.text(str(n), from_=number)
    assert run(caplog).startswith("reconcile done: ")
    assert run(caplog).endswith(" 0 added, 0 changed")
    monkeypatch.setattr(reconcile, "_stored", lambda *_: {})
    assert run(caplog).endswith(" 0 added, 0 changed")


def test_rows_are_read_in_bounds(line, number, monkeypatch):
    for n in range(3):
        line.twilio.text(str(n), from_=number)
    (kind,) = [kind for kind in reconcile.KINDS if kind.name == "messages"]
    told = stored(number)
    assert {row["sid"] for row in told} <= reconcile._stored(kind, told).keys()
    monkeypatch.setattr(reconcile, "KNOWN_ROWS", 1)
    assert len(reconcile._stored(kind, told)) <= 1


def test_two_runs_at_once_bring_each_message_once(line, number, caplog):
    run(caplog)
    with deaf(line):
        sids = [line.twilio.text(str(n), from_=number).sid for n in range(6)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(reconcile.timer, [None, None]))
    assert sorted(row["sid"] for row in stored(number)) == sorted(sids)


def test_a_mark_that_another_instance_moved_is_left_to_it():
    mark = watermark.get("calls-early")
    now = datetime.now(UTC)
    assert watermark.move("calls-early", mark, now) is not None
    assert watermark.move("calls-early", mark, now + timedelta(hours=1)) is None
    assert watermark.get("calls-early").at == now


def test_twilio_that_fails_is_said_in_the_heartbeat(line, caplog):
    line.twilio.faults(on="rest", does="answer", of="Messages", status=500, times=20)
    assert run(caplog).startswith("reconcile stopped: Twilio")


def test_what_is_older_than_the_setting_goes_and_is_not_brought_back(line, number, caplog, ours):
    old, new = "SM" + "0" * 31 + "1", "SM" + "0" * 31 + "2"
    for sid, days in ((old, 40), (new, 20)):
        parameters = {"MessageSid": sid, "From": number, "To": line.number, "Body": "x"}
        messages.table().add(messages.from_webhook(parameters, datetime.now(UTC) - timedelta(days=days)))
    assert retention.apply(lambda: None) == 0
    ours(AHOY_RETENTION_DAYS="30")
    assert run(caplog).startswith("reconcile done")
    assert [row["sid"] for row in stored(number)] == [new]
    assert messages.table().get(old) is None
    messages.table().delete(messages.table().get(new), "person")
    assert reconcile._is_gone({"person": number, "at": (datetime.now(UTC) - timedelta(days=31)).isoformat()})
    assert not reconcile._is_gone({"person": number, "at": (datetime.now(UTC) - timedelta(days=29)).isoformat()})


def test_who_was_forgotten_is_known_by_a_hash_only(number):
    now = datetime.now(UTC)
    tombstones.note(number, now - timedelta(days=1))
    tombstones.note(number, now)
    assert tombstones.covers(number, now - timedelta(hours=1))
    assert not tombstones.covers(number, now + timedelta(seconds=1))
    assert not tombstones.covers(number + "0", now)
    assert number.strip("+") not in tombstones._hash(number)


def test_a_row_of_twilios_log_of_recordings_joins_its_call(line, number):
    call = line.twilio.dial(from_=number)
    call.ended()
    recording = {"sid": "RE" + "3" * 32, "call_sid": call.sid, "status": "completed", "duration": "7",
                 "media_url": f"{line.running.line.twilio}/recording", "error_code": None}  # fmt: skip
    (kind,) = [kind for kind in reconcile.KINDS if kind.name == "recordings"]
    # The list of a person shows what is written last: whoever deletes before that leaves a copy behind.
    assert eventually(lambda: [row["status"] for row in line.listed("calls", number)] == ["completed"])
    calls.table().delete(calls.table().get(call.sid), "time")
    assert [reconcile._brought(kind, recording, {}).outcome for _ in range(2)] == ["added", "left"]
    (row,) = line.listed("calls", number)
    assert row["recordings"]["RE" + "3" * 32]["duration_s"] == 7


def test_once_a_day_keys_and_counts_that_nobody_needs_any_more_are_swept(number, caplog):
    now = datetime.now(UTC)
    keys, counts = (Table(settings.current(), name) for name in ("idempotency", "limits"))
    old, new = uuid.uuid4().hex, uuid.uuid4().hex
    for name, at in ((old, now - idempotency.KEPT - timedelta(hours=1)), (new, now - timedelta(days=6))):
        keys.insert({"PartitionKey": name, "RowKey": "row", "at": at.isoformat(), "digest": "", "answer": ""})
    yesterday, before = (
        rate_limits._hour(now - timedelta(days=1, hours=1)),
        rate_limits._refusals(now - timedelta(days=91)),
    )
    counts.put({"PartitionKey": f"person_{number}", "RowKey": "row", "hour": yesterday, "count": 3})
    counts.put({"PartitionKey": before, "RowKey": "row", "country": 3})
    rate_limits.take_person(number + "0")
    rate_limits.note_refusal("country")
    older = {
        "PartitionKey": number,
        "RowKey": "+12025550100",
        "line": "+12025550100",
        "at": now.isoformat(),
        "out": True,
    }
    wishes = Table(settings.current(), "optouts")
    wishes.put(older)

    for swept in (False, True):
        mark = watermark.get(retention.SWEPT)
        watermark.move(retention.SWEPT, mark, now - timedelta(hours=25 if swept else 23))
        assert run(caplog).startswith("reconcile done")
        assert (keys.get(old, "row") is None) is swept
        assert (counts.get(f"person_{number}", "row") is None) is swept
        assert (counts.get(before, "row") is None) is swept
        assert (wishes.get(number, "+12025550100") is None) is swept
    assert opt_outs.has_opted_out(number, "+12025550100")
    assert keys.get(new, "row")
    assert [row["count"] for row in counts.between(f"hours_{number}0", "", "~", 2)] == [1]
    assert counts.get(rate_limits._refusals(now), "row")


def test_the_day_has_a_limit_of_its_own_and_a_part_of_what_is_wanted_is_granted(ours):
    rate_limits.take_line()
    used = Table(settings.current(), "limits").get("line", "row")[0]["in_day"]
    ours(AHOY_DAILY_LIMIT=str(used + 3))
    assert rate_limits.take_line(5) == 3
    with pytest.raises(rate_limits.LimitReached, match="AHOY_DAILY_LIMIT") as refusal:
        rate_limits.take_line()
    assert 0 < refusal.value.retry_after_s <= 24 * 3600
    ours(AHOY_DAILY_LIMIT=str(used + 4))
    assert rate_limits.take_line() == 1


def test_a_row_that_changes_while_it_is_swept_stays(number):
    table = Table(settings.current(), "sweeping")
    row = {"PartitionKey": number, "RowKey": "row", "at": "1"}
    table.insert(row)
    (found,) = table._client.query_entities(f"PartitionKey eq '{number}'")
    table.put(row | {"at": "2"})
    table._delete_unchanged(found)
    assert table.get(number, "row")[0]["at"] == "2"
    assert table.sweep("PartitionKey eq @p and at lt @at", {"p": number, "at": "3"}, lambda: None) == 1
    assert table.get(number, "row") is None
