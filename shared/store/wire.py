"""Rows, queries and transactions as the Table service's protocol spells them.

Source: "Payload format for Table service operations" and "Performing entity group transactions" in Azure's docs.
"""

import base64
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from azure.core import MatchConditions
from azure.data.tables import EdmType, EntityMetadata, EntityProperty, TableEntity, UpdateMode, __version__

type Keys = tuple[str, str]

_ALWAYS = {"x-ms-version": "2019-02-02", "User-Agent": f"azsdk-python-data-tables/{__version__}"}
_SENDS = {
    **_ALWAYS, "DataServiceVersion": "3.0", "Content-Type": "application/json", "Accept": "application/json",
    "Prefer": "return-no-content",  # it need not come back
}  # fmt: skip
_READS = {**_ALWAYS, "DataServiceVersion": "3.0", "Accept": "application/json;odata=minimalmetadata"}  # with ETags
_CHANGES_ALL = {
    **_ALWAYS, "DataServiceVersion": "3.0", "MaxDataServiceVersion": "3.0;NetFx", "Accept": "application/json",
}  # fmt: skip
_METHODS = {UpdateMode.MERGE: "PATCH", UpdateMode.REPLACE: "PUT"}
_TYPE = "@odata.type"
_SMALLEST, _LARGEST = -(2**31), 2**31 - 1  # a whole number is an Int32 unless its type is said
_ENDLESS = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
_ETAG = re.compile(rb"\r\nETag: *([^\r\n]+)", re.IGNORECASE)
_DOCUMENT = re.compile(rb"\{.*\}", re.DOTALL)
_READ: dict[str, Callable[[Any], Any]] = {
    EdmType.INT64.value: lambda text: EntityProperty(int(text), EdmType.INT64),
    EdmType.DOUBLE.value: float,
    EdmType.DATETIME.value: datetime.fromisoformat,
    EdmType.GUID.value: UUID,
    EdmType.BINARY.value: base64.b64decode,
}


class Row(TableEntity):
    """A row as the SDK gives it, with its ETag; when it was written is not read."""

    etag = ""

    @property
    def metadata(self) -> EntityMetadata:
        """What the service says of it."""
        return {"etag": self.etag, "timestamp": None}


def written(entity: Mapping[str, Any]) -> str:
    """Return an entity as JSON in ASCII; a None is no column, and a type is said where JSON does not show it.

    Raises TypeError for what no column can hold.
    """
    sent: dict[str, Any] = {}
    for name, value in entity.items():
        if type(value) is str or type(value) is bool or (type(value) is int and _SMALLEST <= value <= _LARGEST):
            sent[name] = value
        elif value is not None:
            sent[name], sent[name + _TYPE] = _typed(name, value)
    return json.dumps(sent)


def _typed(name: str, value: Any) -> tuple[Any, str]:
    match value:
        case float():
            return (value if math.isfinite(value) else _ENDLESS[str(value)]), EdmType.DOUBLE.value
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), EdmType.DATETIME.value
        case UUID():
            return str(value), EdmType.GUID.value
        case bytes():
            return base64.b64encode(value).decode(), EdmType.BINARY.value
        case EntityProperty(value=int() as number, edm_type=EdmType.INT64):
            return str(number), EdmType.INT64.value
    raise TypeError(f"{name!r} cannot be written: {type(value).__name__} of that size or kind is no column's")


def read(sent: dict[str, Any]) -> Row:
    """Return the row that came as this object."""
    row, types = Row(), dict[str, str]()
    for name, value in sent.items():
        if name.endswith(_TYPE):
            types[name.removesuffix(_TYPE)] = value
        elif name == "odata.etag":
            row.etag = value
        elif name != "Timestamp" and not name.startswith("odata."):
            row[name] = value
    for name, kind in types.items():
        if name in row and kind in _READ:
            row[name] = _READ[kind](row[name])
    return row


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, or a part of a transaction. `path` comes below the account's address."""

    method: str
    path: str
    headers: dict[str, str]
    body: str = ""


def creation(table: str, entity: Mapping[str, Any]) -> Asked:
    """Return what writes a new row into a `table`."""
    return Asked("POST", f"/{table}", _SENDS, written(entity))


def change(table: str, entity: Mapping[str, Any], mode: UpdateMode, condition: dict[str, str]) -> Asked:
    """Return what writes an `entity` into a `table`, in a `mode`, on a `condition` or, without one, in any case."""
    return Asked(_METHODS[mode], _at(table, *keys(entity)), _SENDS | condition, written(entity))


def deletion(table: str, at: Keys, condition: dict[str, str]) -> Asked:
    """Return what deletes the row `at` its keys out of a `table`, on a `condition`."""
    return Asked("DELETE", _at(table, *at), _READS | condition)


