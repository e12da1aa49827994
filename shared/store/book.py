"""A book of records: one row by SID, which is the truth, and two copies of it in the orders people ask for.

    NAME            PartitionKey = SID                 RowKey = "row"
    NAMEbytime      PartitionKey = hour, newest first  RowKey = moment, newest first, and SID
    NAMEbyperson    PartitionKey = the person          RowKey = as above

The truth is written first. What a crash leaves out is written again by the next delivery or callback, because both
end in `_copy`. docs/storage.md has the reasons and the arithmetic.
"""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from azure.core.exceptions import ResourceModifiedError

from shared.settings import Settings
from shared.store.tables import Entity, Table, key

ROW = "row"
MAX_PAGE = 1000  # rows; Table service maximum
_END_OF_TIME_MS = 9_999_999_999_999  # year 2286, 13 digits
_HOUR_MS = 3_600_000
_TRIES = 8  # concurrent callbacks of one message are few; each try loses to a writer that won


class BadToken(ValueError):
    """A page token that this app did not give out."""


class Book:
    """Records of one kind. A record is a flat entity with at least `sid`, `at` (ISO 8601, UTC) and `person`."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._rows = Table(settings, name)
        self._by_time = Table(settings, f"{name}bytime")
        self._by_person = Table(settings, f"{name}byperson")

    def add(self, record: Entity) -> bool:
        """Remember a record; False when its SID was known. Copies that a crash left out are made now."""
        is_new = self._rows.insert({"PartitionKey": key(record["sid"]), "RowKey": ROW, **record})
        self._copy(record if is_new else self.get(record["sid"]) or record)
        return is_new

    def get(self, sid: str) -> Entity | None:
        """Give the record with this SID, or None."""
        found = self._rows.get(key(sid), ROW)
        return found and _record(found[0])

    def change(self, sid: str, merge: Callable[[Entity], Entity]) -> Entity | None:
        """Replace a record by `merge` of its newest state, however many change it at once; None when unknown."""
        for _ in range(_TRIES):
            found = self._rows.get(key(sid), ROW)
            if found is None:
                return None
            record = merge(_record(found[0]))
            if record != _record(found[0]):
                try:
                    self._rows.replace({"PartitionKey": key(sid), "RowKey": ROW, **record}, found[1])
                except ResourceModifiedError:
                    continue
            self._copy(record)
            return record
        raise TimeoutError(f"{sid} was changed by others {_TRIES} times in a row")

    def newest(self, size: int, token: str = "", person: str = "") -> tuple[list[Entity], str]:
        """Give a page of records, newest first, of everybody or of one person, and the next page's token or ""."""
        table = self._by_person if person else self._by_time
        query = "PartitionKey eq @person" if person else ""
        parameters = {"person": key(person)} if person else {}
        entities, following = table.page(query, parameters, min(size, MAX_PAGE), _opened(token))
        return [_record(entity) for entity in entities], _sealed(following)

    def _copy(self, record: Entity) -> None:
        """Bring both copies to the state of the record, and once more if somebody changed it meanwhile."""
        while True:
            moment = newest_first(record["at"], record["sid"])
            self._by_time.put({"PartitionKey": _hour(record["at"]), "RowKey": moment, **record})
            self._by_person.put({"PartitionKey": key(record["person"]), "RowKey": moment, **record})
            now = self.get(record["sid"])
            if now is None or now == record:
                return
            record = now


def newest_first(at: str, sid: str) -> str:
    """Give a row key that sorts before all older ones; the table sorts keys as text, ascending."""
    return f"{_END_OF_TIME_MS - _ms(at):013d}_{key(sid)}"


def _hour(at: str) -> str:
    return f"{(_END_OF_TIME_MS - _ms(at)) // _HOUR_MS:07d}"


def _ms(at: str) -> int:
    return int(datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() * 1000)


def _record(entity: Entity) -> Entity:
    return {name: value for name, value in entity.items() if name not in {"PartitionKey", "RowKey"}}


def _sealed(token: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(token)).decode() if token else ""


def _opened(token: str) -> Any:
    if not token:
        return None
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(token), type=dict[str, str | None])
    except ValueError:  # msgspec's and base64's own errors are ValueErrors
        raise BadToken("this page token was not given out by this address; start again without one") from None
