"""The tables of a line as one file, and from there into an account again: each row as it is kept, with its types.

A row that is there already is never changed: it may know more, such as that somebody opted out meanwhile. Nor does a
row come back of somebody who was forgotten in between.
"""

import base64
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import (
    EdmType,
    EntityProperty,
    TableClient,
    TableServiceClient,
    TableTransactionError,
)

KIND = {"ahoy": "backup", "version": 1}
OF_THE_HOST = ("azurefunctions", "azurewebjobs", "$")  # tables that it makes for itself
RECORDS, COPIES = "bytime", "byperson"  # a record proves its copy, so that the copies are read last
AT_ONCE = 16  # requests
TRANSACTION_ROWS = 100  # the service takes no more, and 4 MiB
TRANSACTION_CHARACTERS = 2_000_000
SHOWN_EVERY = 1000  # rows

type Row = dict[str, Any]


class NotABackup(Exception):
    """The file is none, or is not whole; the message says which."""


@dataclass(slots=True)
class Told:
    """What is in a backup: when it was made and from where, and how many rows each table has."""

    at: str = ""
    of: str = ""
    rows: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Brought:
    """What came of a restore, in rows."""

    new: int = 0
    there: int = 0
    forgotten: int = 0

    @property
    def all(self) -> int:
        """How many were looked at."""
        return self.new + self.there + self.forgotten


def write(service: TableServiceClient, of: str, to: Path, show: Callable[[int], None] = lambda _: None) -> Told:
    """Write every row of every table to a new file, which is there when it is whole. `of` says what it is a backup of.

    `show` is called with the number of rows now and then. Raises FileExistsError, AzureError.
    """
    told = Told(datetime.now(UTC).isoformat(timespec="seconds"), of)
    part = to.with_name(f"{to.name}.part")
    if to.exists():
        raise FileExistsError(f"{to} is there already; name another file")
    try:
        part.touch(0o600)  # it holds what people said
        with gzip.open(part, "wt", encoding="utf-8") as out:
            for line in _lines(service, told, show):
                out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)
    return told


def _lines(service: TableServiceClient, told: Told, show: Callable[[int], None]) -> Iterator[Any]:
    yield {**KIND, "at": told.at, "of": told.of}
    for name in _in_order(table.name for table in service.list_tables()):
        for entity in service.get_table_client(name).list_entities(results_per_page=1000):
            yield [name, {key: _written(value) for key, value in entity.items()}]
            told.rows[name] += 1
            if told.rows.total() % SHOWN_EVERY == 0:
                show(told.rows.total())
    yield {"rows": told.rows}


def _in_order(names: Iterable[str]) -> list[str]:
    own = [name for name in names if not name.lower().startswith(OF_THE_HOST)]
    return sorted(own, key=lambda name: (name.endswith(COPIES), name.endswith(RECORDS), name))


def _written(value: Any) -> Any:
    """Return a value as JSON has it: with its type, unless that is the one which JSON would give it."""
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, bytes):
        return [EdmType.BINARY.value, base64.b64encode(value).decode()]
    if isinstance(value, float):
        return [EdmType.DOUBLE.value, repr(value)]
    if isinstance(value, EntityProperty):
        return [EdmType(value.edm_type).value, str(value.value)]
    if isinstance(value, datetime):
        return [EdmType.DATETIME.value, getattr(value, "tables_service_value", "") or value.isoformat()]
    return [EdmType.GUID.value, str(value)]


