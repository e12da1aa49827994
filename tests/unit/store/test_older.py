"""What an older version kept is looked for as long as there is any, and hardly ever when there is none."""

import pytest

from shared.store import older
from shared.store.older import Older
from shared.store.tables import Table


@pytest.fixture
def table(storage, fresh_table):
    return Table(storage, fresh_table("b"))


def test_it_is_asked_once_a_minute_whether_there_are_rows(table, monkeypatch, requests_of):
    old = Older(table)
    assert not old.has_rows()
    table.put({"PartitionKey": "p", "RowKey": "r"})
    assert requests_of(old.has_rows) == 0
    monkeypatch.setattr(older, "LOOKS_S", 0)
    assert old.has_rows()
    table.delete("p", "r")
    assert not old.has_rows()


def test_rows_of_today_beside_them_do_not_count(table):
    table.put({"PartitionKey": "today", "RowKey": "r"})
    assert not Older(table, "PartitionKey eq @old", {"old": "old"}).has_rows()
