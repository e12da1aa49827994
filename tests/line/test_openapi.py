"""The API does what its description says: schemathesis asks what the description allows, and what it does not."""

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

from shared import openapi, routes

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
READ_ONLY = [operation for operation in openapi.OPERATIONS if operation.method == "get"]


@pytest.fixture(scope="module")
def description(whole_line):
    answer = httpx.get(f"{whole_line.app}/api/openapi.json", timeout=30)
    assert answer.status_code == 200
    return answer.json()


def test_every_route_of_the_api_is_described_and_its_references_resolve(description):
    described = {path.removeprefix(f"/{routes.PREFIX}/") for path in description["paths"]}
    assert described == {operation.route for operation in openapi.OPERATIONS}
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


@pytest.mark.parametrize("operation", READ_ONLY, ids=lambda operation: operation.route)
def test_reading_gives_what_the_description_says_whatever_is_asked(whole_line, description, operation):
    whole_line.twilio.text("hello", from_="+12025550133")
    schema = schemathesis.openapi.from_dict(description)
    found = schema[f"/{routes.PREFIX}/{operation.route}"]["GET"]
    headers = {"x-functions-key": whole_line.function_key}

    @hypothesis.settings(max_examples=60, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(
        case=found.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
        | found.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
    )
    def ask(case):
        case.call_and_validate(base_url=whole_line.app, headers=headers, checks=CHECKS)

    ask()


@pytest.mark.parametrize("operation", READ_ONLY, ids=lambda operation: operation.route)
def test_without_a_key_nothing_is_read(whole_line, operation):
    assert httpx.get(f"{whole_line.app}/api/{operation.route}", timeout=30).status_code == 401
