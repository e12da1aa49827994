"""The order of time as versions until 0.3 had it, in four partitions; and what several partitions have, as one list.

One of the four went on to be that of today. Rows in the three others stay until something is told of them, or they are
deleted; whether there are any is asked once in older.LOOKS_S.
"""

import heapq
from collections.abc import Iterable, Iterator
from itertools import groupby
from zlib import crc32

from shared.store.entities import Entity
from shared.store.older import Older
from shared.store.order import TIME
from shared.store.tables import ANY, Condition, Table, at_once

OLD = ("1", "2", "3")

type Row = tuple[Entity, str]  # as it is kept, with its ETag


class Shards(Older):
    """The order of time of a table, wherever its rows are."""

    def __init__(self, by_time: Table) -> None:
        super().__init__(by_time, "PartitionKey gt @today", {"today": TIME})

    def read(self, above: str, below: str, size: int, *, only: Condition = ANY) -> Iterator[Row]:
        """Yield the rows `above` one key and `below` another, `size` of a partition at most; `only`: as in `between`.

        That of today is read last: a record of another that is brought there meanwhile is there by then.
        """

        def of(partition: str) -> list[Row]:
            return self.table.between_with_etags(partition, above, below, size, only=only)

        before = at_once(of, self._old())
        return merged([of(TIME), *before])

    def through(self, above: str, below: str, size: int) -> Iterator[Row]:
        """Yield all rows `above` one key and `below` another, of which `size` of a partition are held at a time."""
        return merged([self._through(partition, above, below, size) for partition in (TIME, *self._old())])

    def _through(self, partition: str, above: str, below: str, size: int) -> Iterator[Row]:
        last: str | None = above
        while last is not None:
            rows = self.table.between_with_etags(partition, last, below, size)
            yield from rows
            last = moment(rows[-1]) if len(rows) == size else None

    def get(self, sid: str, row: str) -> tuple[Entity, str] | None:
        """Return a row of a record and the partition that has it, or None; that of today comes first."""
        if found := self.table.get(TIME, row):
            return found[0], TIME
        for partition in self._old_of(sid):
            if found := self.table.get(partition, row):
                return found[0], partition
        return None

    def remove_old(self, sid: str, rows: list[str]) -> None:
        """Delete these rows of a record where versions before had them."""
        for partition in self._old_of(sid):
            for row in rows:
                self.table.delete(partition, row)

    def _old(self) -> tuple[str, ...]:
        return OLD if self.has_rows() else ()

    def _old_of(self, sid: str) -> tuple[str, ...]:
        """Return the partition beside that of today in which a record may be, if any."""
        shard = str(crc32(sid.encode()) % (len(OLD) + 1))
        return (shard,) if shard != TIME and self.has_rows() else ()


def merged(parts: Iterable[Iterable[Row]]) -> Iterator[Row]:
    """Yield the rows of ascending `parts` as one, each row key once: the row of the first part that has it."""
    for _, same in groupby(heapq.merge(*parts, key=moment), key=moment):
        yield next(same)


def moment(row: Row) -> str:
    """Return the row key."""
    return str(row[0]["RowKey"])
