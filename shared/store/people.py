"""What is known of a person before they are answered or written to: what they wish, and what they wrote just now.

messagesbyperson    PartitionKey = the person    RowKey = "!out_" and a number or messaging service of ours

The partition is that of their texts, whose keys begin with digits, and "!" sorts before those: so a wish of theirs and
their newest texts are neighbours, and come by one range query. Wishes were once kept in a table of their own.
"""

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from itertools import batched
from typing import NamedTuple

from shared import settings
from shared.person import identity, numbers
from shared.store import latest
from shared.store.entities import KEY_CHARACTERS, Entity, key
from shared.store.older import Older
from shared.store.order import BEFORE_ALL, bound
from shared.store.tables import LAST_KEY, PAGE_ROWS, Table, at_once

WISH = "!out_"
ROWS = PAGE_ROWS  # of wishes and newest texts; an hour's texts of somebody who is answered are fewer, with the answers
_STEP = 100  # rows

type Wishes = dict[str, Entity]  # the newest one about each line, by its key: `out`, and `at`, since when


class Known(NamedTuple):
    """A person's wishes, and the copies of their texts since a moment, newest first."""

    wishes: Wishes
    texts: list[Entity]


def look(person: str, since: datetime | None = None) -> Known:
    """Return what is known of a person (identity), with the texts since a moment when one is given.

    Raises StorageDown.
    """
    wishes: Wishes = {}
    for row in _of_before(person):  # first: one that is brought over meanwhile is then found at its new place
        _join(wishes, row["RowKey"], row)
    below = bound(since) if since else BEFORE_ALL
    texts = []
    for row in _table(settings.current()).between(key(person), "", below, ROWS):
        if row["RowKey"].startswith(WISH):
            _join(wishes, row["RowKey"].removeprefix(WISH), row)
        else:
            texts.append(row)
    return Known(wishes, texts)


def note(person: str, line: str, at: str, *, is_out: bool) -> bool:
    """Remember a person's wish of `at` (ISO 8601, UTC) about a line, `is_out`: to hear nothing from it.

    False when the same or a newer one is known.
    """
    row = {"PartitionKey": key(person), "RowKey": WISH + key(line), "line": line, "at": at, "out": is_out}
    return latest.write(_table(settings.current()), row)


def bring_over(check_time: Callable[[], None]) -> int:
    """Bring the wishes that an older version kept to their place of today; return how many.

    `check_time` ends it by raising; what is left is for the next time.
    """
    before, count = _before(settings.current()).table, 0
    for rows in batched(before.rows(), _STEP, strict=False):
        count += len(at_once(partial(_bring_over, before), rows))
        check_time()
    return count


def _bring_over(before: Table, row: Entity) -> None:
    partition, line = row["PartitionKey"], row["RowKey"]
    today = {"PartitionKey": _as_today(partition), "RowKey": WISH + line}
    if found := before.get(partition, line):
        latest.write(_table(settings.current()), found[0] | today)
        before.delete(partition, line, found[1])  # unless somebody has changed their mind meanwhile


def _join(wishes: Wishes, line: str, row: Entity) -> None:
    if line not in wishes or wishes[line]["at"] < row["at"]:
        wishes[line] = row


def _of_before(person: str) -> list[Entity]:
    """Return a person's wishes as an older version kept them, under any spelling of their number."""
    before = _before(settings.current())
    if not before.has_rows():
        return []
    return [row for number in numbers(person) for row in before.table.between(key(number), "", LAST_KEY, ROWS)]


def _as_today(partition: str) -> str:
    """Return the key today of a person by their key of before; one that was too long to be kept whole stays."""
    if len(partition) >= KEY_CHARACTERS:
        return partition
    return key(identity(re.sub("=([0-9a-f]{2})", lambda escaped: chr(int(escaped[1], 16)), partition)))


@cache
def _table(of: settings.Settings) -> Table:
    return Table(of, "messagesbyperson")


@cache
def _before(of: settings.Settings) -> Older:
    return Older(Table(of, "optouts"))
