"""Small rows that tell how far something is: the watermark, who was forgotten, who is on a list."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.store import lists, tombstones, watermark
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


def test_who_is_on_a_list_is_their_newest_word(number, another):
    name = f"list{number[1:]}"
    lists.note(name, number, LINE, NOON, is_in=True)
    lists.note(name, another, LINE, NOON, is_in=True)
    lists.note(name, another, LINE, NOON + timedelta(minutes=1), is_in=False)
    lists.note(name, another, LINE, NOON, is_in=True)
    assert [row["person"] for row in lists.members(name, 10)] == [number]
    lists.forget(number)
    assert lists.members(name, 10) == []
