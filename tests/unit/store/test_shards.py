"""Several partitions are read as one; those of versions before as long as they have rows."""

from datetime import UTC, datetime, timedelta
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.store import folding, messages, older
from shared.store.indexed import IndexedTable, PageQuery
from shared.store.order import claim, newest_first
from shared.store.shards import Shards, merged
from shared.store.tables import Table

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LINE, ANN = "+12025550100", "+12025550122"
KEYS = st.lists(st.integers(0, 40).map(lambda number: f"{number:03d}"), unique=True, max_size=30)


@given(parts=st.lists(KEYS, max_size=5))
def test_they_are_one_list_that_has_each_key_once_from_the_first_that_has_it(parts):
    rows = [[({"RowKey": key}, str(n)) for key in sorted(keys)] for n, keys in enumerate(parts)]
    first = {key: str(n) for n, keys in reversed(list(enumerate(parts))) for key in keys}
    assert [(row["RowKey"], etag) for row, etag in merged(rows)] == sorted(first.items())


@pytest.fixture
def by_time(storage, fresh_table):
    return Table(storage, fresh_table("s"))


def fill(by_time, **rows):
    """Let a table have rows: `fill(by_time, _0="1234", _2="56")`."""
    for partition, keys in rows.items():
        by_time.put_all([{"PartitionKey": partition[1:], "RowKey": key} for key in keys])


def test_partitions_of_before_are_read_with_that_of_today_as_long_as_there_are_any(by_time, monkeypatch, requests_of):
    shards = Shards(by_time)
    fill(by_time, _0="1379")
    assert requests_of(lambda: list(shards.read("", "~", 9))) == 2  # one asks whether there are others
    assert (
        requests_of(lambda: list(shards.read("", "~", 9))) == requests_of(lambda: list(shards.through("", "~", 9))) == 1
    )
    fill(by_time, _1="24", _2="8", _3="56")
    monkeypatch.setattr(older, "LOOKS_S", 0)
    assert "".join(row["RowKey"] for row, _ in shards.read("2", "9", 9)) == "345678"
    assert "".join(row["RowKey"] for row, _ in shards.read("2", "9", 2)).startswith("34")


@pytest.mark.parametrize("size", [1, 2, 3, 9])
def test_whoever_goes_through_all_sees_each_once_some_held_at_a_time(by_time, size):
    fill(by_time, _0="13579", _1="2347", _3="6")
    found = [(row["RowKey"], row["PartitionKey"]) for row, _ in Shards(by_time).through("1", "9", size)]
    assert found == [("2", "1"), ("3", "0"), ("4", "1"), ("5", "0"), ("6", "3"), ("7", "0")]


class Unreleased:
    """Rows of a layout between 0.3 and today that had a record and its claim in each of four partitions."""

    def __init__(self, storage, name):
        self.table = IndexedTable(storage, name, messages.join)
        numbers = range(99)
        self.sid = next(sid for sid in (f"SM{n:032x}" for n in numbers) if crc32(sid.encode()) % 4 == 2)
        self.record = messages.sent(self.sid, LINE, ANN, "hello", "queued", NOON)
        self.table.add(self.record)
        self.keys = claim(self.sid), newest_first(self.record["at"], self.sid)
        for key in self.keys:
            row, _ = self.table.by_time.get("0", key)
            self.table.by_time.insert(row | {"PartitionKey": "2"})
            self.table.by_time.delete("0", key)

    def callback(self, status):
        told = {"MessageSid": self.sid, "MessageStatus": status, "From": LINE, "To": ANN}
        return messages.from_callback(told, NOON + timedelta(seconds=1))

    def statuses(self):
        pages = (self.table.page(query)[0] for query in (PageQuery(), PageQuery(person=(ANN,))))
        records = [self.table.get(self.sid), *(row for rows in pages for row in rows)]
        return [row["status"] for row in records if row]


@pytest.fixture
def unreleased(storage, fresh_table, environ):
    environ(AzureWebJobsStorage=storage.storage_connection)
    return Unreleased(storage, fresh_table("u"))


def test_a_record_with_its_claim_in_another_partition_is_told_of_and_folded_there(unreleased):
    table = unreleased.table
    assert unreleased.statuses() == ["queued"] * 3
    table.tell(unreleased.callback("sent"), NOON)
    assert unreleased.statuses() == ["sent"] * 3
    table.tell(unreleased.callback("delivered"))
    folding.fold(table, [(folding.find(table, unreleased.sid), {"price": "-0.0079"})])
    assert unreleased.statuses() == ["delivered"] * 3
    assert [one.is_due for one in folding.read(table, PageQuery())] == [False]
    assert not any(table.by_time.get("0", key) for key in unreleased.keys)


@pytest.mark.parametrize("found_by", ["person", "time"])
def test_a_record_with_its_claim_in_another_partition_goes_for_good(unreleased, found_by):
    unreleased.table.delete(unreleased.record, found_by)
    assert unreleased.statuses() == []
    assert not any(unreleased.table.by_time.get("2", key) for key in unreleased.keys)
