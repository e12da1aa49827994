"""Lists that people join and leave by text: one row for each list and person, in the order of their addresses.

Who has left keeps a row, so that an older text which arrives again or late does not put them back.
"""

from datetime import UTC, datetime
from functools import cache

from shared import settings
from shared.store import latest
from shared.store.tables import LAST_KEY, Entity, Table, key


def note(name: str, person: str, line: str, at: datetime, *, is_in: bool) -> None:
    """Put a `person` on the list `name` or take them off it (`is_in`), as of `at`; a newer word of theirs stays.

    `line` is the number that they wrote to.
    """
    since = at.astimezone(UTC).isoformat(timespec="milliseconds")
    row = {"PartitionKey": key(name), "RowKey": key(person), "list": name, "person": person, "line": line}
    latest.write(_table(settings.current()), row | {"at": since, "is_in": is_in})


def members(name: str, most: int) -> list[Entity]:
    """Return at most so many of the people on a list (`person`, `line`, `at`), in the order of their addresses."""
    return _table(settings.current()).between(key(name), "", LAST_KEY, most, only="is_in eq true")


def forget(person: str) -> None:
    """Take a person off every list."""
    table = _table(settings.current())
    for row in table.rows("RowKey eq @person", {"person": key(person)}):
        table.delete(row["PartitionKey"], row["RowKey"])


@cache
def _table(of: settings.Settings) -> Table:
    return Table(of, "lists")
