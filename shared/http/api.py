"""The API's edge: JSON in, checked field by field; JSON or a problem document out."""

import logging
import re
from collections.abc import Callable
from typing import Any

import azure.functions as func
import msgspec

from shared import routes
from shared.http.problem import Problem, StorageUnavailable, WrongFields

MAX_BODY_BYTES = 64 * 1024
JSON = "application/json"
# Source: "Function access keys" in Azure's docs: what the host reads in an address before the function does.
_OF_THE_HOST = frozenset(["code", "clientId"])
_ID = re.compile(r"[0-9a-f]{32}")  # of a broadcast

log = logging.getLogger("ahoy.api")


def answer(
    req: func.HttpRequest, room: Callable[[func.HttpRequest], Any], status: int = 200, location: str = ""
) -> func.HttpResponse:
    """Answer with what `room` returns, as JSON with `status` unless it is an answer itself.

    The Problem that it raises is the answer, too; StorageDown becomes 503, anything else a 500 whose cause is in the
    log alone. `location` is the route of what was made, filled in from the answer.
    """
    try:
        document = room(req)
    except Problem as problem:
        log.info("%s %s: %s %s", req.method, _shown(req), problem.status, problem.document["title"])
        return problem.response()
    except Exception as e:
        from shared.errors import StorageDown  # no caller waits for it

        if isinstance(e, StorageDown):
            log.warning("%s %s: %s", req.method, _shown(req), e)
            return StorageUnavailable("Nothing is lost; try again.").response()
        log.exception("%s %s failed", req.method, _shown(req))
        return Problem(500, "Something went wrong here", "The log of the app has the cause.").response()
    if isinstance(document, func.HttpResponse):
        return document
    headers = {"Location": f"/{routes.PREFIX}/{location.format(**msgspec.to_builtins(document))}"} if location else {}
    return func.HttpResponse(msgspec.json.encode(document), status_code=status, mimetype=JSON, headers=headers)


def _shown(req: func.HttpRequest) -> str:
    """Return the address as logs may hold it: without its query, which carries keys, and without the person in it."""
    parts = req.url.partition("?")[0].rstrip("/").split("/")
    given = len(parts) - len(req.route_params)  # they end every route that has some
    return "/".join([*parts[:given], *(part if _ID.fullmatch(part) else "…" for part in parts[given:])])


def body[T: msgspec.Struct](req: func.HttpRequest, shape: type[T], most_bytes: int = MAX_BODY_BYTES) -> T:
    """Return the request's JSON object as `shape`.

    Raises WrongFields that names every field that is wrong, Problem 413 above `most_bytes`, 415 and 400 for what is no
    JSON.
    """
    raw = req.get_body()
    if len(raw) > most_bytes:
        raise Problem(413, "The body is too large", f"At most {most_bytes} bytes are accepted.")
    if req.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise Problem(415, "The body must be JSON", "Send it with Content-Type: application/json.")
    try:
        document = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise Problem(400, "The body is not JSON", str(e)) from None
    if not isinstance(document, dict):
        raise Problem(400, "The body must be a JSON object")
    return checked(document, shape)


def query[T: msgspec.Struct](req: func.HttpRequest, shape: type[T]) -> T:
    """Return the request's query as `shape`, numbers read from text; raises WrongFields, for unknown names too."""
    asked = {name: value for name, value in req.params.items() if name not in _OF_THE_HOST}
    return checked(asked, shape, strict=False)


def checked[T: msgspec.Struct](document: dict[str, Any], shape: type[T], *, strict: bool = True) -> T:
    """Return `document` as `shape`; without `strict`, numbers and truth values are read from their text, as in a query.

    Raises WrongFields: field by field, since one conversion of the whole would stop at the first mistake.
    """
    fields = {field.encode_name: field for field in msgspec.structs.fields(shape)}
    errors = {name: f"unknown field; known are {', '.join(fields)}" for name in document if name not in fields}
    for name, field in fields.items():
        if name in document:
            try:
                msgspec.convert(document[name], field.type, strict=strict)
            except msgspec.ValidationError as e:
                errors[name] = str(e)
        elif field.required:
            errors[name] = "is required"
    if errors:
        raise WrongFields(errors)
    return msgspec.convert(document, shape, strict=strict)
