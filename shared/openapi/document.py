"""The API's description, OpenAPI 3.1, made of the types that check what comes in and shape what goes out."""

from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any

import azure.functions as func
import msgspec
from msgspec import Meta

from shared import routes
from shared.health import HealthChecks
from shared.http import api, problem
from shared.openapi.operations import ALERT_TOKEN, KEY, OPERATIONS, PATH, TAGS, Operation
from shared.outbound import alerts, idempotency

VERSION = "0.3.0"  # pyproject.toml's, which is not deployed
_SCHEMAS = "#/components/schemas/{name}"

type Schema = dict[str, Any]


class FieldError(msgspec.Struct):
    """A field that is wrong, and why."""

    field: Annotated[str, Meta(description="The name of the field.")]
    detail: Annotated[str, Meta(description="What is wrong with it.")]


class TwilioError(msgspec.Struct, omit_defaults=True):
    """What Twilio said."""

    status: Annotated[int, Meta(description="Its HTTP status.")]
    code: Annotated[int, Meta(description="Its error code; 0 when it gave none.")] = 0
    message: Annotated[str, Meta(description="Its message.")] = ""


class ProblemDocument(msgspec.Struct, omit_defaults=True):
    """Why a request was not fulfilled (RFC 9457)."""

    type: Annotated[str, Meta(description="Always `about:blank`: the status says which kind of problem it is.")]
    title: Annotated[str, Meta(description="What is wrong, in few words.")]
    status: Annotated[int, Meta(description="The HTTP status.")]
    detail: Annotated[str, Meta(description="What is wrong in this case, and what to do.")]
    errors: Annotated[list[FieldError], Meta(description="The fields that are wrong.")] = []
    reason: Annotated[str, Meta(description="Why the line refuses, such as `country`, `opted-out` or a limit.")] = ""
    twilio: Annotated[TwilioError | None, Meta(description="What Twilio said, if it said anything.")] = None
    checks: Annotated[HealthChecks | None, Meta(description="The state of each part of the line.")] = None


_REASONS = {
    400: "Something in the request is wrong; `errors` names the fields",
    401: "The key is missing or wrong",
    403: "The line does not reach such numbers, or Twilio wants the number to be verified first",
    404: "There is no such thing",
    409: "The recipient has opted out, or the same request is at work",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "The Idempotency-Key was used for another request",
    429: "A limit is reached; Retry-After says when to come back",
    502: "Twilio refuses the line's own account",
    503: "Storage or Twilio cannot be reached now; Retry-After says when to come back",
}
_INFO = {
    "title": "Ahoy",
    "version": VERSION,
    "summary": "A phone line: make and answer calls and texts through Twilio.",
    "description": "Calls and texts, what became of them, and what the line may do. Problems are answered by "
    "`application/problem+json`; whatever was refused by one did not happen, unless it says that this is not known.",
    "contact": {"name": "Whoever runs this line"},
    "license": {"name": "MIT", "url": "https://opensource.org/license/mit"},
}
_SECURITY = {
    KEY: {
        "type": "apiKey", "in": "header", "name": "x-functions-key", "description": "A function key of the app.",
    },
    ALERT_TOKEN: {
        "type": "apiKey", "in": "query", "name": alerts.TOKEN, "description": "AHOY_ALERT_TOKEN of the app.",
    },
}  # fmt: skip
_RETRY_AFTER = {
    "Retry-After": {"description": "In how many seconds to ask again.", "schema": {"type": "integer", "minimum": 1}}
}
_IDEMPOTENCY_KEY = {
    "name": idempotency.HEADER,
    "in": "header",
    "required": False,
    "description": "A key of the caller's choice. The same request with the same key, within a week, gets the same "
    "answer and does nothing twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": idempotency.MAX_CHARACTERS},
}


def answer(req: func.HttpRequest) -> func.HttpResponse:
    """Return the description."""
    _ = req
    return func.HttpResponse(_document(), mimetype=api.JSON)


