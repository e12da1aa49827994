"""What is sent by the short way for rows is what the SDK sends: the emulator takes requests that Azure would refuse."""

import base64
import re

import pytest
from azure.core import MatchConditions
from azure.core.credentials import AccessToken, AzureNamedKeyCredential
from azure.core.pipeline.transport import RequestsTransport
from azure.data.tables import TableClient, UpdateMode

from shared.store.table_client import LeanTableClient

ROW = {"PartitionKey": "it's", "RowKey": "ü + &", "n": 1, "share": 1.5}
UNCHANGED = {"etag": 'W/"x"', "match_condition": MatchConditions.IfNotModified}
ITS_OWN = {"user-agent", "x-ms-client-request-id", "content-length", "date"}  # beside x-ms-date, which counts
SHORTER = {"prefer", "accept", "content-type"}  # what comes back of what was written, and that types are said
OPERATIONS = {
    "create": lambda table: table.create_entity(ROW),
    "upsert": lambda table: table.upsert_entity(ROW),
    "replace": lambda table: table.upsert_entity(ROW, UpdateMode.REPLACE),
    "update": lambda table: table.update_entity(ROW),
    "update-unchanged": lambda table: table.update_entity(ROW, UpdateMode.REPLACE, **UNCHANGED),
    "delete": lambda table: table.delete_entity("it's", "ü + &"),
    "get": lambda table: table.get_entity("it's", "ü + &"),
    "query": lambda table: next(iter(table.query_entities("n eq @n", parameters={"n": "1"}, select=["n"]))),
    "transaction": lambda table: table.submit_transaction(
        [("create", ROW), ("delete", ROW | {"RowKey": "c"}), ("upsert", ROW | {"RowKey": "d"}, {"mode": "replace"})]
    ),
}


class Sent(Exception):
    """A request, before it is sent."""


class Identity:
    """An identity of the account's directory, as DefaultAzureCredential is one."""

    def get_token(self, *_scopes, **_options):
        return AccessToken("token", 2**33)


class Nowhere(RequestsTransport):
    """Raises what it is to send."""

    def send(self, request, **_):
        raise Sent(request)


def sent(kind, credential, operation):
    table = kind("https://account.table.core.windows.net", "rows", credential=credential, transport=Nowhere())
    with pytest.raises(Sent) as raised:
        operation(table)
    return raised.value.args[0]


def headers(request):
    """Return the headers of a request, without the sign that a transaction chooses for its boundary."""
    return {name.lower(): re.sub(r"batch_[-\w]+", "batch", value) for name, value in request.headers.items()}


@pytest.mark.parametrize("credential", [AzureNamedKeyCredential("account", base64.b64encode(b"key").decode()),
                                        Identity()], ids=["key", "identity"])  # fmt: skip
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_the_headers_are_those_of_the_sdk(operation, credential):
    own, short = (sent(kind, credential, operation) for kind in (TableClient, LeanTableClient))
    assert (short.method, set(re.split("[?&]", short.url))) == (own.method, set(re.split("[?&]", own.url)))
    wanted, given = headers(own), headers(short)
    assert given.keys() >= wanted.keys() - ITS_OWN
    for name in wanted.keys() - ITS_OWN - SHORTER - {"authorization", "x-ms-date"}:
        assert given[name] == wanted[name], name
    assert given["authorization"].split(":")[0] == wanted["authorization"].split(":")[0]
    assert given.get("content-type", "").split(";")[0] == wanted.get("content-type", "").split(";")[0]
