"""Records by SID: told in any order, twice, at once, cut off between two writes; read by page."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from shared.store import indexed, merge, messages
from shared.store.entities import Unstorable
from shared.store.indexed import IndexedTable, PageQuery
from shared.store.order import TIME, BadToken, newest_first
from shared.store.tables import Table, at_once

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WHO = ("+12025550122",)


@pytest.fixture
def table(storage, fresh_table, environ):
    environ(AzureWebJobsStorage=storage.storage_connection)
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


def test_pages_are_newest_first_and_hold_each_row_once(table):
    order = list(range(50))
    random.Random(1).shuffle(order)  # noqa: S311 -- any order will do
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: table.add(text(n)), order))
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


SID = "SM" + "a" * 32


def callback(status, seconds=0, sid=SID):
    told = {"MessageSid": sid, "MessageStatus": status, "From": "+12025550100", "To": "+12025550122"}
    return messages.from_callback(told, NOON + timedelta(seconds=seconds))


def sent(sid=SID):
    return messages.sent(sid, "+12025550100", "+12025550122", "hello", "queued", NOON)


STATES = ("delivered", "sent", "queued", "sending", "sent", "delivered", "queued")


@pytest.mark.parametrize("left", [NOON, None], ids=["which know when it left", "which do not"])
def test_callbacks_that_come_at_once_and_out_of_order_end_in_the_last_state(table, left):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda status: table.tell(callback(status), left), STATES))
    found = table.get(SID)
    assert found["status"] == "delivered"
    assert set(merge._opened(found["life"])) == {"queued", "sending", "sent", "delivered"}
    assert all_pages(table)[0] == [found]
    assert [row["status"] for row in all_pages(table, person=WHO)[0]] == ["delivered"]


def test_a_callback_that_is_earlier_than_its_message_lacks_only_what_the_log_then_adds(table):
    table.tell(callback("sent"), NOON)
    assert "body" not in table.get(SID)
    assert table.add(sent()) is False
    assert (table.get(SID)["body"], table.get(SID)["status"]) == ("hello", "sent")


def test_a_callback_that_is_wrong_about_when_the_text_left_is_kept_all_the_same(table):
    table.add(sent())
    table.tell(callback("sent"), NOON + timedelta(seconds=9))
    assert (table.get(SID)["status"], table.get(SID)["at"]) == ("sent", merge.moment(NOON))
    assert len(all_pages(table)[0]) == 1


def test_the_list_of_a_person_shows_what_is_under_way_as_it_is_now(table):
    table.add(sent())
    for status in ("sending", "sent"):
        table.tell(callback(status), NOON)
        assert [row["status"] for row in all_pages(table, person=WHO)[0]] == [status]
    assert [row["status"] for row in all_pages(table, person=WHO, as_copied=True)[0]] == ["queued"]


def test_an_end_and_what_is_told_after_it_are_in_the_list_of_the_person_at_once(table):
    table.add(sent())
    for event in (callback("delivered"), callback("read", 60), {"sid": SID, "recordings": "{}"}):
        table.tell(event | {"person": WHO[0]}, NOON)
        assert all_pages(table, person=WHO)[0] == [table.get(SID)]


def test_what_is_told_of_nobody_known_is_not_kept(table):
    assert table.tell_known(SID, {"missed": True}) is False
    assert table.get(SID) is None


def test_of_many_that_tell_at_the_same_moment_none_is_lost(table):
    table.add(text(1))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: table.tell_known(text(1)["sid"], {f"column{n}": "told"}), range(16)))
    assert {name for name, value in table.get(text(1)["sid"]).items() if value == "told"} == {
        f"column{n}" for n in range(16)
    }


def test_a_row_that_is_full_of_what_was_told_is_folded_and_loses_nothing(table, monkeypatch):
    """The emulator takes any number of columns; the service refuses more than 252."""
    real = Table.append

    def service(self, entity):
        found = self.get(entity["PartitionKey"], entity["RowKey"])
        if found and len(found[0] | entity) > 16:
            raise Unstorable("TooManyProperties")
        return real(self, entity)

    monkeypatch.setattr(Table, "append", service)
    table.add(sent())
    for n in range(12):
        table.tell(callback("delivered", n) | {"parameters": f"{n:02}"}, NOON)
    assert table.get(SID)["status"] == "delivered"
    assert merge._opened(table.get(SID)["life"])["delivered"] == merge.moment(NOON)
    assert [row["status"] for row in all_pages(table, person=WHO)[0]] == ["delivered"]


def everywhere(table):
    """Return a text as each way to it shows it."""
    return [table.get(text(1)["sid"])], all_pages(table)[0], all_pages(table, person=WHO)[0]


@pytest.mark.parametrize("writes", [0, 1])
def test_a_crash_after_any_write_of_a_new_text_heals_on_the_next_delivery(table, cut_off, writes):
    assert cut_off(writes, lambda: table.add(text(1)))
    assert numbers(all_pages(table)[0]) == [1] * writes
    assert table.add(text(1)) is (writes == 0)
    assert everywhere(table) == ([text(1)],) * 3
    assert not cut_off(2, lambda: table.add(text(2)))


@pytest.mark.parametrize("writes", [0, 1])
def test_a_crash_after_any_write_of_an_end_heals_when_it_is_told_again(table, cut_off, writes):
    table.add(sent())
    assert cut_off(writes, lambda: table.tell(callback("delivered"), NOON))
    assert table.get(SID)["status"] == ("delivered" if writes else "queued")
    table.tell(callback("delivered"), NOON)
    assert [row["status"] for row in all_pages(table, person=WHO)[0]] == ["delivered"]
    assert not cut_off(2, lambda: table.tell(callback("delivered"), NOON))


@pytest.mark.parametrize("found_by", ["person", "time"])
@pytest.mark.parametrize("writes", [0, 1])
def test_a_deletion_that_was_cut_off_is_found_again_by_the_order_it_went_by(table, cut_off, found_by, writes):
    table.add(text(1))
    assert cut_off(writes, lambda: table.delete(text(1), found_by))
    listed = all_pages(table, person=WHO if found_by == "person" else ())[0]
    assert numbers(listed) == [1]
    table.delete(listed[0], found_by)
    assert everywhere(table) == ([None], [], [])
    assert table.add(text(1)) is True
    assert not cut_off(3, lambda: table.delete(text(1), found_by))


@pytest.mark.parametrize("found_by", ["person", "time"])
def test_a_copy_that_comes_late_goes_again_when_its_record_was_deleted_meanwhile(table, monkeypatch, found_by):
    monkeypatch.setattr(indexed, "SURE_S", 0.0)
    behind = []
    table.remember(text(1), behind.append)
    table.delete(text(1), found_by)
    behind.pop()()
    assert everywhere(table) == ([None], [], [])
    table.remember(text(2), behind.append)
    behind.pop()()
    assert numbers(all_pages(table, person=WHO)[0]) == [2]


def test_a_claim_without_its_record_as_a_backup_may_bring_it_gets_one_again(table):
    table.add(text(1))
    table.by_time.delete(TIME, newest_first(text(1)["at"], text(1)["sid"]))
    assert table.add(text(1) | {"at": text(2)["at"]}) is False
    assert everywhere(table) == ([text(1)],) * 3


def test_a_page_is_one_request_however_many_texts_there_are(table, requests_of):
    at_once(table.add, [text(n) for n in range(60)])
    table.page(PageQuery(50))
    assert requests_of(lambda: table.page(PageQuery(50))) == 1
    assert requests_of(lambda: list(table.through(PageQuery()))) == 1
    assert requests_of(lambda: table.since(NOON, WHO, 50)) == 1


def test_records_are_found_by_their_person_before_their_copy_is_written(table, cut_off):
    who = "client:o'neill @above @home"
    assert cut_off(1, lambda: table.add(text(1, person=who)))
    table.add(text(2))
    assert table.page(PageQuery(person=(who,)))[0] == []
    assert numbers(table.since(NOON, (who, "client:x"), 9)) == [1]
    assert table.since(NOON + timedelta(seconds=2), (who,), 9) == []


def test_people_and_texts_that_the_service_would_refuse_as_keys_are_kept_all_the_same(table):
    person = "client:a/b\\c#d?e%@example.com"
    table.add(text(1, person=person) | {"body": "x" * 40_000 + "🙂"})
    rows = all_pages(table, person=(person,))[0]
    assert rows[0]["person"] == person
    assert rows[0]["body"] == "x" * 40_000 + "🙂"
    assert newest_first(rows[0]["at"], rows[0]["sid"]).isascii()
