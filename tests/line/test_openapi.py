"""The API does what its description says: schemathesis asks what the description allows, and what it does not."""

import secrets
from urllib.parse import urlencode

import httpx
import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared import routes
from shared.openapi.operations import OPERATIONS
from tests.line.around import signed
from tests.tools import app_functions
from tests.tools.waiting import eventually

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
READ_ONLY = [one for one in OPERATIONS if one.method == "get" and one.route != routes.HEALTH]
# Reconcile works for up to a minute on a long period; tests/line/test_record.py asks it.
ACTING = [one for one in OPERATIONS if one.method != "get" and one.route != routes.RECONCILE]


PATIENCE_S = 30
PATIENT = {"deadline": None, "suppress_health_check": list(hypothesis.HealthCheck)}


def right_or_wrong(found):
    """Return requests that the description of an operation allows, and such as it does not."""
    modes = schemathesis.GenerationMode
    return found.as_strategy(generation_mode=modes.POSITIVE) | found.as_strategy(generation_mode=modes.NEGATIVE)


def answered(case, app, headers):
    """Return the answer to a request; a machine so busy that the storage is too slow is asked again."""
    answers = []

    def is_ready():
        answers.append(case.call(base_url=app, headers=headers, timeout=PATIENCE_S))
        return answers[-1].status_code != httpx.codes.SERVICE_UNAVAILABLE

    eventually(is_ready, PATIENCE_S)
    return answers[-1]


@pytest.fixture(scope="module")
def description(whole_line):
    answer = httpx.get(f"{whole_line.app}/api/openapi.json", timeout=30)
    assert answer.status_code == 200
    return answer.json()


def test_every_route_of_the_api_is_described_and_its_references_resolve(description):
    described = {path.removeprefix(f"/{routes.PREFIX}/") for path in description["paths"]}
    assert described == {operation.route for operation in OPERATIONS}
    schemas = description["components"]["schemas"]
    assert {"Message", "Call", "ProblemDocument"} <= schemas.keys()
    for reference in _references(description):
        assert reference.removeprefix("#/components/schemas/") in schemas


def _references(part):
    if isinstance(part, dict):
        yield from ([part["$ref"]] if "$ref" in part else [])
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _references(one)


@pytest.fixture(scope="module")
def strange_words(whole_line):
    """Let Twilio have said of a text, a call and a recording what it says of none, as it may one day."""
    message, call = "SM" + secrets.token_hex(16), "CA" + secrets.token_hex(16)
    between = {"From": whole_line.number, "To": "+12025550133"}
    word = "teleported\r\nERROR forged"
    for route, told in (
        ("status/message", between | {"MessageSid": message, "MessageStatus": word}),
        ("status/call", between | {"CallSid": call, "CallStatus": word}),
        ("status/recording", {"CallSid": call, "RecordingSid": "RE" + secrets.token_hex(16), "RecordingStatus": word}),
    ):
        url, headers = signed(whole_line, route, told)
        assert whole_line.http.post(url, content=urlencode(told), headers=headers).status_code == 204
    eventually(lambda: whole_line.call_row(call)["recordings"])


@pytest.mark.usefixtures("strange_words")
@pytest.mark.parametrize("operation", READ_ONLY, ids=lambda operation: operation.route)
def test_reading_gives_what_the_description_says_whatever_is_asked(whole_line, description, operation):
    whole_line.twilio.text("hello", from_="+12025550133")
    schema = schemathesis.openapi.from_dict(description)
    found = schema[f"/{routes.PREFIX}/{operation.route}"]["GET"]
    headers = whole_line.key

    @hypothesis.settings(max_examples=40, **PATIENT)
    @hypothesis.given(case=right_or_wrong(found))
    def ask(case):
        case.validate_response(answered(case, whole_line.app, headers), checks=CHECKS)

    ask()


@pytest.mark.parametrize("operation", ACTING, ids=lambda operation: f"{operation.method} {operation.route}")
def test_asking_for_something_is_answered_as_the_description_says(whole_line, description, operation):
    """No 5xx at all; but this line has no API key, so that a token cannot be made: that is a described 503."""
    checks = CHECKS[1:] if operation.route == routes.TOKEN else CHECKS
    found = schemathesis.openapi.from_dict(description)[f"/{routes.PREFIX}/{operation.route}"][operation.method]
    headers = whole_line.key

    @hypothesis.settings(max_examples=40, **PATIENT)
    @hypothesis.given(case=right_or_wrong(found))
    def ask(case):
        case.call_and_validate(base_url=whole_line.app, headers=headers, checks=checks)

    ask()


def test_every_route_with_a_key_is_described():
    triggers = [found.get_trigger() for found in app_functions.functions()]
    keyed = {t.route for t in triggers if t.type == "httpTrigger" and t.auth_level.value == "FUNCTION"}
    assert keyed <= {operation.route for operation in OPERATIONS}


@pytest.mark.parametrize("operation", READ_ONLY, ids=lambda operation: operation.route)
def test_without_a_key_nothing_is_read(whole_line, operation):
    assert httpx.get(f"{whole_line.app}/api/{operation.route}", timeout=30).status_code == 401
