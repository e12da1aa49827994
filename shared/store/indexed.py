"""A table of records: one row by SID, which is the truth, and two copies of it in the orders people ask for.

    NAME            PartitionKey = SID         RowKey = "row"
    NAMEbyperson    PartitionKey = the person  RowKey = moment, newest first, and SID
    NAMEbytime      PartitionKey = a shard     RowKey = as above

The truth is written first and the copy by time last, so that a copy by time is proof of the two others. Every row
bears the version of the truth that it shows, and only a later version replaces it. What a crash leaves out is written
by the next delivery, callback or reconcile. docs/storage.md has the reasons and the arithmetic.
"""

import base64
import heapq
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zlib import crc32

from shared.errors import Contended
from shared.settings import Settings
from shared.store import tombstones
from shared.store.tables import PAGE_ROWS, Entity, Table, at_once, key

ROW = "row"
SHARDS = 4  # 4 x 2,000 rows a second is more than the account's 20,000 leave for this one of three tables
_END_OF_TIME_MS = 9_999_999_999_999  # year 2286, 13 digits
_MOMENT = re.compile(r"\d{13}_[^\x00-\x1f\x7f-\x9f/\\#?]{1,200}", re.ASCII)
_AFTER_ALL = "~"  # sorts after every digit
_OURS = {"PartitionKey", "RowKey", "version"}


class BadToken(ValueError):
    """A page token that this app did not give out."""


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which records, newest first: a page of all, of one person's, of a period (`since` <= at < `until`).

    `person` has every key under which the person's records are found.
    """

    size: int = PAGE_ROWS
    token: str = ""
    person: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


class IndexedTable:
    """Records of one kind. A record is a flat entity with at least `sid`, `at` (ISO 8601, UTC) and `person`.

    `join(row, event)` gives the row after something was told once more, twice or late.
    """

    def __init__(self, settings: Settings, name: str, join: Callable[[Entity, Entity], Entity]) -> None:
        self._rows = Table(settings, name)
        self._by_person = Table(settings, f"{name}byperson")
        self._by_time = Table(settings, f"{name}bytime")
        self._join = join

    def add(self, record: Entity) -> bool:
        """Remember what is told of a SID: all of it when the SID is new (True), else what is new in it.

        Raises StorageDown, Contended when the row is deleted meanwhile or others change it without end, and, before
        anything is written, ValueError for a moment that no key can hold.
        """
        newest_first(record["at"], record["sid"])
        truth = {"PartitionKey": key(record["sid"]), "RowKey": ROW, **record, "version": 1}
        if self._rows.insert(truth):
            self._copy(truth, is_new=True)
            return True
        if self.change(record["sid"], lambda row: self._join(row, record)) is None:
            raise Contended(record["sid"], 1)  # deleted while it was written
        return False

    def tell(self, record: Entity) -> None:
        """As `add`, one request less when the SID is known, as it mostly is to a callback.

        A SID that is not known and whose person was forgotten stays unknown: reconcile knows its time, and decides.
        """
        changed = self.change(record["sid"], lambda row: self._join(row, record))
        if changed is None and not tombstones.is_known(record["person"]):
            self.add(record)

    def get(self, sid: str) -> Entity | None:
        """Return the row with this SID, or None."""
        found = self._rows.get(key(sid), ROW)
        return found and _record(found[0])

    def change(self, sid: str, merge: Callable[[Entity], Entity]) -> Entity | None:
        """Replace a record by `merge` of its newest state, however many change it at once; None when unknown."""

        def changed(truth: Entity | None) -> Entity | None:
            if truth is None:
                return None
            record = merge(_record(truth))
            return truth if record == _record(truth) else {**record, "version": truth["version"] + 1}

        truth = self._rows.update(key(sid), ROW, changed)
        if truth is None:
            return None
        self._copy(truth)
        return _record(truth)

    def page(self, query: PageQuery) -> tuple[list[Entity], str]:
        """Return a page of records, newest first, and the token of the next page or ""."""
        above = _opened(query.token) or (_bound(query.until) if query.until else "")
        below = _bound(query.since) if query.since else _AFTER_ALL
        table, partitions = self._by_time, [str(shard) for shard in range(SHARDS)]
        if query.person:
            table, partitions = self._by_person, [key(person) for person in query.person]
        parts = at_once(lambda partition: table.between(partition, above, below, query.size + 1), partitions)
        rows = list(heapq.merge(*parts, key=lambda row: str(row["RowKey"])))
        shown = rows[: query.size]
        return [_record(row) for row in shown], _sealed(shown[-1]["RowKey"]) if len(rows) > len(shown) else ""

    def delete(self, record: Entity, found_by: Literal["person", "time"]) -> None:
        """Delete a record. The copy by which it was found goes last, so that whoever was cut off finds it again."""
        moment = newest_first(record["at"], record["sid"])
        copies = [(self._by_person, key(record["person"])), (self._by_time, shard(record["sid"]))]
        self._rows.delete(key(record["sid"]), ROW)
        for table, partition in copies if found_by == "time" else reversed(copies):
            table.delete(partition, moment)

    def _copy(self, truth: Entity, *, is_new: bool = False) -> None:
        moment = newest_first(truth["at"], truth["sid"])
        for table, partition in ((self._by_person, key(truth["person"])), (self._by_time, shard(truth["sid"]))):
            copy = truth | {"PartitionKey": partition, "RowKey": moment}
            if not (is_new and table.insert(copy)):
                _bring(table, copy)


def _bring(table: Table, copy: Entity) -> None:
    """Write a copy unless it is there in this version or a later one."""

    def later(there: Entity | None) -> Entity | None:
        return copy if there is None or there["version"] < copy["version"] else None

    table.update(copy["PartitionKey"], copy["RowKey"], later)


def newest_first(at: str, sid: str) -> str:
    """Return a row key that sorts before all older ones; the table sorts keys as text, ascending.

    Raises ValueError for a moment that no key can hold.
    """
    moment_ms = _moment_ms(datetime.fromisoformat(at))
    if not 0 <= moment_ms <= _END_OF_TIME_MS:
        raise ValueError(f"{at} is no moment of a text or call: a key holds those from 1970 to 2286")
    return f"{_reversed(moment_ms)}_{key(sid)}"


def shard(sid: str) -> str:
    """Return the partition of a record in the order of time."""
    return str(crc32(sid.encode()) % SHARDS)


def _bound(at: datetime) -> str:
    """Return what all keys since a moment are below, and all before it above; no key is beyond the ends of time."""
    return _reversed(min(max(_moment_ms(at), 0), _END_OF_TIME_MS)) + _AFTER_ALL


def _moment_ms(at: datetime) -> int:
    """Return a moment as milliseconds since 1970. A moment without a zone is UTC."""
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def _reversed(moment_ms: int) -> str:
    """Return it as 13 digits that grow towards the past."""
    return f"{_END_OF_TIME_MS - moment_ms:013d}"


def _record(entity: Entity) -> Entity:
    return {name: value for name, value in entity.items() if name not in _OURS}


def _sealed(moment: str) -> str:
    return base64.urlsafe_b64encode(moment.encode()).decode().rstrip("=")


def _opened(token: str) -> str:
    if not token:
        return ""
    try:
        moment = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except ValueError:  # broken base64, broken UTF-8, not ASCII
        moment = ""
    if not _MOMENT.fullmatch(moment):
        raise BadToken("this page token was not given out by this address; start again without one")
    return moment
