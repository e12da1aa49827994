"""Every property and value of the templates is one that the compiler knows in the version that is named.

Each way to deploy them is reckoned through, and a mistake that is planted is found.
"""

import json
import shutil

import pytest

from local.bicep import deployment
from local.bicep.reader import read
from local.bicep.values import NotDeployable
from tests.infra import compiler_types, options
from tests.infra.bicep import FOLDER

KNOWN = json.loads(compiler_types.KNOWN.read_text("utf-8"))["resources"]


def complaints(made):
    return [complaint for each in made for complaint in compiler_types.complaints(each, KNOWN)]


@pytest.mark.parametrize("name", options.ALL)
def test_the_compiler_knows_every_property_and_value(name):
    assert complaints(options.of(name).made) == []


def test_every_resource_is_made_with_one_of_the_options():
    made = {(each.file, each.ref.symbol) for name in options.ALL for each in options.of(name).made}
    declared = {
        (path.name, name)
        for path in FOLDER.glob("*.bicep")
        for name, each in read(path).of_kind("resource").items()
        if not each.is_existing
    }
    assert declared - made == set()


def test_nothing_is_listed_that_no_template_uses():
    assert set(KNOWN) == {
        f"{each.ref.type}@{each.ref.version}" for name in options.ALL for each in options.of(name).made
    }


@pytest.fixture
def planted(tmp_path):
    """Return what is complained of once a text in a copy of the templates is another."""

    def changed(file, right, wrong):
        for path in FOLDER.iterdir():
            shutil.copy(path, tmp_path)
        text = (tmp_path / file).read_text("utf-8")
        assert right in text, f"{file} no longer has {right!r}"
        (tmp_path / file).write_text(text.replace(right, wrong, 1), "utf-8")
        return complaints(options.deployed(options.ALL["everything"], tmp_path).made)

    return changed


UNKNOWN = "Additional properties are not allowed ('{}' was unexpected)".format


@pytest.mark.parametrize(
    ("file", "right", "wrong", "complaint"),
    [
        ("app.bicep", "instanceMemoryMB: instance", "instanceMemory: instance", UNKNOWN("instanceMemory")),
        ("app.bicep", "type: 'UserAssignedIdentity'", "type: 'UserAssigned'", "'UserAssigned' is not one of"),
        ("app.bicep", "perInstanceConcurrency: httpConcurrency", "perInstanceConcurrency: ''", "'' is not of type"),
        ("app.bicep", "name: 'python'", "name: 'cobol'", "'cobol' is not one of"),
        ("app.bicep", "instanceCount: count", "count: count", UNKNOWN("count")),
        ("app.bicep", "      runtime: {", "      siteUpdateStrategy: { type: 'Recreate' }\n      runtime: {",
         UNKNOWN("siteUpdateStrategy")),
        ("app.bicep", "tier: 'FlexConsumption'", "plan: 'FlexConsumption'", UNKNOWN("plan")),
        ("app.bicep", "name: 'ftp'", "name: 'ftps'", "'ftps' is not one of"),
        ("app.bicep", "string(workerThreads)", "workerThreads", "is not of type 'string'"),
        ("app.bicep", "    httpsOnly: true", "    state: 'Running'", UNKNOWN("state")),
        ("app.bicep", "sites@2025-03-01", "sites@2025-05-01", "nobody has looked up Microsoft.Web/sites@2025-05-01"),
        ("storage.bicep", "'TLS1_2'", "'TLS12'", "'TLS12' is not one of"),
        ("storage.bicep", "publicAccess: 'None'", "publicAccess: 'Nobody'", "'Nobody' is not one of"),
        ("storage.bicep", "kind: 'StorageV2'\n", "", "'kind' is a required property"),
        ("vault.bicep", "enablePurgeProtection", "purgeProtection", UNKNOWN("purgeProtection")),
        ("vault.bicep", "tenantId: tenant().tenantId\n", "", "'tenantId' is a required property"),
        ("monitoring.bicep", "'PerGB2018'", "'PerGB'", "'PerGB' is not one of"),
        ("alerts.bicep", "windowSize: rule.window", "window: rule.window", UNKNOWN("window")),
        ("alerts.bicep", "metricName: 'Transactions'", "metric: 'Transactions'", UNKNOWN("metric")),
        ("alerts.bicep", "operator: 'Include'", "operator: true", "True is not of type 'string'"),
        ("budget.bicep", "threshold: 80", "threshold: '80'", "'80' is not of type 'integer'"),
        ("roles.bicep", "principalType: 'ServicePrincipal'", "principalType: 'Robot'", "'Robot' is not one of"),
        ("identity.bicep", "userAssignedIdentities@", "identities@", "nobody has looked up"),
    ],
)  # fmt: skip
def test_a_property_or_value_that_the_compiler_does_not_know_is_found(planted, file, right, wrong, complaint):
    assert [each for each in planted(file, right, wrong) if each.startswith(file) and complaint in each]


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("main.bicep", "storageName: storage.outputs.name", "storageName: storage.outputs.id", "there is no id"),
        ("main.bicep", "output AHOY_VAULT string = vault.", "output AHOY_VAULT string = vaults.", "not declared"),
        ("main.bicep", "name: 'ahoy${token}'", "name: storage.outputs.name", "storage needs storage"),
        ("vault.bicep", "alertTokenSecret.properties", "authTokenSecondary.properties", "which is not made"),
        ("line.bicepparam", "int(readEnvironmentVariable('AHOY_DAILY_LIMIT', '5000'))", "'5000'", "'5000' is no int"),
    ],
)
def test_what_azure_would_refuse_is_found(planted, monkeypatch, file, right, wrong, said):
    monkeypatch.setitem(options.ALL, "everything", options.PLAIN)
    with pytest.raises(NotDeployable, match=said):
        planted(file, right, wrong)


