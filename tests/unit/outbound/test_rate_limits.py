"""How much may leave: counted before anything is sent, held by however many ask at once, closed without storage."""

import contextlib
import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest

from shared import clock as machine
from shared import settings
from shared.http.problem import Problem
from shared.outbound import rate_limits
from shared.outbound.rate_limits import LimitReached
from shared.store import clock, older
from shared.store.entities import key
from shared.store.tables import Table
from tests.tools.requests_in import api_request


def shown(**query):
    return rate_limits.show(api_request({}, "limits", method="GET", params=query))


def test_a_person_is_reached_so_many_times_an_hour(ours, number):
    ours(AHOY_PERSON_HOURLY_LIMIT="2")
    rate_limits.take_person(number)
    rate_limits.take_person(number)
    with pytest.raises(LimitReached) as full:
        rate_limits.take_person(number)
    assert (full.value.status, full.value.document["reason"]) == (429, "AHOY_PERSON_HOURLY_LIMIT")
    assert 0 < full.value.retry_after_s <= 3600


def test_a_new_hour_counts_from_nothing(ours, number):
    ours(AHOY_PERSON_HOURLY_LIMIT="1")
    row = {"PartitionKey": f"hours_{key(number)}", "RowKey": "2026-01-01T00", "hour": "2026-01-01T00", "count": 1}
    Table(settings.current(), "limits").put(row)
    rate_limits.take_person(number)
    with pytest.raises(LimitReached):
        rate_limits.take_person(number)


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        ({"AHOY_HOURLY_LIMIT": "5"}, "AHOY_HOURLY_LIMIT"),
        ({"AHOY_DAILY_LIMIT": "5"}, "AHOY_DAILY_LIMIT"),
        ({"AHOY_HOURLY_LIMIT": "5", "AHOY_DAILY_LIMIT": "5"}, "AHOY_DAILY_LIMIT"),
    ],
)
def test_the_line_gives_what_is_left_and_then_says_which_limit_and_for_how_long(uncounted, limits, named):
    uncounted(**limits)
    assert rate_limits.take_line(3) == 3
    assert rate_limits.take_line(3) == 2
    with pytest.raises(LimitReached) as full:
        rate_limits.take_line()
    assert full.value.document["reason"] == named
    assert 0 < full.value.retry_after_s <= (3600 if named == "AHOY_HOURLY_LIMIT" else 86_400)
    assert (shown().hour.used, shown().day.used) == (5, 5)


def test_as_many_as_may_get_through_when_all_ask_at_once(uncounted):
    uncounted(AHOY_HOURLY_LIMIT="12")

    def taken(_):
        try:
            return rate_limits.take_line()
        except LimitReached:
            return 0

    with ThreadPoolExecutor(8) as together:
        assert sum(together.map(taken, range(30))) == 12


class _Instances:
    """Instances whose clocks differ: each time that one is asked, it is another's."""

    def __init__(self, *off: timedelta):
        self._off = itertools.cycle(off)

    def now(self, zone):
        return datetime.now(zone) + next(self._off)


@pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(days=-1), timedelta(minutes=61), timedelta(days=400)])
def test_the_limits_do_not_begin_anew_for_an_instance_whose_clock_is_wrong(uncounted, number, monkeypatch, off):
    uncounted(AHOY_HOURLY_LIMIT="6", AHOY_PERSON_HOURLY_LIMIT="3")
    for module in (rate_limits, clock, machine):
        monkeypatch.setattr(module, "datetime", _Instances(timedelta(), off), raising=False)
    taken = 0
    for _ in range(12):
        with contextlib.suppress(LimitReached):
            taken += rate_limits.take_line()
    assert taken == 6
    taken = 0
    for _ in range(8):
        with contextlib.suppress(LimitReached):
            rate_limits.take_person(number)
            taken += 1
    assert taken == 3
    rate_limits.note_refusal("country")
    rate_limits.note_refusal("country")
    assert (shown().hour.used, shown().date, shown().refused) == (6, datetime.now(UTC).date(), {"country": 2})


