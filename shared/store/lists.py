"""Lists that people join and leave by text: one row for each list and person, in the order of their addresses."""

from datetime import UTC, datetime
from functools import cache

from shared import settings
from shared.store.tables import Entity, Table, key


def join(name: str, person: str, line: str, at: datetime) -> None:
    """Put a person on a list; joining twice is joining once. `line` is the number they wrote to."""
    row = {"list": name, "person": person, "line": line, "at": at.astimezone(UTC).isoformat(timespec="milliseconds")}
    _table(settings.current()).put({"PartitionKey": key(name), "RowKey": key(person), **row})


def leave(name: str, person: str) -> None:
    """Take a person off a list, whether they are on it or not."""
    _table(settings.current()).delete(key(name), key(person))


def members(name: str, size: int = 1000, after: object = None) -> tuple[list[Entity], object]:
    """Give a page of the people on a list (`person`, `line`, `at`), and the next page's token or None."""
    return _table(settings.current()).page("PartitionKey eq @list", {"list": key(name)}, size, after)


@cache
def _table(of: settings.Settings) -> Table:
    return Table(of, "lists")
