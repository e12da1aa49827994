"""A table of records in the order of time, which is the truth, and a copy of each in the order of its person.

    NAMEbytime      PartitionKey = "0"         RowKey = moment, newest first, and SID    the record
                    PartitionKey = "0"         RowKey = "~" and SID                      its claim: when and whose it is
                    PartitionKey = "1" to "3"  RowKey = moment, newest first, and SID    of versions before, a copy
    NAMEbyperson    PartitionKey = the person  RowKey = moment, newest first, and SID    a copy of the record
    NAME            PartitionKey = SID         RowKey = "row"                            of versions before, the truth

A record and its claim are written together. Whatever is told later is appended to the record (told.py), without its
being read; folding.py makes one of what was appended. docs/storage.md has the reasons and the arithmetic.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Literal, NamedTuple

from shared.errors import Contended
from shared.settings import Settings
from shared.store import merge, told, tombstones
from shared.store.before import Before
from shared.store.entities import Entity, Unstorable, key
from shared.store.order import AFTER_ALL, BEFORE_ALL, TIME, bound, claim, newest_first, opened, sealed
from shared.store.shards import Row, Shards, merged, moment
from shared.store.tables import PAGE_ROWS, Change, Table, at_once

_NEVER_CHANGE = ("PartitionKey", "RowKey", "sid", "at", "person")  # what others tell of `at` counts less
SURE_S = 0.5  # for which a record that is there may be copied without a look whether it still is (forget.py waits it)

type Later = Callable[[Callable[[], Any]], Any]


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which records, newest first: a page of all, of one person's, of a period (`since` <= at < `until`).

    `person` has every key under which the person's records are found; with `as_copied` what goes on may be shown as it
    was some time ago.
    """

    size: int = PAGE_ROWS
    token: str = ""
    person: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    as_copied: bool = False


class Place(NamedTuple):
    """Where a record is: its row key is the same in the order of time, in a `partition`, and in that of its person."""

    sid: str
    at: str
    person: str
    partition: str = TIME

    @property
    def moment(self) -> str:
        """The row key."""
        return newest_first(self.at, self.sid)


class Known(NamedTuple):
    """What is known of a SID after it was told, and whether nothing was before."""

    record: Entity
    is_new: bool


def now(work: Callable[[], Any]) -> None:
    """Do it now, as `Later` may do it behind an answer."""
    work()


