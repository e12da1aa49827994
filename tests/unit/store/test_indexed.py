"""Rows by SID in a real storage emulator: any order, twice, at once, cut off between two writes; read by page."""

import itertools
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from azure.core.exceptions import ServiceResponseError

from shared.store import merge, messages
from shared.store.indexed import BadToken, IndexedTable, PageQuery, newest_first, shard
from shared.store.tables import Table, key

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WHO = ("+12025550122",)


@pytest.fixture
def table(storage, fresh_table):
    return IndexedTable(storage, fresh_table("m"), messages.join)


def text(number, person="+12025550122", at=NOON):
    sid = f"SM{number:032x}"
    parameters = {"MessageSid": sid, "From": person, "To": "+12025550100", "Body": f"text {number}"}
    return messages.from_webhook(parameters, at + timedelta(seconds=number))


def numbers(rows):
    return [int(row["sid"].lstrip("SM0") or "0", base=16) for row in rows]


def all_pages(table, person=(), **more):
    rows, token, pages = [], "", 0
    while True:
        page, token = table.page(PageQuery(token=token, person=person, **more))
        rows, pages = rows + page, pages + 1
        if not token:
            return rows, pages


def test_a_message_that_is_told_twice_is_one_row(table):
    assert [table.add(text(1)), table.add(text(1))] == [True, False]
    assert numbers(all_pages(table)[0]) == [1]
    assert table.get(text(1)["sid"]) == text(1)


def test_a_message_that_many_tell_at_once_is_one_row_in_each_order(table):
    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(lambda _: table.add(text(7)), range(48)))
    assert outcomes.count(True) == 1
    assert numbers(all_pages(table)[0]) == numbers(all_pages(table, person=WHO)[0]) == [7]


def test_pages_are_newest_first_and_hold_each_row_once_over_all_shards(table):
    order = list(range(50))
    random.Random(1).shuffle(order)  # noqa: S311 -- any order will do
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: table.add(text(n)), order))
    assert len({shard(text(n)["sid"]) for n in range(50)}) == 4
    rows, pages = all_pages(table, size=7)
    assert (numbers(rows), pages) == (list(range(49, -1, -1)), 8)


def test_a_page_goes_on_where_it_was_although_newer_rows_came(table):
    for n in range(6):
        table.add(text(n))
    first, token = table.page(PageQuery(3))
    table.add(text(99))
    assert numbers(first) + numbers(table.page(PageQuery(3, token))[0]) == [5, 4, 3, 2, 1, 0]


def test_a_person_whose_records_are_under_several_keys_has_one_list(table):
    """Records were once kept under the address that somebody wrote from."""
    keys = ("+12025550122", "whatsapp:+12025550122")
    for n in range(6):
        table.add(text(n) | {"person": keys[n % 2]})
    assert numbers(all_pages(table, person=keys, size=2)[0]) == [5, 4, 3, 2, 1, 0]
    assert numbers(all_pages(table, person=keys[1:], size=2)[0]) == [5, 3, 1]


def test_a_person_and_a_period_narrow_a_list(table):
    for n in range(10):
        table.add(text(n, person=f"+1202555012{n % 2}"))
    assert numbers(all_pages(table, person=("+12025550121",), size=2)[0]) == [9, 7, 5, 3, 1]
    period = {"since": NOON + timedelta(seconds=3), "until": NOON + timedelta(seconds=6)}
    assert numbers(all_pages(table, **period)[0]) == [5, 4, 3]
    assert numbers(all_pages(table, person=("+12025550120",), **period, size=1)[0]) == [4]


EVER = [
    datetime.min.replace(tzinfo=UTC), datetime(1969, 12, 31, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2286, 11, 21, tzinfo=UTC), datetime.max.replace(tzinfo=UTC),
]  # fmt: skip


@pytest.mark.parametrize("moment", EVER, ids=lambda moment: str(moment.year))
def test_a_period_may_begin_and_end_at_any_moment_that_there_is(table, moment):
    """A moment before 1970 once had a digit more than others, and everything was older than it."""
    for number in range(3):
        table.add(text(number))
    is_past = moment < NOON
    for person in ((), WHO):
        assert len(table.page(PageQuery(since=moment, person=person))[0]) == (3 if is_past else 0)
        assert len(table.page(PageQuery(until=moment, person=person))[0]) == (0 if is_past else 3)
    assert len(table.page(PageQuery(since=EVER[0], until=EVER[-1]))[0]) == 3


def test_a_row_of_a_moment_that_no_key_can_hold_is_refused_and_changes_nothing(table):
    for year in (1969, 2287):
        with pytest.raises(ValueError, match=f"{year}"):
            table.add(text(1, at=NOON.replace(year=year)))
        assert table.get(text(1)["sid"]) is None