TYPES = [
    {"$type": "StringType"},
    {"$type": "StringLiteralType", "value": "Hot"},
    {"$type": "StringLiteralType", "value": "Cool"},
    {"$type": "UnionType", "elements": [{"$ref": "#/1"}, {"$ref": "#/2"}, {"$ref": "#/0"}]},
    {"$type": "ObjectType", "properties": {
        "id": {"type": {"$ref": "#/0"}, "flags": 10},
        "name": {"type": {"$ref": "#/0"}, "flags": 9},
        "tier": {"type": {"$ref": "#/3"}, "flags": 0},
        "endpoint": {"type": {"$ref": "#/0"}, "flags": 2},
        "tags": {"type": {"$ref": "#/5"}, "flags": 0},
    }},
    {"$type": "ObjectType", "properties": {}, "additionalProperties": {"$ref": "#/0"}},
    {"$type": "ResourceType", "name": "A.B/c@2020-01-01", "body": {"$ref": "#/4"}},
]  # fmt: skip


def looked_up(*bodies):
    types = compiler_types.Types(TYPES)
    return types.schema(types.resource("a.b/C@2020-01-01"), bodies)


def test_what_is_used_is_looked_up_and_nothing_else():
    assert looked_up({"name": "x", "tier": "Hot", "tags": {"a": "b"}}) == {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "tier": {"enum": ["Hot"]},
            "tags": {"type": "object", "properties": {}, "required": [], "additionalProperties": {"type": "string"}},
        },
        "required": ["name"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize("body", [{"name": "x", "tiers": "Hot"}, {"name": "x", "tier": "Warm"}])
def test_what_the_compiler_does_not_know_is_not_listed(body):
    with pytest.raises(SystemExit, match="the compiler knows no"):
        looked_up(body)


def test_what_azure_alone_sets_is_found():
    made = deployment.Made(
        "a.bicep", 1, deployment.Ref("c", "A.B/c", "2020-01-01", "x", "/x"), {"name": "x", "endpoint": ""}
    )
    known = {"A.B/c@2020-01-01": looked_up(made.body)}
    assert compiler_types.complaints(made, known) == ["a.bicep:1 c.endpoint: is for Azure alone to set"]
