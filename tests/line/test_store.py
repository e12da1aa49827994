"""The record in a real storage emulator: any order, twice, at once, cut off between two writes; read by page."""

import itertools
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from azure.core.exceptions import ServiceResponseError

from local import azurite
from local.process import Process
from shared import settings
from shared.errors import Contended, StorageDown
from shared.store import calls, merge, messages
from shared.store.indexed import BadToken, IndexedTable, PageQuery, newest_first, shard
from shared.store.tables import LAST_KEY, TRIES, Table, key

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
_names = itertools.count()


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("storage")
    emulator = Process("the emulator", folder / "log")
    addresses = azurite.start(emulator, folder / "data")
    yield settings.read({"AzureWebJobsStorage": azurite.connection_string(addresses)})
    emulator.end()


@pytest.fixture
def book(storage):
    return IndexedTable(storage, f"m{next(_names)}x{random.randrange(10**9)}", messages.join)  # noqa: S311 -- a fresh name


@pytest.fixture
def table(storage):
    return Table(storage, f"t{next(_names)}x{random.randrange(10**9)}")  # noqa: S311 -- a fresh name


def text(number, person="+12025550122", at=NOON):
    sid = f"SM{number:032x}"
    parameters = {"MessageSid": sid, "From": person, "To": "+12025550100", "Body": f"text {number}"}
    return messages.from_webhook(parameters, at + timedelta(seconds=number))


def numbers(rows):
    return [int(row["sid"].lstrip("SM0") or "0", base=16) for row in rows]


def all_pages(book, **wanted):
    rows, token, pages = [], "", 0
    while True:
        page, token = book.page(PageQuery(token=token, **wanted))
        rows, pages = rows + page, pages + 1
        if not token:
            return rows, pages


def test_a_message_that_is_told_twice_is_one_row(book):
    assert [book.add(text(1)), book.add(text(1))] == [True, False]
    assert numbers(all_pages(book)[0]) == [1]
    assert book.get(text(1)["sid"]) == text(1)


def test_a_message_that_many_tell_at_once_is_one_row_in_each_order(book):
    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(lambda _: book.add(text(7)), range(48)))
    assert outcomes.count(True) == 1
    assert numbers(all_pages(book)[0]) == numbers(all_pages(book, person="+12025550122")[0]) == [7]


def test_pages_are_newest_first_and_hold_each_row_once_over_all_shards(book):
    order = list(range(50))
    random.Random(1).shuffle(order)  # noqa: S311 -- any order will do
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: book.add(text(n)), order))
    assert len({shard(text(n)["sid"]) for n in range(50)}) == 4
    rows, pages = all_pages(book, size=7)
    assert (numbers(rows), pages) == (list(range(49, -1, -1)), 8)


def test_a_page_goes_on_where_it_was_although_newer_rows_came(book):
    for n in range(6):
        book.add(text(n))
    first, token = book.page(PageQuery(3))
    book.add(text(99))
    assert numbers(first) + numbers(book.page(PageQuery(3, token))[0]) == [5, 4, 3, 2, 1, 0]


def test_a_person_and_a_period_narrow_a_list(book):
    for n in range(10):
        book.add(text(n, person=f"+1202555012{n % 2}"))
    assert numbers(all_pages(book, person="+12025550121", size=2)[0]) == [9, 7, 5, 3, 1]
    period = {"since": NOON + timedelta(seconds=3), "until": NOON + timedelta(seconds=6)}
    assert numbers(all_pages(book, **period)[0]) == [5, 4, 3]
    assert numbers(all_pages(book, person="+12025550120", **period, size=1)[0]) == [4]


@pytest.mark.parametrize("token", ["x", "====", "ü", "MTIz", "JyBvciAnMScgZXEgJzE", "a" * 5000])
def test_a_page_token_that_was_not_given_out_is_refused(book, token):
    with pytest.raises(BadToken):
        book.page(PageQuery(5, token))


def test_callbacks_that_come_at_once_and_out_of_order_end_in_the_last_state(book):
    sid = "SM" + "a" * 32
    told = [
        messages.from_callback(
            {"MessageSid": sid, "MessageStatus": status, "From": "+12025550100", "To": "+12025550122"}, NOON
        )
        for status in ("delivered", "sent", "queued", "sending", "sent", "delivered", "queued")
    ]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(book.add, told))
    found = book.get(sid)
    assert found["status"] == "delivered"
    assert set(merge._opened(found["life"])) == {"queued", "sending", "sent", "delivered"}
    assert all_pages(book)[0] == all_pages(book, person="+12025550122")[0] == [found]