@pytest.mark.parametrize("token", ["x", "====", "ü", "MTIz", "JyBvciAnMScgZXEgJzE", "a" * 5000])
def test_a_page_token_that_was_not_given_out_is_refused(table, token):
    with pytest.raises(BadToken):
        table.page(PageQuery(5, token))


def test_callbacks_that_come_at_once_and_out_of_order_end_in_the_last_state(table):
    sid = "SM" + "a" * 32
    events = [
        messages.from_callback(
            {"MessageSid": sid, "MessageStatus": status, "From": "+12025550100", "To": "+12025550122"}, NOON
        )
        for status in ("delivered", "sent", "queued", "sending", "sent", "delivered", "queued")
    ]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(table.add, events))
    found = table.get(sid)
    assert found["status"] == "delivered"
    assert set(merge._opened(found["life"])) == {"queued", "sending", "sent", "delivered"}
    assert all_pages(table)[0] == all_pages(table, person=WHO)[0] == [found]


def test_a_callback_that_is_earlier_than_its_message_lacks_only_what_the_log_then_adds(table):
    sid = "SM" + "b" * 32
    table.add(
        messages.from_callback(
            {"MessageSid": sid, "MessageStatus": "sent", "From": "+12025550100", "To": "+12025550122"}, NOON
        )
    )
    assert "body" not in table.get(sid)
    table.add(messages.sent(sid, "+12025550100", "+12025550122", "hello", "queued", NOON))
    assert (table.get(sid)["body"], table.get(sid)["status"]) == ("hello", "sent")


def test_of_two_that_change_a_row_at_the_same_moment_neither_is_lost(table):
    table.add(text(1))
    both_have_read = Barrier(2, timeout=10)

    def change(column):
        first = iter([True])

        def merge(row):
            if next(first, False):
                both_have_read.wait()
            return row | {column: "told"}

        return table.change(text(1)["sid"], merge)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(change, ["price", "error_code"]))
    assert (table.get(text(1)["sid"])["price"], table.get(text(1)["sid"])["error_code"]) == ("told", "told")


@pytest.mark.parametrize("writes", [1, 2])
def test_a_crash_between_any_two_writes_heals_on_the_next_delivery(table, monkeypatch, writes):
    real, done = Table.insert, itertools.count(1)

    def cut_off(self, entity):
        if next(done) > writes:
            raise ServiceResponseError("the process ended here")
        return real(self, entity)

    monkeypatch.setattr(Table, "insert", cut_off)
    with pytest.raises(ServiceResponseError):
        table.add(text(1))
    monkeypatch.undo()
    assert all_pages(table)[0] == []
    assert table.add(text(1)) is False
    assert numbers(all_pages(table)[0]) == numbers(all_pages(table, person=WHO)[0]) == [1]


def test_a_copy_never_goes_back_to_an_earlier_version(table):
    table.add(text(1))
    stale = table._rows.get(key(text(1)["sid"]), "row")[0]
    table.change(text(1)["sid"], lambda row: row | {"price": "-0.0079"})
    table._copy(stale)
    assert all_pages(table)[0][0]["price"] == all_pages(table, person=WHO)[0][0]["price"] == "-0.0079"


@pytest.mark.parametrize("found_by", ["person", "time"])
def test_a_deletion_that_was_cut_off_is_found_again_by_the_order_it_went_by(table, monkeypatch, found_by):
    table.add(text(1))
    real, done = Table.delete, itertools.count(1)

    def cut_off(self, partition, row):
        if next(done) > 2:
            raise ServiceResponseError("the process ended here")
        real(self, partition, row)

    monkeypatch.setattr(Table, "delete", cut_off)
    with pytest.raises(ServiceResponseError):
        table.delete(text(1), found_by)
    monkeypatch.undo()
    listed = all_pages(table, person=WHO if found_by == "person" else ())[0]
    assert numbers(listed) == [1]
    table.delete(listed[0], found_by)
    assert all_pages(table)[0] == all_pages(table, person=WHO)[0] == []


def test_people_and_texts_that_the_service_would_refuse_as_keys_are_kept_all_the_same(table):
    person = "client:a/b\\c#d?e%@example.com"
    table.add(text(1, person=person) | {"body": "x" * 40_000 + "🙂"})
    rows = all_pages(table, person=(person,))[0]
    assert rows[0]["person"] == person
    assert rows[0]["body"] == "x" * 40_000 + "🙂"
    assert newest_first(rows[0]["at"], rows[0]["sid"]).isascii()
