"""Rows that say what holds since a moment: the newest word on a thing stays, whichever arrives last."""

from shared.store.entities import Entity
from shared.store.tables import Table


def write(table: Table, row: Entity) -> bool:
    """Write a row that holds since its `at` (ISO 8601, UTC); False when the same or a newer word was there already."""
    is_news = False

    def newest(there: Entity | None) -> Entity | None:
        nonlocal is_news
        is_news = there is None or there["at"] < row["at"]
        return row if is_news else None

    table.update(row["PartitionKey"], row["RowKey"], newest)
    return is_news
