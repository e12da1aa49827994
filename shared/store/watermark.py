"""How far reconcile has come: a row for each of its passes, moved by ETag so that no instance undoes another's."""

from dataclasses import dataclass
from datetime import datetime

from shared import settings
from shared.store.tables import Table

PARTITION = "watermark"


@dataclass(frozen=True, slots=True)
class Mark:
    """Everything before `at` has been compared."""

    at: datetime
    etag: str


def get(name: str) -> Mark | None:
    """Return the watermark of a pass, None before its first run."""
    found = _table().get(PARTITION, name)
    return Mark(datetime.fromisoformat(found[0]["at"]), found[1]) if found else None


def move(name: str, from_: Mark | None, to: datetime) -> Mark | None:
    """Move the watermark of the pass `name` on `from` what was read before `to` a later moment; return it.

    None when another instance has moved it meanwhile.
    """
    row = {"PartitionKey": PARTITION, "RowKey": name, "at": to.isoformat()}
    if from_ is None:
        return get(name) if _table().insert(row) else None
    return get(name) if _table().replace(row, from_.etag) else None


def _table() -> Table:
    return Table(settings.current(), "reconcile")
