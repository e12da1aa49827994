"""Small rows that tell how far something is: the watermark, who was forgotten, who is on a list."""

from datetime import UTC, datetime, timedelta

import pytest

from shared import settings
from shared.store import lists, masked, tombstones, watermark
from shared.store.entities import key
from shared.store.tables import Table
from tests.tools.stand_in import LINE

pytestmark = pytest.mark.usefixtures("ours")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_watermark_is_moved_by_one_of_two(number):
    assert watermark.get(number) is None
    first = watermark.move(number, None, NOON)
    assert (first.at, watermark.move(number, None, NOON)) == (NOON, None)
    moved = watermark.move(number, first, NOON + timedelta(hours=1))
    assert moved.at == NOON + timedelta(hours=1)
    assert watermark.move(number, first, NOON + timedelta(hours=2)) is None
    assert watermark.get(number) == moved


def test_what_is_older_than_its_person_was_forgotten_stays_away(number):
    assert not tombstones.is_known(number)
    assert not tombstones.covers(number, NOON)
    tombstones.note(number, NOON)
    assert tombstones.is_known(number)
    assert tombstones.covers(number, NOON)
    assert not tombstones.covers(number, NOON + timedelta(seconds=1))


def test_who_was_forgotten_under_another_spelling_stays_away(number):
    digits = number[-8:]
    for spelling in (f"+52155{digits}", f"whatsapp:{number}"):
        tombstones.note(spelling, NOON)  # as it was kept once
    for person in (f"+5255{digits}", number):
        assert tombstones.is_known(person)
        assert tombstones.covers(person, NOON)


def test_a_person_is_on_a_list_once_at_the_address_they_wrote_from_last(number):
    name, digits = f"list{number[1:]}", number[-8:]
    lists.note(name, f"whatsapp:+52155{digits}", LINE, NOON, is_in=True)
    lists.note(name, f"+5255{digits}", LINE, NOON + timedelta(minutes=1), is_in=True)
    assert [row["person"] for row in lists.members(name, 10)] == [f"+5255{digits}"]
    lists.note(name, f"+52155{digits}", LINE, NOON + timedelta(minutes=2), is_in=False)
    assert lists.members(name, 10) == []


def keep_as_once(name, address, at, *, is_in):
    """Write the row of a list as it was kept before the spellings of a number were known to be one person."""
    row = {"list": name, "person": address, "line": LINE, "at": at.isoformat(timespec="milliseconds"), "is_in": is_in}
    Table(settings.current(), "lists").put({"PartitionKey": key(name), "RowKey": key(address)} | row)


def test_what_a_list_kept_under_another_spelling_counts_by_its_time(number, another):
    name = f"list{number[1:]}"
    keep_as_once(name, f"whatsapp:{number}", NOON, is_in=False)
    lists.note(name, number, LINE, NOON - timedelta(minutes=1), is_in=True)  # comes late
    assert lists.members(name, 10) == []
    keep_as_once(name, f"whatsapp:{another}", NOON, is_in=True)
    lists.note(name, another, LINE, NOON + timedelta(minutes=1), is_in=False)
    assert lists.members(name, 10) == []


def test_who_is_forgotten_is_on_no_list_under_any_spelling(number):
    name = f"list{number[1:]}"
    keep_as_once(name, number, NOON, is_in=True)
    keep_as_once(name, f"whatsapp:{number}", NOON, is_in=True)
    lists.forget(number)
    assert lists.members(name, 10) == []


def test_the_people_of_an_owner_are_found_under_another_spelling_of_the_owner(number):
    owner, before = f"+5255{number[-8:]}", f"+52155{number[-8:]}"
    masked.change(LINE, before, lambda _: [masked.Person(number, LINE, NOON.isoformat())])  # as it was kept once
    seen = []
    masked.change(LINE, owner, lambda people: seen.append(people) or people)
    assert [person.address for person in seen[0]] == [number]
    masked.forget(number)
    for spelling in (owner, before):
        masked.change(LINE, spelling, lambda people: seen.append(people) or people)
    assert seen[1:] == [[], []]


def test_who_is_on_a_list_is_their_newest_word(number, another):
    name = f"list{number[1:]}"
    lists.note(name, number, LINE, NOON, is_in=True)
    lists.note(name, another, LINE, NOON, is_in=True)
    lists.note(name, another, LINE, NOON + timedelta(minutes=1), is_in=False)
    lists.note(name, another, LINE, NOON, is_in=True)
    assert [row["person"] for row in lists.members(name, 10)] == [number]
    lists.forget(number)
    assert lists.members(name, 10) == []
