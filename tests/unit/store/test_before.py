"""Records of versions before are shown, told of, folded and deleted as any others; none of them is lost or doubled.

rows_of_0_3.json was written by the layout before itself, at commit 9ecc4c6: a text with its price, one delivered, one
on its way, two whose writing was cut off after the first and the second of three rows, one under an address; a call.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.store import before, calls, folding, messages
from shared.store.indexed import IndexedTable, PageQuery
from shared.store.tables import Table

ROWS = json.loads(Path(__file__).with_name("rows_of_0_3.json").read_text(encoding="utf-8"))
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LINE, ANN, BOB = "+12025550100", "+12025550122", "+12025550133"
PRICED = {"price": "-0.0079", "price_unit": "USD"}


@pytest.fixture
def kept(storage, fresh_table, environ):
    """Return a table that a version before has filled: `kept("messages")`."""
    environ(AzureWebJobsStorage=storage.storage_connection)

    def table(kind, join=messages.join):
        name = fresh_table("b")
        for part in ("", "byperson", "bytime"):
            for row in ROWS[kind + part]:
                assert Table(storage, name + part).insert(row)
        return IndexedTable(storage, name, join)

    return table


@pytest.fixture
def table(kept):
    return kept("messages")


def sid(number):
    return f"SM{number:032x}"


def text(number, person=ANN, body="Good morning"):
    told = {"MessageSid": sid(number), "From": person, "To": LINE, "Body": body}
    return messages.from_webhook(told, NOON + timedelta(hours=1))


def callback(number, status):
    told = {"MessageSid": sid(number), "MessageStatus": status, "From": LINE, "To": ANN}
    return messages.from_callback(told, NOON + timedelta(minutes=1))


def listed(table, *person):
    return numbers(table.page(PageQuery(person=person))[0])


def numbers(records):
    known = {sid(number): number for number in range(9)}
    return [known[row["sid"]] for row in records]


def shown(table, size=9):
    """Return all records as pages of a size show them, which is how whoever goes through all sees them."""
    records, token = table.page(PageQuery(size))
    while token:
        more, token = table.page(PageQuery(size, token))
        records += more
    assert [one.record for one in folding.read(table, PageQuery(size))] == records
    return records


def test_records_of_a_version_before_are_shown_as_they_were(table):
    assert listed(table) == [6, 3, 2, 1]
    assert listed(table, ANN) == [3, 2, 1]
    assert listed(table, BOB, f"whatsapp:{BOB}") == [6, 5]
    assert shown(table) == [table.get(row["sid"]) for row in table.page(PageQuery())[0]]
    assert table.get(sid(1))["price"] == "-0.0079"
    assert table.get(sid(4))["body"] == "only the truth"
    assert "version" not in table.get(sid(2))


@pytest.mark.parametrize("number", [1, 4, 5])
def test_a_text_of_a_version_before_that_comes_again_is_no_new_one(table, number):
    """The writing of 4 and 5 was cut off, so that this is what heals it."""
    was = table.get(sid(number))
    assert table.add(text(number, was["person"], was["body"])) is False
    assert table.get(sid(number)) == was
    assert listed(table).count(number) == listed(table, was["person"]).count(number) == 1
    assert table.add(text(number, was["person"], was["body"])) is False


def test_a_record_of_a_version_before_moves_on_in_all_orders(table):
    assert table.tell_known(sid(3), callback(3, "delivered"))
    assert [row["status"] for row in table.page(PageQuery())[0]] == ["received", "delivered", "delivered", "received"]
    assert [row["status"] for row in table.page(PageQuery(person=(ANN,)))[0]] == ["delivered", "delivered", "received"]
    table.tell(callback(3, "read"))
    assert table.get(sid(3))["status"] == "read"
    assert table._before.row(sid(3)) is None


@pytest.mark.parametrize("size", [1, 2, 3])
def test_records_of_a_version_before_are_each_on_one_page_among_those_of_today(table, size):
    table.add(text(7))
    assert numbers(shown(table, size)) == [7, 6, 3, 2, 1]
    assert numbers(table.since(NOON, (ANN,), 9)) == [7, 3, 2, 1]
    assert numbers(table.since(NOON, (ANN,), size)) == [7, 3, 2, 1][:size]
    assert numbers(table.page(PageQuery(size, until=NOON + timedelta(seconds=3)))[0]) == [2, 1][:size]


ADOPTED = [(3, "delivered", 3), (2, "read", 5)]  # the second is in another partition than that of today
CUT_OFF = [(number, status, n) for number, status, writes in ADOPTED for n in range(writes)]


@pytest.mark.parametrize(("number", "status", "writes"), CUT_OFF)
def test_an_adoption_that_was_cut_off_after_any_write_is_made_good(table, cut_off, number, status, writes):
    was = table.get(sid(number))["status"]
    assert cut_off(writes, lambda: table.tell_known(sid(number), callback(number, status)))
    for _ in range(3):
        assert numbers(shown(table)) == [6, 3, 2, 1]
        assert {row["status"] for row in shown(table) if row["sid"] == sid(number)} == {status if writes else was}
        assert table.get(sid(number))["status"] == (status if writes else was)
        assert table.tell_known(sid(number), callback(number, status))
        writes = 1
    assert {row["status"] for row in table.page(PageQuery(person=(ANN,)))[0] if row["sid"] == sid(number)} == {status}


@pytest.mark.parametrize(("number", "status", "writes"), CUT_OFF)
@pytest.mark.parametrize("found_by", ["person", "time"])
def test_what_was_adopted_goes_for_good_although_that_was_cut_off(table, cut_off, number, status, writes, found_by):
    cut_off(writes, lambda: table.tell_known(sid(number), callback(number, status)))
    table.delete(table.get(sid(number)), found_by)
    assert (table.get(sid(number)), listed(table).count(number), listed(table, ANN).count(number)) == (None, 0, 0)


def test_what_is_adopted_is_in_the_partition_of_today_alone(table):
    table.tell(callback(2, "read"))
    assert [row["PartitionKey"] for row, _ in table.rows(PageQuery())[0]] == ["3", "0", "0", "0"]
    assert [row["sid"] for row in table.by_time.between("2", "", "\uffff", 9)] == []


def test_many_that_tell_a_record_of_a_version_before_at_once_lose_nothing(table):
    states = ["sending", "sent", "delivered", "read"] * 3
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda status: table.tell(callback(3, status)), states))
    folding.fold(table, [(one, PRICED) for one in list(folding.read(table, PageQuery())) if not one.is_of_before])
    found = table.get(sid(3))
    assert (found["status"], found["price"], found["at"]) == ("read", "-0.0079", "2026-11-24T12:00:03.000+00:00")
    assert set(json.loads(found["life"])) == {"queued", "sending", "sent", "delivered", "read"}
    assert listed(table) == [6, 3, 2, 1]
    assert table.page(PageQuery(person=(ANN,)))[0][0] == found


def test_records_of_a_version_before_are_at_rest(table):
    assert [one.is_due for one in folding.read(table, PageQuery())] == [False] * 4


def test_what_is_adopted_while_a_page_is_read_is_on_it(table, monkeypatch):
    real, meanwhile = Table.between_with_etags, iter([lambda: table.tell(callback(2, "read"))])

    def read(*arguments, **named):
        rows = real(*arguments, **named)
        next(meanwhile, lambda: None)()
        return rows

    monkeypatch.setattr(Table, "between_with_etags", read)
    assert listed(table) == [6, 3, 2, 1]
    assert list(meanwhile) == []


def test_a_record_that_is_adopted_while_it_is_looked_for_is_found(table, monkeypatch):
    real, meanwhile = IndexedTable.place, iter([lambda: table.tell(callback(2, "read"))])

    def place(*arguments):
        found = real(*arguments)
        next(meanwhile, lambda: None)()
        return found

    monkeypatch.setattr(IndexedTable, "place", place)
    assert table.get(sid(2))["status"] == "read"
    assert list(meanwhile) == []


def test_what_is_deleted_while_it_is_adopted_stays_away_and_so_does_its_copy(table, monkeypatch):
    real, was = IndexedTable.fold_into_copy, table.get(sid(2))

    def fold_into_copy(*arguments, **named):
        table.delete(was, "person")
        real(*arguments, **named)

    monkeypatch.setattr(IndexedTable, "fold_into_copy", fold_into_copy)
    table.tell_known(sid(2), callback(2, "read"))
    assert (table.get(sid(2)), listed(table).count(2), listed(table, ANN).count(2)) == (None, 0, 0)


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("found_by", ["person", "time"])
@pytest.mark.parametrize("writes", [0, 1, 2, 3, 4, 5])
def test_a_record_of_a_version_before_goes_for_good_wherever_it_was_cut_off(table, cut_off, number, found_by, writes):
    if number == 3:
        table.tell(callback(3, "sent"))  # adopts it
    record = table.get(sid(number))
    cut_off(writes, lambda: table.delete(record, found_by))
    if number in listed(table, *([ANN] if found_by == "person" else [])):
        table.delete(record, found_by)
    assert (table.get(sid(number)), listed(table).count(number), listed(table, ANN).count(number)) == (None, 0, 0)


def test_a_recording_joins_a_call_of_a_version_before(kept):
    table, call = kept("calls", calls.join), f"CA{7:032x}"
    assert table.tell_known(call, {"missed": True})
    (shown,), _ = table.page(PageQuery(person=(ANN,)))
    assert shown == table.get(call)
    assert (shown["missed"], shown["duration_s"], "RE" + "7" * 32 in shown["recordings"]) == (True, 12, True)


def test_a_table_that_versions_before_never_filled_is_asked_once(storage, fresh_table, monkeypatch):
    table, asked = before.Before(storage, fresh_table("b")), []
    monkeypatch.setattr(Table, "rows", lambda *_, **__: asked.append(1) or [])
    assert [table.row(sid(n)) for n in range(9)] == [None] * 9
    assert len(asked) == 1
    table._looks_again = 0.0
    monkeypatch.undo()
    table.insert({"PartitionKey": sid(1), "RowKey": "row", "body": "of a backup"})
    assert table.row(sid(1))["body"] == "of a backup"