def _read(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    kind, text = EdmType(value[0]), value[1]
    if kind == EdmType.BINARY:
        return base64.b64decode(text)
    return float(text) if kind == EdmType.DOUBLE else EntityProperty(text, kind)


def looked_at(file: Path) -> Told:
    """Return what a file says of itself, once it was read to its end. Raises NotABackup, OSError."""
    told = Told()
    for _, document in _documents(file):
        if isinstance(document, list):
            told.rows[document[0]] += 1
        elif "at" in document:
            told.at, told.of = document["at"], document["of"]
        elif document["rows"] == dict(told.rows):
            return told
    raise NotABackup(f"{file} ends too early: it is a part of a backup")


def _documents(file: Path) -> Iterator[tuple[int, Any]]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                document = json.loads(line)
                if number == 0 and not (isinstance(document, dict) and KIND.items() <= document.items()):
                    raise NotABackup(f"{file} is no backup of a line, or one of a newer version")
                yield number, document
    except (EOFError, gzip.BadGzipFile, UnicodeDecodeError, ValueError, AttributeError) as e:
        raise NotABackup(f"{file} is no whole backup of a line ({type(e).__name__})") from e


def restore(service: TableServiceClient, file: Path, show: Callable[[int], None] = lambda _: None) -> Brought:
    """Bring each row of a file into the account, unless it is there. Raises NotABackup, AzureError, OSError.

    `show` is called with the number of rows now and then.
    """
    brought, forgotten = Brought(), _forgotten(service)
    rows = (document for _, document in _documents(file) if isinstance(document, list))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for name, of_table in groupby(rows, key=lambda row: row[0]):
            table = _Table(service, name)
            for bunch in _bunches(of_table, AT_ONCE * 4):
                work = [(table, part) for part in _kept(bunch, forgotten, brought)]
                for new, there in pool.map(lambda one: one[0].insert(one[1]), work):
                    brought.new += new
                    brought.there += there
                show(brought.all)
    return brought


def _forgotten(service: TableServiceClient) -> dict[str, str]:
    """Return who was forgotten here, and until when: the hash of a person, and a moment."""
    try:
        return {row["PartitionKey"]: row["at"] for row in service.get_table_client("forgotten").list_entities()}
    except ResourceNotFoundError:
        return {}


def _kept(parts: list[list[Row]], forgotten: dict[str, str], brought: Brought) -> Iterator[list[Row]]:
    for part in parts:
        kept = [row for row in part if not _is_forgotten(row, forgotten)]
        brought.forgotten += len(part) - len(kept)
        if kept:
            yield kept


def _is_forgotten(row: Row, forgotten: dict[str, str]) -> bool:
    until = forgotten.get(hashlib.sha256(str(row.get("person", "")).encode()).hexdigest(), "")
    if not until or "at" not in row:
        return bool(until)
    return datetime.fromisoformat(str(row["at"])) <= datetime.fromisoformat(until)


def _bunches(rows: Iterable[list[Any]], size: int) -> Iterator[list[list[Row]]]:
    """Yield rows by what one request takes: those of one partition that follow each other; `size` requests at once."""
    bunch: list[list[Row]] = []
    length = 0
    for _, row in rows:
        is_more = bunch and bunch[-1][0]["PartitionKey"] == row["PartitionKey"] and len(bunch[-1]) < TRANSACTION_ROWS
        length = length + len(str(row)) if is_more else len(str(row))
        if is_more and length < TRANSACTION_CHARACTERS:
            bunch[-1].append(row)
            continue
        if len(bunch) == size:
            yield bunch
            bunch = []
        bunch.append([row])
    if bunch:
        yield bunch


class _Table:
    """A table that rows are brought into; made when it is missing."""

    def __init__(self, service: TableServiceClient, name: str) -> None:
        self._client: TableClient = service.get_table_client(name)
        if name not in {table.name for table in service.list_tables()}:
            self._client.create_table()

    def insert(self, rows: list[Row]) -> tuple[int, int]:
        """Insert rows of one partition; return how many were new, and how many were there."""
        entities = [{key: _read(value) for key, value in row.items()} for row in rows]
        if len(entities) > 1:
            try:
                self._client.submit_transaction([("create", entity) for entity in entities])
            except (TableTransactionError, ResourceExistsError):
                pass  # some are there: one after the other
            else:
                return len(entities), 0
        new = sum(self._is_new(entity) for entity in entities)
        return new, len(entities) - new

    def _is_new(self, entity: Row) -> bool:
        try:
            self._client.create_entity(entity)
        except ResourceExistsError:
            return False
        return True
