"""What is told of a record once more is appended to its row, as a column of its own: nothing is read before it.

A column is named after what it holds, so that the same event twice is one, and columns may come in any order: whoever
reads the row joins them (merge.py).
"""

import json
from collections.abc import Callable
from hashlib import sha256

from shared.store.entities import Entity

PREFIX = "told_"
OURS = {"PartitionKey", "RowKey", "version", "copied", "settled"}  # columns that are the table's own, and no record's


def column(event: Entity) -> Entity:
    """Return what is appended for an event."""
    text = json.dumps(event, sort_keys=True, separators=(",", ":"))
    return {PREFIX + sha256(text.encode()).hexdigest()[:16]: text}


def record(row: Entity, join: Callable[[Entity, Entity], Entity]) -> Entity:
    """Return the record of a row: what it was made with, joined with all that was told since."""
    joined = {name: value for name, value in row.items() if name not in OURS and not name.startswith(PREFIX)}
    for name in events(row):
        joined = join(joined, json.loads(row[name]))
    return joined


def events(row: Entity) -> list[str]:
    """Return the names of the columns that were appended to a row, in one order whenever they came."""
    return sorted(name for name in row if name.startswith(PREFIX))
