"""Table Storage in memory: the service's own protocol, as far as the app's tables use it.

What the emulator answers is answered here (tests/unit/store runs against both). Source: "Table service REST API" in
Azure's docs. A row is kept as it was sent, with its types.
"""

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, unquote

from local.tell.filters import BadFilter, ordinal, test_of

PAGE_ROWS = 1000
_ONE = re.compile(r"(?P<table>\w+)\(PartitionKey='(?P<partition>(?:[^']|'')*)',\s*RowKey='(?P<row>(?:[^']|'')*)'\)")
_PART = re.compile(
    rb"(?P<method>POST|PUT|PATCH|MERGE|DELETE) (?P<url>\S+) HTTP/1.1\r\n"
    rb"(?P<headers>(?:[^\r\n]+\r\n)*)\r\n(?P<body>[^\r\n]*)"
)

type Key = tuple[bytes, bytes]
type Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """A request to the service. `path` is decoded, without the account's name; names of headers are in lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service answers."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class _Refused(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


class TableService:
    """The tables of one account."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[Key, Row]] = {}
        self._etags = itertools.count(1)

    def clear(self) -> None:
        """Delete all rows; the tables stay, or the app would have to make them again."""
        for table in self.tables.values():
            table.clear()

    def answer(self, request: Request) -> Answer:
        """Answer one request, with the time by the account's clock."""
        answer = self._batch(request) if request.path == "$batch" else self._answer(request)
        return Answer(answer.status, answer.headers | {"date": formatdate(usegmt=True)}, answer.body)

    def _answer(self, request: Request) -> Answer:
        try:
            return self._one(request)
        except _Refused as refused:
            error = {"odata.error": {"code": refused.code, "message": {"lang": "en-US", "value": refused.code}}}
            return _json(refused.status, error, {"x-ms-error-code": refused.code})

    def _one(self, request: Request) -> Answer:
        if request.path == "Tables":
            return self._make(json.loads(request.body)["TableName"])
        if one := _ONE.fullmatch(request.path):
            table = self._table(one["table"])
            return self._row(request, table, *(one[part].replace("''", "'") for part in ("partition", "row")))
        name = request.path.removesuffix("()")
        if request.method == "POST":
            return self._insert(self._table(name), json.loads(request.body))
        return self._query(self._table(name), request.query)

    def _table(self, name: str) -> dict[Key, Row]:
        if name not in self.tables:
            raise _Refused(404, "TableNotFound")
        return self.tables[name]

    def _make(self, name: str) -> Answer:
        if name in self.tables:
            raise _Refused(409, "TableAlreadyExists")
        self.tables[name] = {}
        return _json(201, {"TableName": name})

    def _insert(self, table: dict[Key, Row], row: Row) -> Answer:
        at = _key(row["PartitionKey"], row["RowKey"])
        if at in table:
            raise _Refused(409, "EntityAlreadyExists")
        table[at] = self._stamped(row)
        return Answer(204, {"etag": table[at]["odata.etag"]})

    def _stamped(self, row: Row) -> Row:
        kept = {name: value for name, value in row.items() if value is not None}
        return kept | {"odata.etag": f"W/\"datetime'{next(self._etags)}'\""}

    def _row(self, request: Request, table: dict[Key, Row], partition: str, row_key: str) -> Answer:
        at = _key(partition, row_key)
        unchanged = request.headers.get("if-match", "")
        there = table.get(at)
        is_upsert = request.method in {"PUT", "PATCH", "MERGE"} and not unchanged
        if there is None and not is_upsert:
            raise _Refused(404, "ResourceNotFound")
        if there and unchanged not in {"", "*", there["odata.etag"]}:
            raise _Refused(412, "UpdateConditionNotSatisfied")
        match request.method:
            case "GET":
                assert there is not None  # noqa: S101 -- refused above
                return _json(200, there, {"etag": there["odata.etag"]})
            case "DELETE":
                del table[at]
                return Answer(204)
        sent = json.loads(request.body) | {"PartitionKey": partition, "RowKey": row_key}
        table[at] = self._stamped(sent if request.method == "PUT" else (there or {}) | sent)
        return Answer(204, {"etag": table[at]["odata.etag"]})

    def _query(self, table: dict[Key, Row], query: Mapping[str, str]) -> Answer:
        try:
            passes = test_of(query.get("$filter", ""))
        except BadFilter:
            raise _Refused(400, "InvalidInput") from None
        first = _key(query.get("NextPartitionKey", ""), query.get("NextRowKey", ""))
        size = min(int(query.get("$top", PAGE_ROWS)), PAGE_ROWS)
        found = [table[at] for at in sorted(table) if at >= first and passes(table[at])]
        rows, after = found[:size], found[size : size + 1]
        names = [name for name in query.get("$select", "").split(",") if name and name != "*"]
        shown = [{name: row[name] for name in (*names, "odata.etag") if name in row} if names else row for row in rows]
        going_on = {f"x-ms-continuation-Next{name}": row[name] for row in after for name in ("PartitionKey", "RowKey")}
        return _json(200, {"value": shown}, going_on)

    def _batch(self, request: Request) -> Answer:
        """Do all of a transaction, or nothing of it."""
        before = {name: dict(rows) for name, rows in self.tables.items()}
        answers = []
        for number, part in enumerate(_PART.finditer(request.body)):
            lines = part["headers"].decode().splitlines()
            headers = {
                name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
            path = unquote(part["url"].decode()).partition("?")[0].rpartition("/")[2]
            answer = self._answer(Request(part["method"].decode(), path, {}, headers, part["body"]))
            answers.append(answer)
            if answer.status >= 400:
                self.tables = before
                return _multipart([_numbered(answer, number)])
        return _multipart(answers)


def _numbered(answer: Answer, number: int) -> Answer:
    """Return a refusal as a transaction tells it: the message begins with which of its parts it is about."""
    told = json.loads(answer.body)
    told["odata.error"]["message"]["value"] = f"{number}:{told['odata.error']['message']['value']}"
    return _json(answer.status, told, answer.headers)


def _key(partition: str, row: str) -> Key:
    return ordinal(partition), ordinal(row)


def _json(status: int, document: Any, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, {"content-type": "application/json"} | dict(headers or {}), json.dumps(document).encode())


def _multipart(answers: list[Answer]) -> Answer:
    parts = b"".join(
        b"--changesetresponse\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        + f"HTTP/1.1 {answer.status} -\r\n".encode()
        + "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items()).encode()
        + b"\r\n" + answer.body + b"\r\n"
        for answer in answers
    )  # fmt: skip
    body = (
        b"--batchresponse\r\nContent-Type: multipart/mixed; boundary=changesetresponse\r\n\r\n"
        + parts + b"--changesetresponse--\r\n--batchresponse--\r\n"
    )  # fmt: skip
    return Answer(202, {"content-type": "multipart/mixed; boundary=batchresponse"}, body)


def query_of(text: str) -> dict[str, str]:
    """Return the parameters of a query as it was sent."""
    return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