def test_a_callback_that_is_earlier_than_its_message_lacks_only_what_the_log_then_adds(book):
    sid = "SM" + "b" * 32
    book.add(
        messages.from_callback(
            {"MessageSid": sid, "MessageStatus": "sent", "From": "+12025550100", "To": "+12025550122"}, NOON
        )
    )
    assert "body" not in book.get(sid)
    book.add(messages.sent(sid, "+12025550100", "+12025550122", "hello", "queued", NOON))
    assert (book.get(sid)["body"], book.get(sid)["status"]) == ("hello", "sent")


def test_of_two_that_change_a_row_at_the_same_moment_neither_is_lost(book):
    book.add(text(1))
    both_have_read = Barrier(2, timeout=10)

    def change(column):
        first = iter([True])

        def merge(row):
            if next(first, False):
                both_have_read.wait()
            return row | {column: "told"}

        return book.change(text(1)["sid"], merge)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(change, ["price", "error_code"]))
    assert (book.get(text(1)["sid"])["price"], book.get(text(1)["sid"])["error_code"]) == ("told", "told")


@pytest.mark.parametrize("writes", [1, 2])
def test_a_crash_between_any_two_writes_heals_on_the_next_delivery(book, monkeypatch, writes):
    real, done = Table.insert, itertools.count(1)

    def cut_off(self, entity):
        if next(done) > writes:
            raise ServiceResponseError("the process ended here")
        return real(self, entity)

    monkeypatch.setattr(Table, "insert", cut_off)
    with pytest.raises(ServiceResponseError):
        book.add(text(1))
    monkeypatch.undo()
    assert all_pages(book)[0] == []
    assert book.add(text(1)) is False
    assert numbers(all_pages(book)[0]) == numbers(all_pages(book, person="+12025550122")[0]) == [1]


def test_a_copy_never_goes_back_to_an_earlier_version(book):
    book.add(text(1))
    stale = book._rows.get(key(text(1)["sid"]), "row")[0]
    book.change(text(1)["sid"], lambda row: row | {"price": "-0.0079"})
    book._copy(stale)
    assert all_pages(book)[0][0]["price"] == all_pages(book, person="+12025550122")[0][0]["price"] == "-0.0079"


@pytest.mark.parametrize("found_by", ["person", "time"])
def test_a_deletion_that_was_cut_off_is_found_again_by_the_order_it_went_by(book, monkeypatch, found_by):
    book.add(text(1))
    real, done = Table.delete, itertools.count(1)

    def cut_off(self, partition, row):
        if next(done) > 2:
            raise ServiceResponseError("the process ended here")
        real(self, partition, row)

    monkeypatch.setattr(Table, "delete", cut_off)
    with pytest.raises(ServiceResponseError):
        book.delete(text(1), found_by)
    monkeypatch.undo()
    listed = all_pages(book, person="+12025550122" if found_by == "person" else "")[0]
    assert numbers(listed) == [1]
    book.delete(listed[0], found_by)
    assert all_pages(book)[0] == all_pages(book, person="+12025550122")[0] == []


def test_people_and_texts_that_the_service_would_refuse_as_keys_are_kept_all_the_same(book):
    person = "sip:a/b\\c#d?e%@example.com"
    book.add(text(1, person=person) | {"body": "x" * 40_000 + "🙂"})
    rows = all_pages(book, person=person)[0]
    assert rows[0]["person"] == person
    assert rows[0]["body"] == "x" * 40_000 + "🙂"
    assert newest_first(rows[0]["at"], rows[0]["sid"]).isascii()


def test_a_recording_and_its_transcript_join_the_call(storage, environ_of):
    environ_of(storage)
    calls_book = IndexedTable(storage, f"c{next(_names)}x{random.randrange(10**9)}", calls.join)  # noqa: S311 -- a fresh name
    sid, recording = "CA" + "1" * 32, "RE" + "2" * 32
    caller = {"CallSid": sid, "From": "+12025550122", "To": "+12025550100"}
    ended = caller | {"CallStatus": "completed", "CallDuration": "12"}
    calls_book.add(calls.from_callback(ended, NOON))
    url = f"https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/{recording}"
    for told in (
        {"RecordingSid": recording, "TranscriptionText": "call me", "TranscriptionStatus": "completed"},
        {"RecordingSid": recording, "RecordingUrl": url, "RecordingStatus": "completed", "RecordingDuration": "4"},
        {"RecordingSid": recording, "RecordingUrl": "https://evil.example/x", "RecordingStatus": "in-progress"},
    ):
        calls_book.change(sid, lambda row, told=told: calls.join(row, calls.from_recording_callback(told)))
    assert merge._opened(calls_book.get(sid)["recordings"])[recording] == {
        "url": url, "status": "completed", "duration_s": 4, "transcript": "call me", "transcript_status": "completed",
    }  # fmt: skip


@pytest.fixture
def environ_of(monkeypatch):
    def use(known):
        monkeypatch.setattr(settings, "current", lambda: known)

    return use


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
