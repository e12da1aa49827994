"""The API's description is valid and names what it stands for: every route of an API caller, and no other."""

import json

import jsonschema
import pytest

from shared import openapi, routes
from tests.tools.requests_in import api_request

DOCUMENT = json.loads(openapi.document(api_request({}, "openapi.json", method="GET")).get_body())


def test_every_operation_is_described_under_its_route():
    described = {
        (path, method) for path, found in DOCUMENT["paths"].items() for method in found if method != "parameters"
    }
    assert described == {(f"/{routes.PREFIX}/{one.route}", one.method) for one in openapi.OPERATIONS}


def test_every_reference_leads_somewhere():
    text = json.dumps(DOCUMENT)
    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= DOCUMENT["components"]["schemas"].keys()


@pytest.mark.parametrize("name", sorted(DOCUMENT["components"]["schemas"]))
def test_every_schema_is_one(name):
    jsonschema.Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])
