"""What was appended to a record becomes one with it again, and its copy by person gets all of that: reconcile does it.

The copy is written first, by appending to it; then many records together, by their ETags, each with the
mark that its copy has what it has. So a record that is at rest proves its copy, and a slow writer takes nothing back.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from shared import clock
from shared.store import merge, told
from shared.store.entities import Entity, size
from shared.store.indexed import IndexedTable, PageQuery
from shared.store.tables import TRANSACTION_ROWS, Change, at_once, unchanged_since

RESTS_AFTER = timedelta(minutes=10)  # its price may come until then; reconcile looks at each record until 15 at least
GOES_ON = timedelta(days=1)  # what has not ended by then mostly never tells its end
TRANSACTION_BYTES = 1024 * 1024  # as `size` counts; in what is sent, a character may take three times that


class Stored(NamedTuple):
    """A record as its row holds it: with what was appended, its ETag, and what the record comes to."""

    row: Entity
    etag: str
    record: Entity

    @property
    def is_of_before(self) -> bool:
        """Whether a version before wrote it: then it is a copy, written when the two others were there."""
        return "version" in self.row

    @property
    def is_due(self) -> bool:
        """Whether it is to be folded though nothing new is known: there is something to fold, or to copy."""
        age = clock.now() - datetime.fromisoformat(self.record["at"])
        if age < RESTS_AFTER or self.is_of_before:
            return False
        has_ended = merge.has_ended(self.record) or age > GOES_ON
        return "copied" not in self.row or (has_ended and bool(told.events(self.row)))


def read(table: IndexedTable, query: PageQuery) -> Iterator[Stored]:
    """Yield all records of a query's period, newest first."""
    return (Stored(row, etag, told.record(row, table.join)) for row, etag in table.through(query))


def find(table: IndexedTable, sid: str) -> Stored | None:
    """Return the record with this SID, None when it is not known or a version before has it."""
    place = table.place(sid)
    found = table.by_time.get(place.partition, place.moment) if place else None
    return Stored(*found, told.record(found[0], table.join)) if found else None


def fold(table: IndexedTable, stored: list[tuple[Stored, Entity | None]]) -> None:
    """Make one of each record, what was appended to it and an event, None for none. Raises StorageDown, Contended."""
    folded = [one._replace(record=table.join(one.record, event) if event else one.record) for one, event in stored]
    at_once(lambda one: _copy(table, one.record), folded)
    at_once(lambda some: _replace(table, some), list(_transactions(folded)))


def _copy(table: IndexedTable, record: Entity) -> None:
    age = clock.now() - datetime.fromisoformat(record["at"])
    table.fold_into_copy(record, is_settled=merge.has_ended(record) or age > GOES_ON)


def _transactions(folded: list[Stored]) -> Iterator[list[Stored]]:
    """Yield the records that go into one transaction each."""
    for _, group in groupby(sorted(folded, key=_partition), key=_partition):
        some: list[Stored] = []
        bytes_ = 0
        for one in group:
            if some and (len(some) == TRANSACTION_ROWS or bytes_ + size(one.record) > TRANSACTION_BYTES):
                yield some
                some, bytes_ = [], 0
            some.append(one)
            bytes_ += size(one.record)
        yield some


def _partition(one: Stored) -> str:
    return str(one.row["PartitionKey"])


def _replace(table: IndexedTable, some: list[Stored]) -> None:
    changes: list[Change] = [
        ("update", _keys(one) | one.record | {"copied": True}, {"mode": "replace", **unchanged_since(one.etag)})
        for one in some
    ]
    if not table.by_time.commit(changes):
        at_once(lambda one: _replace_alone(table, one), some)


def _replace_alone(table: IndexedTable, one: Stored) -> None:
    """Fold a record that others may have changed or deleted since."""

    def folded(row: Entity | None) -> Entity | None:
        if row is None:
            return None
        record = table.join(told.record(row, table.join), one.record)
        _copy(table, record)
        return record | {"copied": True}

    if table.by_time.update(one.row["PartitionKey"], one.row["RowKey"], folded) is None:
        table.delete_copy(one.record)


def _keys(one: Stored) -> Entity:
    return {name: one.row[name] for name in ("PartitionKey", "RowKey")}