def reading(table: str, at: Keys) -> Asked:
    """Return what reads the row `at` its keys in a `table`."""
    return Asked("GET", _at(table, *at), _READS)


def query(table: str, options: Mapping[str, Any]) -> Asked:
    """Return what reads rows of a `table`, with `options` as the service names them; those without a value are none."""
    given = [f"{name}={quote(str(value), safe='')}" for name, value in options.items() if value]
    return Asked("GET", f"/{table}()" + ("?" + "&".join(given) if given else ""), _READS)


def keys(entity: Mapping[str, Any]) -> Keys:
    """Return the keys of a row."""
    return entity["PartitionKey"], entity["RowKey"]


def condition(etag: str | None, wanted: MatchConditions | None) -> dict[str, str]:
    """Return the condition that a row is there, and when it is `wanted`, that it has this `etag`."""
    return {"If-Match": etag if etag and wanted == MatchConditions.IfNotModified else "*"}


def _at(table: str, partition: str, row: str) -> str:
    return f"/{table}(PartitionKey='{_quoted(partition)}',RowKey='{_quoted(row)}')"


def _quoted(key: str) -> str:
    return quote(key.replace("'", "''"), safe="")


def is_text(parameters: Mapping[str, Any]) -> bool:
    """Return whether `filled` can fill in these parameters."""
    return all(isinstance(value, str) for value in parameters.values())


def filled(text: str, parameters: Mapping[str, str]) -> str:
    """Return the text of a query whose `@names` are replaced by the `parameters`."""
    return " ".join(_literal(parameters[word[1:]]) if word[:1] == "@" else word for word in text.split(" "))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def rows(document: dict[str, Any]) -> list[Row]:
    """Return the rows of an answer to a query."""
    return [read(row) for row in document["value"]]


def token(headers: Mapping[str, str]) -> dict[str, str] | None:
    """Return where a query goes on, as the SDK spells it, or None at its end."""
    found = {name: headers.get(f"x-ms-continuation-Next{name}") for name in ("PartitionKey", "RowKey")}
    return {name: value for name, value in found.items() if value} or None


def going_on(token: Mapping[str, str] | None) -> dict[str, str]:
    """Return the options of a query that goes on there."""
    return {f"Next{name}": value for name, value in (token or {}).items()}


def part(table: str, what: str, entity: Mapping[str, Any], how: Mapping[str, Any]) -> Asked:
    """Return a change of a transaction in a `table`: `what` is done with an `entity`, and `how`, as the SDK takes them.

    Raises ValueError for what the SDK does not know.
    """
    wanted = condition(how.get("etag"), how.get("match_condition"))
    match what:
        case "create":
            return creation(table, entity)
        case "upsert" | "update":
            return change(table, entity, how.get("mode", UpdateMode.MERGE), wanted if what == "update" else {})
        case "delete":
            return deletion(table, keys(entity), wanted)
    raise ValueError(f"{what!r} is no change of a transaction; it takes create, upsert, update, delete")


def batch(endpoint: str, parts: Iterable[Asked]) -> Asked:
    """Return what makes all these changes at an `endpoint`, or none."""
    outer, inner = f"batch_{uuid4()}", f"changeset_{uuid4()}"
    lines = [f"--{outer}", f"Content-Type: multipart/mixed; boundary={inner}", ""]
    for number, part in enumerate(parts):
        lines += [
            f"--{inner}", "Content-Type: application/http", "Content-Transfer-Encoding: binary",
            f"Content-ID: {number}", "", f"{part.method} {endpoint}{part.path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in part.headers.items()), "", part.body,
        ]  # fmt: skip
    lines += [f"--{inner}--", f"--{outer}--", ""]
    headers = {**_CHANGES_ALL, "Content-Type": f"multipart/mixed; boundary={outer}"}
    return Asked("POST", "/$batch", headers, "\r\n".join(lines))


def results(content: bytes) -> Iterator[tuple[int, str, bytes]]:
    """Return status, ETag and document of each change of a transaction; one that is refused is told of alone."""
    for answered in content.split(b"Content-Type: application/http")[1:]:
        status, etag, document = _STATUS.search(answered), _ETAG.search(answered), _DOCUMENT.search(answered)
        if status:
            yield int(status[1]), etag[1].decode() if etag else "", document[0] if document else b""


def said(content: bytes) -> tuple[str, int]:
    """Return the code of a refusal, "" when there is none in it, and the change of a transaction that it is about."""
    try:
        error = json.loads(content)["odata.error"]
        code, words = str(error["code"]), str(error["message"]["value"])
    except (ValueError, LookupError, TypeError):
        return "", 0
    number = words.partition(":")[0]
    return code, int(number) if number.isdecimal() else 0
