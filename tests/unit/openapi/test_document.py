"""The API's description says what the code holds: the very types, statuses, problems and headers."""

import json

import azure.functions as func
import jsonschema
import msgspec
import pytest
from msgspec import inspect
from twilio.rest.api.v2010.account.call import CallInstance
from twilio.rest.api.v2010.account.message import MessageInstance
from twilio.rest.api.v2010.account.recording import RecordingInstance
from twilio.rest.api.v2010.account.transcription import TranscriptionInstance

from shared import routes
from shared.errors import StorageDown
from shared.history import listing
from shared.http import api
from shared.http.problem import StorageUnavailable, WrongFields
from shared.openapi import document, operations
from shared.outbound.dispatch import InDoubt
from shared.outbound.idempotency import AtWork
from shared.outbound.policy import NotAllowed, OptedOut
from shared.outbound.rate_limits import LimitReached
from shared.twilio.client import Busy
from tests.tools import app_functions


@pytest.fixture(scope="module")
def description():
    return json.loads(document.answer(None).get_body())


@pytest.fixture(scope="module")
def schemas(description):
    return description["components"]["schemas"]


def described(description):
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def followed(schema, schemas):
    return schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def structs(shapes):
    """Return the structs that some types are made of, at whatever depth."""
    return {shape for one in shapes for shape in _structs_of(inspect.type_info(one))}


def _structs_of(info):
    if isinstance(info, inspect.StructType):
        yield info.cls
    for name in ("fields", "type", "item_type", "value_type", "types", "item_types"):
        part = getattr(info, name, ())
        for one in part if isinstance(part, tuple) else (part,):
            yield from _structs_of(one)


def test_each_field_and_parameter_says_what_it_is(description, schemas):
    fields = {
        f"{name}.{field}": followed(next(iter(schema.get("anyOf", [schema])), schema), schemas) | schema
        for name, told in schemas.items()
        for field, schema in told.get("properties", {}).items()
    }
    parameters = {
        f"{path} {one['name']}": one for path, _, operation in described(description) for one in operation["parameters"]
    }
    assert [name for name, told in (fields | parameters | schemas).items() if not told.get("description")] == []


def test_each_moment_is_a_date_time(schemas):
    names = {"at", "since", "until", "reached", "send_at", "firedDateTime", "resolvedDateTime"}
    moments = [
        schema for told in schemas.values() for name, schema in told.get("properties", {}).items() if name in names
    ]
    assert len(moments) >= 10
    for schema in moments:
        assert schema.get("anyOf", [schema])[0]["format"] == "date-time"


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("MessageStatus", MessageInstance.Status),
        ("CallStatus", CallInstance.Status),
        ("RecordingStatus", RecordingInstance.Status),
        ("TranscriptionStatus", TranscriptionInstance.Status),
    ],
)
def test_an_enumeration_of_statuses_has_all_that_twilio_has(schemas, name, known):
    values = {value for key, value in vars(known).items() if key.isupper()}
    assert values
    assert values <= set(schemas[name]["enum"])


def test_each_field_of_an_answer_is_required_since_it_is_always_sent(schemas):
    answers = structs(one.gives for one in operations.OPERATIONS if one.gives is not func.HttpResponse)
    assert {listing.MessagePage, listing.Message, listing.Recording} <= answers
    for shape in answers:
        assert set(schemas[shape.__name__]["required"]) == {one.encode_name for one in msgspec.structs.fields(shape)}


def test_what_is_asked_is_never_what_is_answered_and_may_leave_out_what_has_a_default(schemas):
    asked = structs(one.takes for one in operations.OPERATIONS if one.takes)
    assert asked & structs(one.gives for one in operations.OPERATIONS) == set()
    assert set(schemas["TextRequest"]["required"]) == {"to"}
    assert set(schemas["ProblemDocument"]["required"]) == {"type", "title", "status", "detail"}  # the others: if told


def test_a_key_is_taken_where_something_is_done_once(description):
    keyed = {
        operation["operationId"]
        for _, _, operation in described(description)
        if any(one["name"] == "Idempotency-Key" for one in operation["parameters"])
    }
    assert keyed == {"placeCall", "sendMessage", "startBroadcast"}


def test_problems_are_problem_documents_and_say_when_to_come_back(description):
    for _, _, operation in described(description):
        for status, answer in operation["responses"].items():
            if status >= "400" and answer.get("content"):
                assert set(answer["content"]) == {"application/problem+json"}
            if status == "429":
                assert "Retry-After" in answer["headers"]


@pytest.mark.parametrize(
    "problem",
    [
        WrongFields({"to": "is required"}), StorageUnavailable(), InDoubt(), InDoubt({"status": 500}), AtWork(),
        NotAllowed("It is abroad.", "country"), OptedOut(), LimitReached("AHOY_HOURLY_LIMIT", 60),
        Busy(told={"code": 20429, "message": "Too many requests", "status": 429}),
    ],
    ids=lambda problem: type(problem).__name__,
)  # fmt: skip
def test_all_that_a_problem_says_is_described(problem):
    told = json.loads(problem.response().get_body())
    assert set(told) <= {field.encode_name for field in msgspec.structs.fields(document.ProblemDocument)}
    msgspec.convert(told, document.ProblemDocument)


def test_a_route_answers_by_the_function_that_its_operation_names(monkeypatch):
    """So that what is described is what mypy holds that function to."""
    seen = {}

    def note(req, room, status, _location):
        seen[req.method.lower(), req.url.removeprefix("/api/")] = (room, status)

    monkeypatch.setattr(api, "answer", note)
    for function in app_functions.functions():
        trigger = function.get_trigger()
        for method in (trigger.methods or []) if trigger.type == "httpTrigger" else []:
            if (method.value.lower(), trigger.route) in {(one.method, one.route) for one in operations.OPERATIONS}:
                req = func.HttpRequest(method.value, f"/api/{trigger.route}", body=b"")
                function.get_user_function()(req)
    assert seen == {(one.method, one.route): (one.answers, one.status) for one in operations.OPERATIONS}


def test_each_function_promises_a_type_of_its_own():
    own = [one.gives for one in operations.OPERATIONS if one.gives is not func.HttpResponse]
    assert all(issubclass(shape, msgspec.Struct) for shape in own)


def test_where_a_broadcast_was_made_is_told():
    from shared.outbound.broadcasts import BroadcastAccepted

    made = BroadcastAccepted(id="b1", state="running", total=2)
    answer = api.answer(func.HttpRequest("POST", "/", body=b""), lambda _: made, 202, routes.BROADCAST)
    assert answer.headers["Location"] == "/api/broadcasts/b1"


def test_a_storage_that_is_down_says_when_to_come_back():
    def room(_):
        raise StorageDown("ServiceRequestError")

    answer = api.answer(func.HttpRequest("GET", "/api/messages", body=b""), room)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def test_every_operation_is_described_under_its_route(description):
    described = {
        (path, method) for path, found in description["paths"].items() for method in found if method != "parameters"
    }
    assert described == {(f"/{routes.PREFIX}/{one.route}", one.method) for one in operations.OPERATIONS}


def test_every_reference_leads_to_a_schema_that_is_one(description):
    schemas = description["components"]["schemas"]
    text = json.dumps(description)
    assert {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]} <= schemas.keys()
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
