"""What was told of a record becomes one with it and its copy, whoever else writes, and wherever it is cut off."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import permutations

import pytest

from shared.store import folding, merge, messages
from shared.store.indexed import IndexedTable, PageQuery
from shared.store.tables import at_once

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LINE, WHO = "+12025550100", "+12025550122"
SID = "SM" + "a" * 32
PRICED = {"price": "-0.0079", "price_unit": "USD"}


@pytest.fixture
def table(storage, fresh_table):
    return IndexedTable(storage, fresh_table("f"), messages.join)


def sent(sid=SID, at=NOON):
    return messages.sent(sid, LINE, WHO, "hello", "queued", at)


def callback(status, seconds=1, sid=SID):
    told = {"MessageSid": sid, "MessageStatus": status, "From": LINE, "To": WHO}
    return messages.from_callback(told, NOON + timedelta(seconds=seconds))


LIFE = [callback(status, n + 1) for n, status in enumerate(("sending", "sent", "delivered", "read"))]


def lived(table):
    table.add(sent())
    for event in LIFE:
        table.tell(event, NOON)
    return folding.find(table, SID)


def whole(*more):
    """Return the record to which everything comes."""
    return reduce(messages.join, [*LIFE, *more], sent())


def everywhere(table):
    pages = (table.page(query)[0] for query in (PageQuery(), PageQuery(person=(WHO,))))
    return [table.get(SID)], *pages


def stored(table):
    return list(folding.read(table, PageQuery()))


def test_a_life_is_folded_with_its_price_into_the_record_and_its_copy(table):
    folding.fold(table, [(lived(table), PRICED)])
    assert everywhere(table) == ([whole(PRICED)],) * 3
    (one,) = stored(table)
    assert set(one.row) == {*whole(PRICED), "PartitionKey", "RowKey", "copied"}
    assert not one.is_due


def test_what_rests_is_left_and_what_does_not_is_due(table):
    one = lived(table)
    assert one.is_due  # it is days old
    folding.fold(table, [(one, None)])
    assert not stored(table)[0].is_due
    table.tell(callback("read", 99), NOON)
    assert stored(table)[0].is_due


@pytest.mark.parametrize(
    ("minutes", "status", "is_due"),
    [(1, "delivered", False), (30, "sent", False), (30, "delivered", True), (1500, "sent", True)],
)
def test_what_is_young_or_goes_on_is_not_due(table, minutes, status, is_due):
    at = datetime.now(UTC) - timedelta(minutes=minutes)
    table.add(sent(at=at))
    folding.fold(table, [(folding.find(table, SID), None)])
    table.tell(callback(status), at)
    assert [one.is_due for one in stored(table)] == [is_due]


@pytest.mark.parametrize("writes", [0, 1])
def test_a_fold_that_was_cut_off_after_any_write_is_made_good_by_the_next(table, cut_off, writes):
    one = lived(table)
    assert cut_off(writes, lambda: folding.fold(table, [(one, PRICED)]))
    (one,) = stored(table)
    assert one.is_due
    folding.fold(table, [(one, PRICED)])
    assert everywhere(table) == ([whole(PRICED)],) * 3
    assert not cut_off(2, lambda: folding.fold(table, [(stored(table)[0], PRICED)]))


def test_a_copy_that_a_crash_left_out_is_made_of_the_record(table, cut_off):
    assert cut_off(1, lambda: table.add(sent()))
    assert table.page(PageQuery(person=(WHO,)))[0] == []
    (one,) = stored(table)
    assert one.is_due
    folding.fold(table, [(one, None)])
    assert everywhere(table) == ([sent()],) * 3


def test_what_is_told_between_the_reading_and_the_fold_is_in_both(table):
    table.add(sent())
    before = folding.find(table, SID)
    for event in LIFE:
        table.tell(event, NOON)
    folding.fold(table, [(before, PRICED)])
    assert everywhere(table) == ([whole(PRICED)],) * 3


def test_a_slow_fold_takes_nothing_back_wherever_it_ends(table, cut_off):
    table.add(sent())
    before = folding.find(table, SID)
    folding.fold(table, [(lived(table), PRICED)])
    assert cut_off(1, lambda: folding.fold(table, [(before, None)]))
    assert everywhere(table) == ([whole(PRICED)],) * 3
    folding.fold(table, [(before, None)])
    assert everywhere(table) == ([whole(PRICED)],) * 3


def test_what_was_deleted_before_the_fold_stays_away_and_so_does_its_copy(table):
    one = lived(table)
    table.delete(one.record, "person")
    folding.fold(table, [(one, PRICED)])
    assert everywhere(table) == ([None], [], [])


@pytest.mark.parametrize("found_by", ["person", "time"])
def test_what_is_folded_while_it_is_deleted_stays_away_and_so_does_its_copy(table, monkeypatch, found_by):
    real, one = IndexedTable._delete_truth, lived(table)

    def delete_truth(*arguments):
        folding.fold(table, [(one, PRICED)])
        real(*arguments)

    monkeypatch.setattr(IndexedTable, "_delete_truth", delete_truth)
    table.delete(one.record, found_by)
    assert everywhere(table) == ([None], [], [])


def test_a_copy_that_is_made_by_a_fold_tells_when_it_was_as_the_record_does(table, cut_off):
    """Each event has a time of its own, which is not that of the record."""
    for n in range(9):
        sid = f"SM{n:032x}"
        assert cut_off(1, lambda sid=sid: table.add(sent(sid)))
        table.tell(callback("delivered", n, sid=sid), NOON)
        before = folding.find(table, sid)
        folding.fold(table, [(before, None)])
        table.tell(callback("read", n + 1, sid=sid), NOON)
    shown = [table.page(query)[0] for query in (PageQuery(), PageQuery(person=(WHO,)))]
    assert {row["at"] for row in shown[0]} == {merge.moment(NOON)}
    assert shown[0] == shown[1]


def test_what_is_told_after_the_fold_is_in_the_list_of_the_person_at_once(table):
    folding.fold(table, [(lived(table), PRICED)])
    table.tell({"sid": SID, "person": WHO, "media": "[]"}, NOON)
    table.tell(callback("read", 0), NOON)
    assert everywhere(table) == ([whole(PRICED, callback("read", 0), {"media": "[]"})],) * 3


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
def test_many_that_tell_twice_and_many_that_fold_end_in_one_record_everywhere(table, order):
    table.add(sent())

    def work(n):
        if n % 3 == 2:
            folding.fold(table, [(one, PRICED) for one in stored(table)])
        else:
            table.tell(LIFE[order[n % 4]], NOON if n % 2 else None)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(16)))
    for event in LIFE:
        table.tell(event, NOON)
    folding.fold(table, [(one, PRICED) for one in stored(table)])
    assert everywhere(table) == ([whole(PRICED)],) * 3
    assert [one.is_due for one in stored(table)] == [False]


def test_many_rows_are_folded_together_and_one_that_changed_meanwhile_alone(table):
    sids = [f"SM{n:032x}" for n in range(40)]
    at_once(table.add, [sent(sid) for sid in sids])
    found = stored(table)
    table.tell(callback("delivered", sid=sids[7]), NOON)
    folding.fold(table, [(one, PRICED) for one in found])
    rows = stored(table)
    assert [one.is_due for one in rows] == [False] * 40
    assert {one.record["price"] for one in rows} == {PRICED["price"]}
    assert [one.record["status"] for one in rows if one.record["sid"] == sids[7]] == ["delivered"]


def test_what_is_long_is_told_and_folded_in_pieces_that_the_service_takes(table):
    body = "x" * 40_000 + "\U0001f642\udcff"
    table.add(sent())
    table.tell(LIFE[2] | {"parameters": body}, NOON)
    folding.fold(table, [(folding.find(table, SID), {"media": body})])
    shown = messages.join(messages.join(sent(), LIFE[2] | {"parameters": body}), {"media": body})
    assert everywhere(table) == ([shown],) * 3


def test_large_records_go_into_several_transactions():
    long = [folding.Stored({"PartitionKey": "0"}, "", {"body": "x" * 100_000}) for _ in range(12)]
    assert [len(some) for some in folding._transactions(long)] == [5, 5, 2]


def test_an_event_that_is_known_is_appended_to_a_fold_without_changing_it(table):
    folding.fold(table, [(lived(table), PRICED)])
    before = everywhere(table)
    for event in LIFE:
        table.tell(event, NOON)
    assert everywhere(table) == before
    assert merge.has_ended(table.get(SID))
