"""Who wrote to a line whose texts are forwarded, and who was answered: one row for each line and owner's phone."""

from collections.abc import Callable
from functools import cache

import msgspec
from azure.core.exceptions import ResourceModifiedError

from shared import settings
from shared.relay import Person
from shared.store.tables import PAGE_ROWS, Entity, Table, key

_TRIES = 8  # texts to one line at the same moment are few


def change(line: str, owner: str, merge: Callable[[list[Person]], list[Person]]) -> None:
    """Replace the people of a line by `merge` of them, whoever else changes them; what it raises, passes."""
    table, where = _table(settings.current()), {"PartitionKey": key(line), "RowKey": key(owner)}
    for _ in range(_TRIES):
        found = table.get(key(line), key(owner))
        before = _people(found[0]) if found else []
        row = {**where, "line": line, "owner": owner, "people": msgspec.json.encode(merge(before)).decode()}
        if found is None:
            if table.insert(row):
                return
            continue
        try:
            table.replace(row, found[1])
        except ResourceModifiedError:
            continue
        return
    raise TimeoutError(f"the relay was changed by others {_TRIES} times in a row")


def forget(address: str) -> None:
    """Forget that a person wrote to any line whose texts are forwarded."""
    after = None
    while True:
        rows, after = _table(settings.current()).page("", {}, PAGE_ROWS, after)
        for row in rows:
            if any(person.address == address for person in _people(row)):
                change(row["line"], row["owner"], lambda people: [one for one in people if one.address != address])
        if after is None:
            return


def _people(row: Entity) -> list[Person]:
    return msgspec.json.decode(row["people"], type=list[Person])


@cache
def _table(of: settings.Settings) -> Table:
    return Table(of, "relays")
