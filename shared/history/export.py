"""Take the history out: CSV or JSON Lines, so many rows an answer, each answer naming the next in its Link header.

The Functions host gathers an answer before it sends it; bounded answers keep a history of any size out of memory.
"""

import csv
import io
import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import azure.functions as func
import msgspec

from shared import routes, settings
from shared.history import listing
from shared.history.listing import ListQuery
from shared.http import api
from shared.store import calls as stored_calls
from shared.store import messages as stored_messages
from shared.store.entities import Entity
from shared.store.tables import PAGE_ROWS
from shared.twilio import signature

JSON_LINES = "application/jsonl"
CSV = "text/csv"
BOM = "\ufeff"
# OWASP, "CSV Injection": how a cell begins that a spreadsheet calculates; in every width, as NFKC has them
_SIGNS = "=+@" + "\u207c\u208c\ufe66\uff1d" + "\u207a\u208a\ufb29\ufe62\uff0b" + "\ufe6b\uff20"
_MINUS = "\\-\u207b\u208b\u2212\ufe63\uff0d"
_FORMULA = re.compile(rf"""(?:^|[;\t\n\v\f\r\x85\u2028\u2029])[\s"\x00-\x1f\u200b\ufeff]*(?=[{_SIGNS}{_MINUS}])""")
_NUMBER = re.compile(r"\+[0-9]{1,15}|-?[0-9]+(\.[0-9]+)?")  # a phone number or a price calculates to itself

type Cells = dict[str, Any]


class ExportQuery(ListQuery, kw_only=True):
    """As of a list, and in which format."""

    limit: listing.PageSize = PAGE_ROWS
    format: (
        Annotated[
            Literal["csv", "jsonl"],
            msgspec.Meta(title="ExportFormat", description="Without it the Accept header counts, else `jsonl`."),
        ]
        | None
    ) = None


def messages(req: func.HttpRequest) -> func.HttpResponse:
    """Return messages as a file."""
    query = api.query(req, ExportQuery)
    rows, following = listing.page(stored_messages.table(), query)
    return _answer(req, query, routes.MESSAGES_EXPORT, _shown(rows, listing.message), listing.Message, following)


def calls(req: func.HttpRequest) -> func.HttpResponse:
    """Return calls as a file."""
    query = api.query(req, ExportQuery)
    rows, following = listing.page(stored_calls.table(), query)
    return _answer(req, query, routes.CALLS_EXPORT, _shown(rows, listing.call), listing.Call, following)


def _shown(rows: Sequence[Entity], as_shape: Callable[[Entity], msgspec.Struct]) -> list[Cells]:
    return [msgspec.to_builtins(as_shape(row)) for row in rows]


def _answer(  # noqa: PLR0913, PLR0917 -- what one answer is made of
    req: func.HttpRequest,
    asked: ExportQuery,
    route: str,
    rows: list[Cells],
    shape: type[msgspec.Struct],
    following: str,
) -> func.HttpResponse:
    is_csv = asked.format == "csv" or (asked.format is None and CSV in req.headers.get("accept", ""))
    columns = [field.encode_name for field in msgspec.structs.fields(shape)]
    text = as_csv(rows, columns, has_header=not asked.page) if is_csv else as_json_lines(rows)
    headers = {
        "Content-Disposition": f'attachment; filename="{route.replace("/", "-")}.{"csv" if is_csv else "jsonl"}"'
    }
    if following:
        query = dict(req.params) | {"page": following, "format": "csv" if is_csv else "jsonl"}
        query.pop("code", None)  # a key does not belong into answers
        base = signature.base_url(req, settings.current())
        headers["Link"] = f'<{routes.url(base, route)}?{urlencode(query)}>; rel="next"'
    return func.HttpResponse(text.encode(), headers=headers, mimetype=CSV if is_csv else JSON_LINES)


def as_json_lines(rows: Sequence[Cells]) -> str:
    """Return each row as a line of JSON."""
    return "".join(msgspec.json.encode(row).decode() + "\n" for row in rows)


def as_csv(rows: Sequence[Cells], columns: Sequence[str], *, has_header: bool) -> str:
    """Return `rows` as CSV (RFC 4180) that a spreadsheet shows and never calculates: `columns` in their order.

    The first line names them when it `has_header`, after the sign by which Excel knows UTF-8. Every cell is quoted; a
    spreadsheet that expects semicolons splits one at them and at its line breaks all the same, so that each place where
    a cell may begin there is one here.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    if has_header:
        out.write(BOM)
        writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> str:
    text = _plain(value)
    return text if _NUMBER.fullmatch(text) else _FORMULA.sub(r"\g<0>'", text)


def _plain(value: Any) -> str:
    """Return a value as it is read in a cell: its parts in a row, each after its name, without what is not known."""
    match value:
        case None:
            return ""
        case str():
            return value
        case dict():
            return ", ".join(f"{name} {shown}" for name, part in value.items() if (shown := _plain(part)))
        case list():
            return ", ".join(shown for part in value if (shown := _plain(part)))
    return msgspec.json.encode(value).decode()