@cache
def _document() -> bytes:
    shapes = [shape for operation in OPERATIONS for shape in (operation.takes, operation.gives) if _is_json(shape)]
    _, components = msgspec.json.schema_components([*shapes, ProblemDocument], ref_template=_SCHEMAS)
    _require_all([operation.gives for operation in OPERATIONS if _is_json(operation.gives)], components)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(f"/{routes.PREFIX}/{operation.route}", {})[operation.method] = _described(operation)
    enumerations: dict[str, Schema] = {}
    paths, schemas = _named(paths, enumerations), _named(components, enumerations)
    return msgspec.json.encode({
        "openapi": "3.1.0",
        "info": _INFO,
        "servers": [{"url": "/", "description": "The line that gives this description"}],
        "tags": [{"name": name, "description": description} for name, description in TAGS.items()],
        "paths": paths,
        "components": {"schemas": schemas | enumerations, "securitySchemes": _SECURITY},
    })  # fmt: skip


def _require_all(answers: list[Any], components: dict[str, Schema]) -> None:
    """Require each field of the answers' schemas: all are sent, those with a default too."""
    _, answered = msgspec.json.schema_components(answers, ref_template=_SCHEMAS)
    for name in answered:
        if "properties" in components[name]:
            components[name]["required"] = list(components[name]["properties"])


def _is_json(shape: Any) -> bool:
    return shape is not None and shape is not func.HttpResponse


def _described(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [*_in_path(operation.route), *_in_query(operation.query), *_in_headers(operation)],
        "responses": _answers(operation),
    }
    if operation.takes:
        described["requestBody"] = {"required": True, "content": {api.JSON: {"schema": _schema(operation.takes)}}}
    if operation.security:
        described["security"] = [{operation.security: []}]
    return described


def _answers(operation: Operation) -> dict[str, Any]:
    content = {kind: {"schema": {"type": "string"}} for kind in operation.files}
    if _is_json(operation.gives):
        content[api.JSON] = {"schema": _schema(operation.gives)}
    answers: dict[str, Any] = {str(operation.status): {"description": operation.summary, "content": content}}
    answers |= {str(status): _problem(operation, status) for status in operation.problems}
    return answers | ({"401": {"description": _REASONS[401]}} if operation.security == KEY else {})


def _problem(operation: Operation, status: int) -> dict[str, Any]:
    headers = {"headers": _RETRY_AFTER} if status in operation.later else {}
    description = operation.reasons.get(status, _REASONS[status])
    return {"description": description, **headers, "content": {problem.MIME: {"schema": _schema(ProblemDocument)}}}


def _in_query(shape: type[msgspec.Struct] | None) -> Iterable[dict[str, Any]]:
    for field in msgspec.structs.fields(shape) if shape else ():
        schema = _schema(field.type)
        given = (one for one in schema.pop("anyOf", []) if one.get("type") != "null")
        shown = schema | next(given, {})
        yield {
            "name": field.encode_name,
            "in": "query",
            "required": field.required,
            "description": shown["description"] if "enum" in shown else shown.pop("description"),
            "schema": shown,
        }


def _in_path(route: str) -> Iterable[dict[str, Any]]:
    for name in (segment.strip("{}") for segment in route.split("/") if segment.startswith("{")):
        schema = {"type": "string", "minLength": 1}
        yield {"name": name, "in": "path", "required": True, "description": PATH[name], "schema": schema}


def _in_headers(operation: Operation) -> Iterable[dict[str, Any]]:
    return [_IDEMPOTENCY_KEY] if operation.is_once else []


def _named(part: Any, enumerations: dict[str, Schema]) -> Any:
    """Return a part of the description with its enumerations that have a title moved to the schemas, as references."""
    if isinstance(part, list):
        return [_named(one, enumerations) for one in part]
    if not isinstance(part, dict):
        return part
    part = _translated(part)
    if "enum" not in part:
        return {name: _named(value, enumerations) for name, value in part.items()}
    if "title" not in part:
        return {"type": "string", **part}
    kept = {name: part[name] for name in ("default",) if name in part}
    enumerations[part["title"]] = {"type": "string", **{name: part[name] for name in part if name not in kept}}
    return {"$ref": _SCHEMAS.format(name=part["title"]), **kept}


def _translated(part: Schema) -> Schema:
    """Return a schema in JSON Schema's words where Python has others: no moment is given, the very end of a text."""
    if part.get("format") == "date-time" and part.get("default") == "":
        return {name: value for name, value in part.items() if name != "default"}
    if isinstance(part.get("pattern"), str):
        return part | {"pattern": part["pattern"].replace(r"\Z", "$")}  # Python's `$` ends before a last newline too
    return part


def _schema(shape: Any) -> Schema:
    ((schema,), _) = msgspec.json.schema_components([shape], ref_template=_SCHEMAS)
    return schema
