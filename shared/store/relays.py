"""Who wrote to a line whose texts are forwarded, and who was answered: one row for each line and owner's phone."""

from collections.abc import Callable
from functools import cache

import msgspec
from azure.core.exceptions import ResourceModifiedError

from shared import settings
from shared.relay import Person
from shared.store.tables import Table, key

_TRIES = 8  # texts to one line at the same moment are few


def change(line: str, owner: str, merge: Callable[[list[Person]], list[Person]]) -> None:
    """Replace the people of a line by `merge` of them, whoever else changes them; what it raises, passes."""
    table, where = _table(settings.current()), {"PartitionKey": key(line), "RowKey": key(owner)}
    for _ in range(_TRIES):
        found = table.get(key(line), key(owner))
        before = msgspec.json.decode(found[0]["people"], type=list[Person]) if found else []
        row = {**where, "people": msgspec.json.encode(merge(before)).decode()}
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


@cache
def _table(of: settings.Settings) -> Table:
    return Table(of, "relays")
