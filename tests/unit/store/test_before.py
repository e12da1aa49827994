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
    numbers = {sid(number): number for number in range(9)}
    return [numbers[row["sid"]] for row in table.page(PageQuery(person=person))[0]]


def test_records_of_a_version_before_are_shown_as_they_were(table):
    assert listed(table) == [6, 3, 2, 1]
    assert listed(table, ANN) == [3, 2, 1]
    assert listed(table, BOB, f"whatsapp:{BOB}") == [6, 5]
    for row in table.page(PageQuery())[0]:
        assert row == table.get(row["sid"])
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


@pytest.mark.parametrize("writes", [0, 1, 2])
def test_an_adoption_that_was_cut_off_after_any_write_is_made_good(table, cut_off, writes):
    assert cut_off(writes, lambda: table.tell_known(sid(3), callback(3, "delivered")))
    assert table.get(sid(3))["status"] == ("delivered" if writes else "sent")
    for _ in range(2):
        assert table.tell_known(sid(3), callback(3, "delivered"))
    assert listed(table) == [6, 3, 2, 1]
    assert [row["status"] for row in table.page(PageQuery(person=(ANN,)))[0]] == ["delivered", "delivered", "received"]


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
    assert not any(one.is_due for one in list(folding.read(table, PageQuery())))


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("found_by", ["person", "time"])
@pytest.mark.parametrize("writes", [0, 1, 2, 3])
def test_a_record_of_a_version_before_goes_for_good_wherever_it_was_cut_off(table, cut_off, number, found_by, writes):
    if number == 3:
        table.tell(callback(3, "sent"))  # adopts it
    record = table.get(sid(number))
    if cut_off(writes, lambda: table.delete(record, found_by)):
        assert number in listed(table, *([ANN] if found_by == "person" else []))
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
