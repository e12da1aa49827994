"""What the real Table service refuses never reaches it; a row is changed in one way, whoever else changes it."""

import itertools
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local import azurite
from shared import settings
from shared.errors import Contended, StorageDown
from shared.store import transport
from shared.store.entities import (
    KEY_CHARACTERS,
    MAX_ENTITY_BYTES,
    MAX_PROPERTIES,
    STRING_CHARACTERS,
    Unstorable,
    folded,
    key,
    unfolded,
)
from shared.store.tables import LAST_KEY, TRIES, Table, at_once

FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f/\\#?]")  # Azure: "Understanding the Table service data model"


@given(st.text())
def test_a_key_holds_nothing_that_the_service_forbids_and_is_short(text):
    assert not FORBIDDEN.search(key(text))
    assert len(key(text)) <= KEY_CHARACTERS
    assert len(key(text).encode("utf-16-le", "surrogatepass")) <= 1024


@given(st.text(), st.text())
def test_two_texts_never_share_a_key(one, other):
    assert (key(one) == key(other)) == (one == other)


@given(st.text(max_size=300).map(lambda text: text * 200))
def test_long_keys_stay_apart_too(text):
    assert key(text + "a") != key(text + "b")


@given(st.dictionaries(st.sampled_from(["body", "media"]), st.text(max_size=20).map(lambda text: text * 3000)))
def test_a_long_text_is_kept_whole_in_pieces_that_the_service_takes(entity):
    pieces = folded(entity)
    assert all(len(piece.encode("utf-16-le", "surrogatepass")) <= 65_536 for piece in pieces.values())
    assert unfolded(pieces) == entity
    assert STRING_CHARACTERS * 4 <= 65_536


