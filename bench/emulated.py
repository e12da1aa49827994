"""This process as a line with a storage emulator of its own, whose messages may be many more than it would take in."""

import json
import os
import tempfile
from pathlib import Path
from typing import Self

from local import azurite
from local.process import Process
from shared import routes, settings
from shared.store.entities import Entity
from shared.store.order import TIME, claim, newest_first

TABLES = "__azurite_db_table__.json"


class Emulated:
    """An emulator in a folder that goes with it; the app of this process keeps its tables there."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._data = Path(self._folder.name) / "data"
        self._addresses: list[str] | None = None
        self.connection = ""

    def __enter__(self) -> Self:
        """Start."""
        self._start()
        self.connection = os.environ[routes.QUEUES_CONNECTION] = azurite.connection_string(self._addresses or [])
        settings.current.cache_clear()
        return self

    def __exit__(self, *_: object) -> None:
        """End, and delete all."""
        self._emulator.end()
        self._folder.cleanup()

    def _start(self) -> None:
        self._emulator = Process("the emulator", Path(self._folder.name) / "log")
        self._addresses = azurite.start(self._emulator, self._data, self._addresses)

    def fill(self, name: str, records: list[Entity]) -> None:
        """Let the table `name` hold these records, each with its claim, instead of those of its first that it has.

        They are written into the emulator's own file: by its API it looks at each row of a partition for each new one,
        so that a hundred thousand would take an hour.
        """
        self._emulator.end()
        kept = json.loads((self._data / TABLES).read_text(encoding="utf-8"))
        (table,) = (one for one in kept["collections"] if one["name"].endswith(f"${name}"))
        claimed, record = sorted(table["data"], key=lambda row: len(row["properties"]))
        rows = [row for one in records for row in _rows(record, claimed, one)]
        table |= {"data": [row | {"$loki": number} for number, row in enumerate(rows, 1)], "maxId": len(rows)}
        for index in table["binaryIndices"].values():
            index |= {"dirty": True, "values": []}
        (self._data / TABLES).write_text(json.dumps(kept), encoding="utf-8")
        self._start()


def _rows(record: Entity, claimed: Entity, one: Entity) -> tuple[Entity, Entity]:
    """Return the rows of a record and of its claim as the emulator keeps them, made of those of another."""
    return _moved(record, one, newest_first(one["at"], one["sid"])), _moved(claimed, one, claim(one["sid"]))


def _moved(row: Entity, record: Entity, key: str) -> Entity:
    """Return a row of the emulator's file, as it would be with these keys and what this record has for its columns."""
    keys = {"PartitionKey": TIME, "RowKey": key}
    columns = {name: record.get(name, value) for name, value in row["properties"].items()}
    return row | keys | {"properties": columns | keys}