class IndexedTable:
    """Records of one kind. A record is a flat entity with at least `sid`, `at` (ISO 8601, UTC) and `person`.

    `join(row, event)` gives the row after something was told once more, twice or late, in whatever order.
    """

    def __init__(self, settings: Settings, name: str, join: Callable[[Entity, Entity], Entity]) -> None:
        self.by_time = Table(settings, f"{name}bytime")
        self.by_person = Table(settings, f"{name}byperson")
        self.join = join
        self._before, self._shards = Before(settings, name), Shards(self.by_time)

    def add(self, record: Entity) -> bool:
        """Remember what is told of a SID: all of it when the SID is new (True), else what is new in it.

        Raises as `remember`.
        """
        return self.remember(record).is_new

    def remember(self, record: Entity, later: Later = now) -> Known:
        """Remember what is told of a SID, and return what is known of it then. `later` does what a list waits for.

        Raises StorageDown, Contended when the row is deleted meanwhile, and, before anything is written, ValueError for
        a moment that no key can hold.
        """
        changes, began_s = _made(record), time.monotonic()
        if self._adopt(record["sid"], record) or not self.by_time.commit(changes):
            return Known(self._tell_again(record), is_new=False)
        later(partial(self.copy, record, began_s))
        return Known(record, is_new=True)

    def tell(self, event: Entity, left: datetime | None = None) -> None:
        """As `add`, mostly with one request where it is known when the text or call `left` the line.

        A SID that is not known and whose person was forgotten stays unknown: reconcile knows its time, and decides.
        """
        at = merge.moment(left) if left else ""
        if at and self._append(Place(event["sid"], at, event["person"]), event):
            return
        if not self.tell_known(event["sid"], event) and not tombstones.is_known(event["person"]):
            self.add(event | {"at": at or event["at"]})

    def tell_known(self, sid: str, event: Entity) -> bool:
        """Add what is told of a SID to what is known of it; False when nothing is."""
        place = self.place(sid)
        return bool(place and self._append(place, event)) or self._adopt(sid, event)

    def get(self, sid: str) -> Entity | None:
        """Return the record with this SID, or None."""
        place, old = self.place(sid), None
        if not place and self._before.has_rows():
            old = self.old(sid)
            place = None if old else self.place(sid)  # brought into this order meanwhile
        if not place:
            return old
        row = self.by_time.get(place.partition, place.moment)
        return told.record(row[0], self.join) if row else None

    def page(self, query: PageQuery) -> tuple[list[Entity], str]:
        """Return a page of records, newest first, and the token of the next page or ""."""
        rows, token = self.rows(query)
        if query.person and not query.as_copied:
            return at_once(self._newest, [row for row, _ in rows]), token
        return [told.record(row, self.join) for row, _ in rows], token

    def rows(self, query: PageQuery) -> tuple[list[Row], str]:
        """Return a page of rows, newest first, and the token of the next page or ""."""
        (above, below), size = between(query), query.size + 1
        if query.person:
            read = partial(self.by_person.between_with_etags, above=above, below=below, size=size)
            rows = merged(at_once(read, [key(person) for person in query.person]))
        else:
            rows = self._shards.read(above, below, size)
        found = list(islice(rows, size))
        shown = found[: query.size]
        return shown, sealed(moment(shown[-1])) if len(found) > len(shown) else ""

    def through(self, query: PageQuery) -> Iterator[Row]:
        """Yield all rows of a query's period, newest first; `size` of them are held at a time."""
        return self._shards.through(*between(query), query.size)

    def _newest(self, copy: Entity) -> Entity:
        """Return the record of a copy, from the truth while it goes on: most of what is told is told to that alone."""
        record = told.record(copy, self.join)
        if merge.has_ended(record) or copy.get("settled"):
            return record
        truth = self._shards.get(record["sid"], copy["RowKey"])
        return told.record(truth[0], self.join) if truth else record

    def since(self, at: datetime, people: tuple[str, ...], size: int) -> list[Entity]:
        """Return `size` records of `people` since `at` at most, also those without a copy by person yet."""
        named = {f"person{number}": person for number, person in enumerate(people)}
        only = " or ".join(f"person eq @{name}" for name in named)
        rows = self._shards.read("", bound(at), size, only=(f"( {only} )", named))
        return [told.record(row, self.join) for row, _ in islice(rows, size)]

    def delete(self, record: Entity, found_by: Literal["person", "time"]) -> None:
        """Delete a record. The row by which it was found stays to the last, so that whoever was cut off finds it again.

        Its copy goes after it in any case: a fold may have written one meanwhile.
        """
        if found_by == "time":
            self.delete_copy(record)
        self._delete_truth(record)
        self.delete_copy(record)

    def _delete_truth(self, record: Entity) -> None:
        self._remove_older(record)
        rows = _keys(record)
        if not self.by_time.commit([("delete", {"PartitionKey": TIME, "RowKey": row}, {}) for row in rows]):
            for row in rows:
                self.by_time.delete(TIME, row)

    def _remove_older(self, record: Entity) -> None:
        """Delete what versions before kept of a record; what lists show of it goes last."""
        self._before.remove(record["sid"])
        self._shards.remove_old(record["sid"], _keys(record))

    def delete_copy(self, record: Entity) -> None:
        """Delete the copy of a record that is no more."""
        self.by_person.delete(key(record["person"]), newest_first(record["at"], record["sid"]))

    def copy(self, record: Entity, known_s: float) -> None:
        """Write the copy by person of a record that is new; one that is there stays.

        The record is there since `known_s` of the monotonic clock, or was deleted since then.
        """
        self.by_person.insert(_in_partition(key(record["person"]), record))
        if time.monotonic() - known_s > SURE_S:
            self._delete_copy_of_none(record)

    def _delete_copy_of_none(self, record: Entity) -> None:
        """Delete a copy that was written while its record was deleted."""
        if not self._shards.get(record["sid"], newest_first(record["at"], record["sid"])):
            self.delete_copy(record)

    def place(self, sid: str) -> Place | None:
        """Return where the record with this SID is, None when it is not in the order of time."""
        if not (found := self._shards.get(sid, claim(sid))):
            return None
        claimed, partition = found
        return Place(sid, claimed["at"], claimed["person"], partition)

    def _tell_again(self, record: Entity) -> Entity:
        """Add what is new in a record whose SID is known, and return what is known then."""
        place, known_s = self.place(record["sid"]), time.monotonic()
        if not place:
            raise Contended(record["sid"], 1)  # deleted while it was written
        known = self.by_time.get(place.partition, place.moment)
        if not known:
            return self._make_again(place, record)
        before = told.record(known[0], self.join)
        after = self.join(before, record)
        if after != before:
            self._append(place, record)
        if "copied" not in known[0]:
            self.copy(after, known_s)
        return after

    def _make_again(self, place: Place, record: Entity) -> Entity:
        """Make the record that a claim without one stands for: a backup holds such when it was made meanwhile."""
        record |= {"at": place.at, "person": place.person}
        began_s = time.monotonic()
        claimed, truth = _made(record, place.partition)
        if not self.by_time.commit([("update", claimed[1], {}), truth]):
            raise Contended(record["sid"], 1)  # deleted while it was written
        self.copy(record, began_s)
        return record

    def _append(self, place: Place, event: Entity) -> bool:
        """Append what is told to the record at a place; False when none is there.

        To the copy, too, when lists are not sure to look at the record itself any more. The record comes first: what
        folds it writes the copy first, so that none of both misses what the other has.
        """
        if not self._append_to(self.by_time, place.partition, place.moment, event):
            return False
        if "status" not in event or merge.has_ended(event):
            self._append_to(self.by_person, key(place.person), place.moment, event)
        return True

    def _append_to(self, table: Table, partition: str, moment: str, event: Entity) -> bool:
        try:
            return table.append({"PartitionKey": partition, "RowKey": moment} | told.column(event))
        except Unstorable:  # it is full of what was appended
            return bool(
                table.update(partition, moment, lambda row: row and self.join(told.record(row, self.join), event))
            )

    def old(self, sid: str) -> Entity | None:
        """Return the record that a version before wrote under this SID, None without one."""
        row = self._before.row(sid)
        return row and told.record(row, self.join)

    def _adopt(self, sid: str, event: Entity) -> bool:
        """Bring a record of a version before into this order, with what is told of it now; False when there is none."""
        record = self.old(sid)
        if not record:
            return False
        claimed, truth = _made(record)
        if not self.by_time.commit([claimed, ("upsert", truth[1] | told.column(event), {"mode": "replace"})]):
            self._remove_older(record)  # others were first
            return self.tell_known(sid, event)
        self.fold_into_copy(self.join(record, event))
        self._delete_copy_of_none(record)
        self._remove_older(record)
        return True

    def fold_into_copy(self, record: Entity, *, is_settled: bool = False) -> None:
        """Tell the copy by person all that is known; without one, it is made of that, and of whose and when it is."""
        row = _in_partition(key(record["person"]), record)
        marks = {"settled": True} if is_settled else {}
        self.by_person.put({name: row[name] for name in _NEVER_CHANGE} | told.column(record) | marks)


def _made(record: Entity, partition: str = TIME) -> list[Change]:
    """Return the claim and the record as they are written together."""
    truth = _in_partition(partition, record)
    claimed = {"PartitionKey": partition, "RowKey": claim(record["sid"])}
    return [("create", claimed | {name: record[name] for name in ("at", "person")}, {}), ("create", truth, {})]


def _in_partition(partition: str, record: Entity) -> Entity:
    return {"PartitionKey": partition, "RowKey": newest_first(record["at"], record["sid"])} | record


def _keys(record: Entity) -> list[str]:
    """Return the row keys of a record's claim and of itself, in the order of time."""
    return [claim(record["sid"]), newest_first(record["at"], record["sid"])]


def between(query: PageQuery) -> tuple[str, str]:
    """Return the keys between which the rows of a query are. Raises BadToken."""
    above = opened(query.token) or (bound(query.until) if query.until else BEFORE_ALL)
    return above, bound(query.since) if query.since else AFTER_ALL