def test_a_count_is_not_taken_back_to_an_hour_that_has_passed(uncounted):
    """Two front ends of the storage may say the turn of an hour in another order than they write."""
    uncounted(AHOY_HOURLY_LIMIT="2")
    table, soon = Table(settings.current(), "limits"), datetime.now(UTC) + timedelta(hours=1)
    table.put(
        {"PartitionKey": rate_limits.LINE, "RowKey": rate_limits.ROW, "hour": f"{soon:%Y-%m-%dT%H}", "in_hour": 1}
    )
    assert rate_limits.take_line(2) == 1
    with pytest.raises(LimitReached):
        rate_limits.take_line()


@pytest.mark.parametrize("off", [timedelta(hours=-1), timedelta(hours=1)])
def test_a_person_is_counted_in_the_hour_that_the_storage_says(uncounted, number, off):
    uncounted(AHOY_PERSON_HOURLY_LIMIT="1")
    full = {"RowKey": f"{datetime.now(UTC) + off:%Y-%m-%dT%H}", "hour": "", "count": 1}
    Table(settings.current(), "limits").put(full | {"PartitionKey": f"hours_{number}"})
    for allowed in (True, False):
        clock.storage.note(format_datetime(datetime.now(UTC) + off))  # until the next answer
        with contextlib.nullcontext() if allowed else pytest.raises(LimitReached):
            rate_limits.take_person(number)


@pytest.mark.parametrize("ahead", [0, 1])
def test_what_an_older_version_counted_for_a_person_is_counted_on(uncounted, number, monkeypatch, ahead):
    """The row is one that commit 19c95f4 wrote, but for number and hour."""
    uncounted(AHOY_PERSON_HOURLY_LIMIT="3")
    monkeypatch.setattr(older, "LOOKS_S", 0)
    hour = f"{datetime.now(UTC) + timedelta(hours=ahead):%Y-%m-%dT%H}"
    row = {"PartitionKey": f"person_{number}", "RowKey": "row", "hour": hour, "count": 2}
    Table(settings.current(), "limits").put(row)
    rate_limits.take_person(number)
    with pytest.raises(LimitReached):
        rate_limits.take_person(number)
    Table(settings.current(), "limits").put(row | {"PartitionKey": f"person_{number}0", "count": 3})
    with pytest.raises(LimitReached):
        rate_limits.take_person(f"{number}0")


def test_the_first_of_an_hour_is_counted_by_one_request(uncounted, number, requests_of):
    uncounted()
    rate_limits.take_person(number + "0")
    assert requests_of(lambda: rate_limits.take_person(number)) == 1


def test_refusals_are_shown_by_reason_and_day(uncounted):
    uncounted(AHOY_HOURLY_LIMIT="7", AHOY_DAILY_LIMIT="9", AHOY_PERSON_HOURLY_LIMIT="3")
    for reason in ("country", "country", "opted-out"):
        rate_limits.note_refusal(reason)
    today = shown()
    assert today.refused == {"country": 2, "opted-out": 1}
    assert (today.hour.limit, today.day.limit, today.person_hourly_limit) == (7, 9, 3)
    assert (shown(day="2026-01-02").date, shown(day="2026-01-02").refused) == (date(2026, 1, 2), {})


def test_without_storage_nothing_is_let_out_and_a_refusal_stays_one(storage_away, number):
    storage_away()
    for take in (lambda: rate_limits.take_person(number), rate_limits.take_line, shown):
        with pytest.raises(Problem) as down:
            take()
        assert down.value.status == 503
    rate_limits.note_refusal("country")


def test_counts_of_past_days_and_old_refusals_are_swept(uncounted, number):
    uncounted()
    old = datetime.now(UTC) - rate_limits.REFUSALS_KEPT - timedelta(days=1)
    table = Table(settings.current(), "limits")
    past = {"RowKey": rate_limits.ROW, "hour": f"{old:%Y-%m-%dT%H}", "count": 1}
    for partition in (f"person_{number}", f"hours_{number}"):
        table.put(past | {"PartitionKey": partition})
    table.put({"PartitionKey": f"refused_{old:%Y-%m-%d}", "RowKey": rate_limits.ROW, "refused": "{}"})
    rate_limits.take_line()
    rate_limits.note_refusal("country")
    assert rate_limits.sweep(lambda: None) == 3
    assert sorted(row["PartitionKey"] for row in table.rows()) == ["line", f"refused_{datetime.now(UTC):%Y-%m-%d}"]
