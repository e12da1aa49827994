"""Rows that say what holds since a moment: the newest word on a thing stays, whichever arrives last."""

from azure.core.exceptions import ResourceModifiedError

from shared.store.tables import Entity, Table

_TRIES = 8  # words on one thing at the same moment are few


def write(table: Table, row: Entity) -> bool:
    """Write a row that holds since its `at` (ISO 8601, UTC); False when the same or a newer word was there already."""
    for _ in range(_TRIES):
        found = table.get(row["PartitionKey"], row["RowKey"])
        if found is None:
            if table.insert(row):
                return True
            continue
        if found[0]["at"] >= row["at"]:
            return False
        try:
            table.replace(row, found[1])
        except ResourceModifiedError:
            continue
        return True
    raise TimeoutError(f"a row of {table.name} was changed by others {_TRIES} times in a row")