def test_an_entity_that_the_service_would_refuse_is_refused_here():
    assert folded({"body": "x" * (MAX_ENTITY_BYTES // 2 - 1000)})
    with pytest.raises(Unstorable, match="bytes"):
        folded({"body": "x" * (MAX_ENTITY_BYTES // 2)})
    assert folded({f"p{n}": n for n in range(MAX_PROPERTIES)})
    with pytest.raises(Unstorable, match="properties"):
        folded({f"p{n}": n for n in range(MAX_PROPERTIES + 1)})


def test_a_property_whose_name_is_no_identifier_is_refused_here_although_the_emulator_takes_it():
    with pytest.raises(Unstorable, match="'opted-out' is no name"):
        folded({"opted-out": 1})


def test_what_is_done_at_once_may_itself_do_things_at_once():
    done = []
    many = Thread(target=lambda: done.extend(at_once(lambda n: at_once(str, [n] * 3), range(40))), daemon=True)
    many.start()
    many.join(timeout=30)
    assert done == [[str(n)] * 3 for n in range(40)]


@pytest.fixture
def table(storage, fresh_table):
    return Table(storage, fresh_table("t"))


def test_a_change_of_a_row_holds_whoever_else_changes_it(table):
    def more(row):
        return {"count": (row or {"count": 0})["count"] + 1}

    with ThreadPoolExecutor(8) as together:
        list(together.map(lambda _: table.update("p", "r", more), range(40)))
    assert table.get("p", "r")[0]["count"] == 40


def test_a_change_makes_leaves_and_ends_rows(table):
    assert table.update("p", "r", lambda _: None) is None
    assert table.get("p", "r") is None
    made = table.update("p", "r", lambda _: {"a": 1, "b": "x"})
    assert made == {"PartitionKey": "p", "RowKey": "r", "a": 1, "b": "x"}
    before = table.get("p", "r")[1]
    assert table.update("p", "r", lambda row: row) == made
    assert table.update("p", "r", lambda _: None) == made
    assert table.get("p", "r")[1] == before  # nothing was written
    assert table.update("p", "r", lambda _: {"a": 2}) == {"PartitionKey": "p", "RowKey": "r", "a": 2}
    assert table.get("p", "r")[0] == {"PartitionKey": "p", "RowKey": "r", "a": 2}


def test_what_a_change_raises_passes_and_nothing_is_written(table):
    table.put({"PartitionKey": "p", "RowKey": "r", "a": 1})
    with pytest.raises(KeyError):
        table.update("p", "r", lambda row: row["b"])
    assert table.get("p", "r")[0]["a"] == 1


def test_a_row_that_others_change_without_end_is_given_up_in_words(table, monkeypatch):
    monkeypatch.setattr("shared.store.tables.WAITS_S", 0.0)
    tries = itertools.count(1)

    def late(_):
        table.put({"PartitionKey": "p", "RowKey": "r", "by": "another", "n": next(tries)})
        return {"by": "me"}

    with pytest.raises(Contended, match=f"{table.name} was changed by others {TRIES} times"):
        table.update("p", "r", late)
    assert next(tries) == TRIES + 1


def test_a_row_that_is_deleted_while_it_is_changed_is_made_anew(table):
    table.put({"PartitionKey": "p", "RowKey": "r", "a": 1})
    seen = []

    def change(row):
        seen.append(row and row["a"])
        if len(seen) == 1:
            table.delete("p", "r")
        return {"a": 2}

    assert table.update("p", "r", change)["a"] == 2
    assert seen == [1, None]


def test_a_table_that_is_deleted_while_the_app_runs_is_made_anew_by_each_way_to_write(emulated_storage, fresh_table):
    table = Table(emulated_storage, fresh_table("t"))
    row = {"PartitionKey": "p", "RowKey": "r", "a": 1}
    ways = (
        table.insert, table.put, lambda row: table.put_all([row]), lambda row: table.commit([("create", row, {})]),
        lambda row: table.update("p", "r", lambda _: row),
    )  # fmt: skip
    for write in ways:
        write(row)
        assert table.get("p", "r")[0] == row
        table._client.delete_table()
        assert table.get("p", "r") is None


def test_an_old_etag_neither_replaces_nor_deletes(table):
    row = {"PartitionKey": "p", "RowKey": "r"}
    table.put(row | {"a": 1})
    old = table.get("p", "r")[1]
    table.put(row | {"a": 2})
    assert (table.replace(row | {"a": 3}, old), table.delete("p", "r", old)) == (False, False)
    assert table.get("p", "r")[0]["a"] == 2
    assert table.delete("p", "r", table.get("p", "r")[1])
    assert table.replace(row | {"a": 3}, old) is False


def test_all_rows_are_walked_however_many_pages_they_take(table):
    assert list(table.rows()) == []
    table.put_all([{"PartitionKey": "p", "RowKey": f"{n:03d}", "n": n} for n in range(25)])
    assert [row["n"] for row in table.rows(page_rows=10)] == list(range(25))
    assert [row["n"] for row in table.rows("RowKey ge @from", {"from": "020"})] == [20, 21, 22, 23, 24]


@pytest.mark.timeout(10)
def test_a_storage_that_takes_requests_and_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr(transport, "READ_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        table = Table(settings.read({"AzureWebJobsStorage": azurite.connection_string([address] * 3)}), "t")
        for ask in (lambda: table.get("p", "r"), lambda: table.insert({"PartitionKey": "p", "RowKey": "r"})):
            with pytest.raises(StorageDown, match="ServiceResponseTimeoutError"):
                ask()


def test_a_storage_that_is_away_is_told_in_our_words():
    away = azurite.connection_string([f"http://127.0.0.1:{port}" for port in (1, 2, 3)])
    table = Table(settings.read({"AzureWebJobsStorage": away}), "t")
    row = {"PartitionKey": "p", "RowKey": "r"}
    for ask in (
        lambda: table.get("p", "r"), lambda: list(table.rows()), lambda: table.insert(row), lambda: table.put(row),
        lambda: table.between("p", "", LAST_KEY, 1), lambda: table.replace(row, "e"), lambda: table.delete("p", "r"),
        lambda: table.update("p", "r", dict), lambda: table.sweep("", {}, int), lambda: table.put_all([row]),
        table.make,
    ):  # fmt: skip
        with pytest.raises(StorageDown, match=r"^ServiceRequestError$"):
            ask()
