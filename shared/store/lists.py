"""Lists that people join and leave by text: one row for each list and person, in the order of the people.

Who has left keeps a row, so that an older text which arrives again or late does not put them back.
"""

from datetime import UTC, datetime
from functools import cache

from shared import settings
from shared.person import identity, spellings
from shared.store import latest
from shared.store.entities import Entity, any_of, key
from shared.store.tables import LAST_KEY, NONE, Table


def note(name: str, address: str, line: str, at: datetime, *, is_in: bool) -> None:
    """Put a person on the list `name` or take them off it (`is_in`), as of `at`; a newer word of theirs stays.

    `address` is where they wrote from, as they spell it, and where they are written to; `line` what they wrote to.
    """
    table, since = _table(settings.current()), at.astimezone(UTC).isoformat(timespec="milliseconds")
    row = {"PartitionKey": key(name), "RowKey": key(identity(address)), "list": name, "person": address, "line": line}
    _carry_over(table, row)
    latest.write(table, row | {"at": since, "is_in": is_in})


def _carry_over(table: Table, row: Entity) -> None:
    """Bring what was kept of the person of a `row` under another of their addresses to the row's own place."""
    for spelling in spellings(identity(row["person"]))[1:]:
        if found := table.get(row["PartitionKey"], key(spelling)):
            latest.write(table, found[0] | {"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"]})
            table.delete(row["PartitionKey"], key(spelling), found[1])


def members(name: str, most: int) -> list[Entity]:
    """Return at most so many of the people on a list: `person` (their address), `line`, `at`."""
    return _table(settings.current()).between(key(name), "", LAST_KEY, most, only=("is_in eq true", NONE))


def forget(person: str) -> None:
    """Take a person (identity) off every list."""
    table = _table(settings.current())
    for row in table.rows(*any_of("RowKey", spellings(person))):
        table.delete(row["PartitionKey"], row["RowKey"])


@cache
def _table(of: settings.Settings) -> Table:
    return Table(of, "lists")
