"""The short way for rows and the SDK's own way have one answer, whatever is asked of a table and however it goes."""

import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from azure.core import MatchConditions
from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential
from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables import (
    AccountSasPermissions,
    EdmType,
    EntityProperty,
    ResourceTypes,
    TableClient,
    UpdateMode,
    generate_account_sas,
)
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from local import azurite
from shared.store.table_client import LeanTableClient
from shared.store.transport import Discreet

TRANSPORT = Discreet()
KEYS = st.sampled_from(["a", "b", "it's", "50%", "ü + &", "~", "c d"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
COLUMNS = st.dictionaries(
    st.sampled_from(["body", "n", "x__1"]),
    TEXTS | st.booleans() | st.integers(-(2**31), 2**31 - 1) | st.floats(allow_nan=False) | st.none(),
)
MODES = st.sampled_from(UpdateMode)


@pytest.fixture(scope="module")
def ways(storage, fresh_table):
    """A table by the SDK's own way, and another by the short one."""
    connection = storage.storage_connection
    ways = (
        TableClient.from_connection_string(connection, fresh_table("s")),
        LeanTableClient.from_connection_string(connection, fresh_table("l"), transport=TRANSPORT),
    )
    for way in ways:
        way.create_table()
    return ways


def create(table, keys, columns):
    return bool(table.create_entity(keys | columns)["etag"])


def upsert(table, keys, columns, mode):
    return bool(table.upsert_entity(keys | columns, mode)["etag"])


def update(table, keys, columns, mode):
    return bool(table.update_entity(keys | columns, mode)["etag"])


def replace(table, keys, columns, is_late):
    unchanged = {"etag": get(table, keys, "etag"), "match_condition": MatchConditions.IfNotModified}
    if is_late:
        upsert(table, keys, {"n": 1}, UpdateMode.MERGE)
    return bool(table.update_entity(keys | columns, UpdateMode.REPLACE, **unchanged)["etag"])


def delete(table, keys):
    return table.delete_entity(keys["PartitionKey"], keys["RowKey"])


def get(table, keys, what=""):
    row = table.get_entity(keys["PartitionKey"], keys["RowKey"])
    return row.metadata[what] if what else dict(row)


def pages(table, keys, size):
    query, given = "PartitionKey eq @p and RowKey gt @above", {"p": keys["PartitionKey"], "above": keys["RowKey"]}
    found = table.query_entities(query, parameters=given, results_per_page=size)
    return [[dict(row) for row in page] for page in found.by_page()]


def transact(table, keys, changes):
    changes = [(what, keys | {"RowKey": row} | columns) for what, row, columns in changes]
    return [bool(result.get("etag")) for result in table.submit_transaction(changes)]


def told(table, change, keys, *how):
    """Give what comes of a change, as far as both ways can say the same: no ETags, of failures the kind."""
    try:
        return change(table, keys, *how)
    except AzureError as e:
        return type(e), e.status_code, getattr(e, "index", None)


numbers = itertools.count()
PARTS = st.tuples(st.sampled_from(["create", "upsert", "update", "delete"]), KEYS, COLUMNS)
CHANGES = st.one_of(
    st.tuples(st.just(create), KEYS, COLUMNS),
    st.tuples(st.sampled_from([upsert, update]), KEYS, COLUMNS, st.sampled_from(UpdateMode)),
    st.tuples(st.just(replace), KEYS, COLUMNS, st.booleans()),
    st.tuples(st.sampled_from([delete, get]), KEYS),
    st.tuples(st.just(pages), KEYS, st.integers(1, 3)),
    st.tuples(st.just(transact), KEYS, st.lists(PARTS, min_size=1, max_size=4, unique_by=lambda part: part[1])),
)


@given(changes=st.lists(CHANGES, max_size=8))
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(changes=[(create, "it's", {"n": 2**31 - 1, "x": 1.0}), (create, "it's", {}), (pages, "a", 1)])
@example(changes=[(transact, "", [("create", "a", {}), ("update", "b", {})]), (get, "a")])
@example(changes=[(replace, "a", {}, True), (create, "a", {}), (replace, "a", {}, True), (delete, "a")])
def test_both_ways_do_the_same_and_say_the_same(ways, changes):
    partition = f"ö'{next(numbers)}"
    for change, row, *how in [*changes, (pages, "", 1000)]:
        keys = {"PartitionKey": partition, "RowKey": row}
        own, short = (told(way, change, keys, *how) for way in ways)
        assert short == own, (change, row, how)


def test_types_that_the_app_does_not_write_go_the_sdks_way_and_come_back(ways):
    row = {
        "PartitionKey": "types", "RowKey": "r", "long": EntityProperty(2**40, EdmType.INT64), "bytes": b"\x00\xff",
        "at": datetime(2026, 11, 24, 12, 0, 0, 5, UTC), "id": UUID(int=5), "nan": float("inf"),
    }  # fmt: skip
    own, short = ways
    for way in ways:
        way.create_entity(row)
        way.upsert_entity(row)
        way.update_entity(row)
        way.submit_transaction([("upsert", row)])
    assert dict(short.get_entity("types", "r")) == dict(own.get_entity("types", "r"))
    assert short.get_entity("types", "r", select=["id"])["id"] == UUID(int=5)
    found = short.query_entities("id eq @id", parameters={"id": UUID(int=5)}, select="RowKey")
    assert [dict(row) for row in found] == [{"RowKey": "r"}]
    with pytest.raises(TypeError):
        short.create_entity({"PartitionKey": "types", "RowKey": "s", "n": 2**31})
    short.delete_entity(row)


def test_a_change_that_is_none_is_refused_before_anything_is_sent(ways):
    for way in ways:
        with pytest.raises(ValueError, match="rename"):
            way.submit_transaction([("rename", {"PartitionKey": "p", "RowKey": "r"})])


@pytest.fixture
def account(emulated_storage):
    """The address and the key of an account in the emulator."""
    return TableClient.from_connection_string(emulated_storage.storage_connection, "any").url, azurite.KEY


def client(endpoint, name, credential):
    return LeanTableClient(endpoint, name, credential=credential, transport=TRANSPORT)


def test_a_wrong_key_opens_nothing_and_a_shared_access_signature_what_it_says(account, fresh_table):
    endpoint, key = account
    name, row = fresh_table("k"), {"PartitionKey": "p", "RowKey": "r"}
    wrong = client(endpoint, name, AzureNamedKeyCredential(azurite.ACCOUNT, "d3Jvbmc="))
    with pytest.raises(HttpResponseError) as refused:
        wrong.get_entity("p", "r")
    assert refused.value.status_code == 403
    right = AzureNamedKeyCredential(azurite.ACCOUNT, key)
    client(endpoint, name, right).create_table()
    signature = generate_account_sas(
        right, ResourceTypes(object=True), AccountSasPermissions(add=True), datetime.now(UTC) + timedelta(hours=1)
    )
    signed = client(endpoint, name, AzureSasCredential(signature))
    assert signed.create_entity(row)["etag"]
    with pytest.raises(ResourceExistsError):
        signed.create_entity(row)
    with pytest.raises(HttpResponseError):
        signed.get_entity("p", "r")
    client(endpoint, name, right).delete_table()
    assert told(client(endpoint, name, right), get, row)[0] is ResourceNotFoundError
