"""What is deleted by age: records when the setting says so, and once a day what only work in progress needs."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from shared import settings
from shared.history import retention
from shared.store import broadcasts, messages, watermark
from shared.store.broadcasts import Broadcast, Recipient
from shared.store.tables import Table
from tests.tools.stand_in import LINE

NOW = datetime.now(UTC)


@pytest.fixture
def unswept(ours):
    """A line that has never swept; `unswept(NAME=value)` sets more."""
    Table(settings.current(), "reconcile").delete(watermark.PARTITION, retention.SWEPT)
    return ours


def keep(number, days):
    sid = f"SM{days}{number[1:]}".ljust(34, "0")
    parameters = {"MessageSid": sid, "From": number, "To": LINE, "Body": "x"}
    messages.table().add(messages.from_webhook(parameters, NOW - timedelta(days=days)))
    return sid


def broadcast(days, **more):
    at = (NOW - timedelta(days=days)).isoformat()
    known = {"state": "running", "total": 1, "batches": 1} | more
    made = Broadcast(id=uuid.uuid4().hex, at=at, since=at, from_=LINE, base="https://x.example", body="x", **known)
    broadcasts.add(made, ["+12025550122"], 50)
    return made.id


def done(name):
    broadcasts.close({Recipient(name, 0, "+12025550122"): {"state": "sent", "sid": "SM1"}})
    broadcasts.note_batch(name, 0, "done", sent=1, failed=0, opted_out=0, refused=0)
    return name


def test_records_are_kept_for_ever_unless_the_setting_says_otherwise(unswept, number):
    old, young = keep(number, 40), keep(number, 1)
    assert retention.apply(lambda: None) == 0
    unswept(AHOY_RETENTION_DAYS="30")
    assert retention.apply(lambda: None) >= 1
    assert (messages.table().get(old), bool(messages.table().get(young))) == (None, True)


@pytest.mark.parametrize("days", ["36500", "36501", "99999", "100000", "-1", "many"])
def test_a_century_deletes_nothing_and_neither_does_what_is_no_number_of_days(unswept, number, days):
    sid = keep(number, 40)
    unswept(AHOY_RETENTION_DAYS=days)
    assert retention.apply(lambda: None) == 0
    assert messages.table().get(sid)


@pytest.mark.usefixtures("unswept")
def test_what_only_work_in_progress_needs_is_swept_once_a_day():
    retention.apply(lambda: None)
    mark = watermark.get(retention.SWEPT)
    assert mark.at >= NOW
    retention.apply(lambda: None)
    assert watermark.get(retention.SWEPT) == mark


def test_who_got_a_broadcast_is_kept_for_a_month_and_the_counts_for_as_long_as_records(unswept):
    ended, waiting, young = done(broadcast(31)), broadcast(31, state="paused"), done(broadcast(1))
    retention.apply(lambda: None)
    assert [len(broadcasts.outcomes(name, 0)) for name in (ended, young)] == [0, 1]
    assert broadcasts.people(waiting, 0) == ["+12025550122"]
    assert [row["sent"] for row in broadcasts.batches(ended)] == [1]
    Table(settings.current(), "reconcile").delete(watermark.PARTITION, retention.SWEPT)
    unswept(AHOY_RETENTION_DAYS="30")
    retention.apply(lambda: None)
    assert (broadcasts.get(ended), list(broadcasts.batches(ended))) == (None, [])
    assert broadcasts.get(waiting)
    assert broadcasts.get(young)


@pytest.mark.usefixtures("unswept")
def test_a_run_without_time_stops():
    class OutOfTime(Exception):
        """As reconcile raises it."""

    def no_time():
        raise OutOfTime

    broadcast(1)
    with pytest.raises(OutOfTime):
        retention.apply(no_time)
    assert watermark.get(retention.SWEPT) is None
