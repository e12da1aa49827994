"""Lists that people join and leave by text: one row for each list and person, in the order of their addresses."""

from datetime import UTC, datetime
from functools import cache

from shared import settings
from shared.store.tables import PAGE_ROWS, Entity, Table, key

LAST_KEY = "\uffff"  # above the key of any address


def join(name: str, person: str, line: str, at: datetime) -> None:
    """Put a person on a list; joining twice is joining once. `line` is the number they wrote to."""
    row = {"list": name, "person": person, "line": line, "at": at.astimezone(UTC).isoformat(timespec="milliseconds")}
    _table(settings.current()).insert({"PartitionKey": key(name), "RowKey": key(person), **row})


def leave(name: str, person: str) -> None:
    """Take a person off a list, whether they are on it or not."""
    _table(settings.current()).delete(key(name), key(person))


def members(name: str, most: int) -> list[Entity]:
    """Give at most so many of the people on a list (`person`, `line`, `at`), in the order of their addresses."""
    return _table(settings.current()).between(key(name), "", LAST_KEY, most)


def forget(person: str) -> None:
    """Take a person off every list."""
    table, after = _table(settings.current()), None
    while True:
        rows, after = table.page("RowKey eq @person", {"person": key(person)}, PAGE_ROWS, after)
        for row in rows:
            table.delete(row["PartitionKey"], row["RowKey"])
        if after is None:
            return


@cache
def _table(of: settings.Settings) -> Table:
    return Table(of, "lists")
