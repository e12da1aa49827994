"""The API's description, OpenAPI 3.1, made of the types that check what comes in and shape what goes out.

OPERATIONS is the one place where a route says what it takes and gives. Twilio's webhooks are not part of it.
"""

from functools import cache
from typing import Any, Literal

import azure.functions as func
import msgspec

from shared import routes
from shared.history import export, listing, reconcile
from shared.history.forget import ForgetQuery, Forgotten
from shared.http import api, problem
from shared.outbound import access_tokens, alerts, broadcasts, caller_ids, rate_limits, sending  # fmt: skip

VERSION = "0.2.0"  # pyproject.toml's, which is not deployed
_SCHEMAS = "#/components/schemas/{name}"
_KEY, _ALERT_TOKEN = "functionKey", "alertToken"


class FieldError(msgspec.Struct):
    """A field that is wrong, and why."""

    field: str
    detail: str


class ProblemDocument(msgspec.Struct, omit_defaults=True):
    """RFC 9457. `errors` names the fields that are wrong, `twilio` holds Twilio's own code and message."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []
    twilio: dict[str, Any] = {}
    checks: dict[str, Any] = {}


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What a route takes and gives. `problems` are the statuses answered by a problem document, `files` media types."""

    method: Literal["get", "post", "delete"]
    route: str
    summary: str
    gives: Any = None
    status: int = 200
    takes: Any = None
    query: type[msgspec.Struct] | None = None
    files: tuple[str, ...] = ()
    problems: tuple[int, ...] = ()
    key: str = _KEY  # how the caller proves itself: a security scheme, or empty when it need not


TAKING = (400, 413, 415, 503)  # what a route that takes a body may answer
LEAVING = (*TAKING, 403, 409, 422, 429, 502)  # and one that lets something leave
OPERATIONS = (
    Operation(method="get", route=routes.MESSAGES, summary="Messages, newest first", query=listing.ListQuery,
              gives=listing.MessagePage, problems=(400, 503)),
    Operation(method="get", route=routes.CALLS, summary="Calls, newest first", query=listing.ListQuery,
              gives=listing.CallPage, problems=(400, 503)),
    Operation(method="get", route=routes.MESSAGES_EXPORT, summary="Messages as a file", query=export.ExportQuery,
              files=(export.CSV, export.JSON_LINES), problems=(400, 503)),
    Operation(method="get", route=routes.CALLS_EXPORT, summary="Calls as a file", query=export.ExportQuery,
              files=(export.CSV, export.JSON_LINES), problems=(400, 503)),
    Operation(method="delete", route=routes.PERSON, summary="Forget a person", query=ForgetQuery, gives=Forgotten,
              problems=(400, 503)),
    Operation(method="post", route=routes.RECONCILE, summary="Bring what Twilio's log has and the record has not",
              takes=reconcile.Period, gives=reconcile.Found, problems=TAKING),
    Operation(method="post", route=routes.MAKE_CALL, summary="Place a call", takes=sending.CallRequest, status=202,
              gives=sending.CallAnswer, problems=LEAVING),
    Operation(method="post", route=routes.SEND_SMS, summary="Send a text", takes=sending.TextRequest, status=202,
              gives=sending.TextAnswer, problems=LEAVING),
    Operation(method="post", route=routes.BROADCASTS, summary="Send one text, or place one call, to many",
              takes=broadcasts.BroadcastRequest, status=202, gives=broadcasts.Accepted, problems=(*TAKING, 409, 422)),
    Operation(method="get", route=routes.BROADCAST, summary="How far a broadcast is", gives=broadcasts.Progress,
              problems=(404, 503)),
    Operation(method="post", route=routes.BROADCAST, summary="Pause, resume or cancel a broadcast",
              takes=broadcasts.Change, gives=broadcasts.Progress, problems=(*TAKING, 404, 409)),
    Operation(method="get", route=routes.CALLER_IDS, summary="Numbers that the line may show as caller",
              gives=caller_ids.CallerIds, problems=(502, 503)),
    Operation(method="post", route=routes.CALLER_IDS, summary="Verify a number: Twilio rings it",
              takes=caller_ids.Verification, status=202, gives=caller_ids.Ringing, problems=LEAVING),
    Operation(method="post", route=routes.TOKEN, summary="An access token for Twilio's Voice SDK",
              takes=access_tokens.TokenRequest, gives=access_tokens.Token, problems=TAKING),
    Operation(method="get", route=routes.LIMITS, summary="What has left, what may, and what was refused",
              query=rate_limits.LimitsQuery, gives=rate_limits.Limits, problems=(400, 503)),
    Operation(method="get", route=routes.HEALTH, summary="Whether the line is well", gives=dict[str, Any],
              problems=(503,), key=""),
    Operation(method="post", route=routes.ALERTS, summary="Text an alert of Azure Monitor to the owner",
              takes=alerts.Alert, gives=alerts.Texted, problems=(401, *LEAVING), key=_ALERT_TOKEN),
)  # fmt: skip


def document(req: func.HttpRequest) -> func.HttpResponse:
    """Return the description."""
    _ = req
    return func.HttpResponse(_document(), mimetype=api.JSON)


@cache
def _document() -> bytes:
    shapes = [shape for operation in OPERATIONS for shape in (operation.takes, operation.gives) if shape]
    _, components = msgspec.json.schema_components([*shapes, ProblemDocument], ref_template=_SCHEMAS)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(f"/{routes.PREFIX}/{operation.route}", {})[operation.method] = _described(operation)
    return msgspec.json.encode({
        "openapi": "3.1.0",
        "info": {"title": "Ahoy", "version": VERSION},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                _KEY: {"type": "apiKey", "in": "header", "name": "x-functions-key"},
                _ALERT_TOKEN: {"type": "apiKey", "in": "query", "name": alerts.TOKEN},
            },
        },
    })  # fmt: skip


def _described(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"{operation.method}-{operation.route}",
        "summary": operation.summary,
        "parameters": [*_in_path(operation.route), *(_in_query(operation.query) if operation.query else [])],
        "responses": _answers(operation),
    }
    if operation.takes:
        described["requestBody"] = {"required": True, "content": {api.JSON: {"schema": _schema(operation.takes)}}}
    if operation.key:
        described["security"] = [{operation.key: []}]
    return described


def _answers(operation: Operation) -> dict[str, Any]:
    content = {kind: {"schema": {"type": "string"}} for kind in operation.files}
    if operation.gives:
        content[api.JSON] = {"schema": _schema(operation.gives)}
    answers: dict[str, Any] = {str(operation.status): {"description": operation.summary, "content": content}}
    trouble = {problem.MIME: {"schema": _schema(ProblemDocument)}}
    answers |= {str(status): {"description": _REASONS[status], "content": trouble} for status in operation.problems}
    return answers | ({"401": {"description": _REASONS[401]}} if operation.key == _KEY else {})


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


def _in_query(shape: type[msgspec.Struct]) -> list[dict[str, Any]]:
    parameters = []
    for field in msgspec.structs.fields(shape):
        schema = _schema(field.type)
        shown = next((one for one in schema.get("anyOf", []) if one.get("type") != "null"), schema)
        parameters.append({"name": field.encode_name, "in": "query", "required": field.required, "schema": shown})
    return parameters


def _in_path(route: str) -> list[dict[str, Any]]:
    names = [segment.strip("{}") for segment in route.split("/") if segment.startswith("{")]
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}} for name in names
    ]


def _schema(shape: Any) -> dict[str, Any]:
    ((schema,), _) = msgspec.json.schema_components([shape], ref_template=_SCHEMAS)
    return schema
