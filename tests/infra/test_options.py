"""What whoever deploys can choose becomes what Azure is told: by each way the same, and nothing of it by itself."""

import json
import re

import pytest
import yaml

from local import cost
from local.bicep.reader import read
from local.bicep.values import NotDeployable
from local.paths import ROOT
from tests.infra import options
from tests.infra.bicep import FOLDER

MAIN = read(FOLDER / "main.bicep").of_kind("param")
MODULES = read(FOLDER / "main.bicep").of_kind("module")
# Source: "Naming rules and restrictions for Azure resources". The host's own limit on the app's name is 32.
NAMES = {
    "Microsoft.Storage/storageAccounts": r"[a-z0-9]{3,24}",
    "Microsoft.KeyVault/vaults": r"[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]",
    "Microsoft.Web/sites": r"[a-zA-Z0-9][a-zA-Z0-9-]{0,30}[a-zA-Z0-9]",
    "Microsoft.Resources/resourceGroups": r"[\w.()-]{1,89}[\w()-]",
    "Microsoft.Network/virtualNetworks": r"[a-zA-Z0-9][\w.-]{0,62}\w",
}
OF_ALL = ("Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", "Microsoft.Web/sites")  # names in the world


def of_type(kind, deployed):
    return [made for made in deployed.made if made.ref.type == kind]


def one(kind, deployed):
    [made] = of_type(kind, deployed)
    return made.body


@pytest.mark.parametrize("name", options.ALL)
def test_azd_and_the_azure_cli_make_the_same(name):
    by_azd, by_az = options.by_azd(options.ALL[name]), options.of(name)
    assert [(made.ref, made.body) for made in by_azd.made] == [(made.ref, made.body) for made in by_az.made]


def test_both_parameter_files_fill_the_same_parameters_and_name_no_value():
    known = read(FOLDER / "line.bicepparam").of_kind("param")
    document = json.loads((FOLDER / "main.parameters.json").read_text("utf-8"))["parameters"]
    assert list(document) == list(known)
    for name, parameter in document.items():
        [variable] = re.fullmatch(r"\$\{(\w+)\}", parameter["value"]).groups()
        assert f"readEnvironmentVariable('{variable}'" in (FOLDER / "line.bicepparam").read_text("utf-8"), name


# Each deployment makes a token that nobody knows; the group follows the name of the line.
NOT_ASKED_FOR = {"alertToken", "resourceGroupName"}


def test_everything_that_can_be_chosen_is_chosen_without_touching_a_file():
    assert set(MAIN) - set(read(FOLDER / "line.bicepparam").of_kind("param")) == NOT_ASKED_FOR


def test_the_workflow_reads_what_azd_sets_for_it():
    """`azd pipeline config` makes a secret of each secure parameter that is set, and a variable of each other one."""
    document = yaml.safe_load((ROOT / ".github" / "workflows" / "deploy.yml").read_text("utf-8"))
    job = document["jobs"]["deploy"]
    given = job["env"] | {name: value for step in job["steps"] for name, value in step.get("env", {}).items()}
    for name, parameter in json.loads((FOLDER / "main.parameters.json").read_text("utf-8"))["parameters"].items():
        variable = parameter["value"].strip("${}")
        source = "secrets" if MAIN[name].decorator("secure") else "vars"
        assert re.match(rf"\$\{{\{{ {source}\.{variable}\b", given[variable]), name
    assert {"AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID"} <= set(re.findall(r"vars\.(\w+)", str(job)))


def test_azd_offers_the_regions_that_have_flex_consumption():
    location = MAIN["location"]
    allowed = {item.parts[0] for item in location.decorator("allowed").arguments[0].items}
    assert {"westeurope", "eastus", "uksouth"} <= allowed
    metadata = {key.parts[0]: value for key, value in location.decorator("metadata").arguments[0].fields}
    azd = {key.parts[0]: value.parts[0] for key, value in metadata["azd"].fields}
    assert azd == {"type": "location", "default": "westeurope"}
    with pytest.raises(NotDeployable, match="'moon' is none of"):
        options.deployed(options.PLAIN | {"AZURE_LOCATION": "moon"})


@pytest.mark.parametrize("other", [{"AZURE_ENV_NAME": "ahoy-test"}, {"AZURE_ENV_NAME": "a"}])
def test_a_second_line_beside_the_first_shares_nothing_with_it(other):
    first, second = options.of("everything"), options.deployed(options.ALL["everything"] | other)
    ids = [{made.ref.id.lower() for made in deployed.made} for deployed in (first, second)]
    assert len(ids[0]) == len(ids[1])
    assert ids[0] & ids[1] == set()
    for kind in OF_ALL:
        assert one(kind, first)["name"] != one(kind, second)["name"]


@pytest.mark.parametrize("line", ["a", "a-line-of-20-letters"])
def test_every_name_is_one_that_azure_takes(line):
    deployed = options.deployed(options.ALL["everything"] | {"AZURE_ENV_NAME": line})
    for kind, pattern in NAMES.items():
        assert re.fullmatch(pattern, one(kind, deployed)["name"])


def test_no_resource_is_made_twice():
    ids = [made.ref.id.lower() for made in options.of("everything").made]
    assert len(ids) == len(set(ids))


def openness(deployed):
    bodies = [one(kind, deployed)["properties"] for kind in OF_ALL[:2]]
    return [(body["publicNetworkAccess"], body["networkAcls"]["defaultAction"]) for body in bodies]


def test_without_a_private_network_there_is_none():
    plain = options.of("plain")
    assert openness(plain) == [("Enabled", "Allow")] * 2
    assert not [made for made in plain.made if made.ref.type.startswith("Microsoft.Network/")]
    assert one("Microsoft.Web/sites", plain)["properties"]["virtualNetworkSubnetId"] is None


def test_a_private_network_closes_storage_and_vault_and_leads_the_app_there():
    closed = options.of("everything")
    assert openness(closed) == [("Disabled", "Deny")] * 2
    [network] = of_type("Microsoft.Network/virtualNetworks", closed)
    app, endpoints = network.body["properties"]["subnets"]
    assert one("Microsoft.Web/sites", closed)["properties"]["virtualNetworkSubnetId"] == f"{network.ref.id}/subnets/app"
    assert [each["properties"]["serviceName"] for each in app["properties"]["delegations"]] == [
        "Microsoft.App/environments"
    ]
    assert (app["properties"]["addressPrefix"], endpoints["properties"]["addressPrefix"]) == (
        "10.80.0.0/26",
        "10.80.0.64/27",
    )
    doors = of_type("Microsoft.Network/privateEndpoints", closed)
    assert len(doors) == cost.PRIVATE_ENDPOINTS
    assert {door.body["properties"]["subnet"]["id"] for door in doors} == {f"{network.ref.id}/subnets/endpoints"}


# Source: "Azure Private Endpoint private DNS zone values".
ZONES = {
    "blob": "privatelink.blob.core.windows.net",
    "queue": "privatelink.queue.core.windows.net",
    "table": "privatelink.table.core.windows.net",
    "vault": "privatelink.vaultcore.azure.net",
}


def test_inside_the_network_each_service_is_found_by_its_own_name():
    closed = options.of("everything")
    zones = {made.ref.id: made.ref.name for made in of_type("Microsoft.Network/privateDnsZones", closed)}
    found = {}
    for group in of_type("Microsoft.Network/privateEndpoints/privateDnsZoneGroups", closed):
        [door] = [each for each in closed.made if each.ref.id == group.parent]
        [connection] = door.body["properties"]["privateLinkServiceConnections"]
        [service] = connection["properties"]["groupIds"]
        [config] = group.body["properties"]["privateDnsZoneConfigs"]
        found[service] = zones[config["properties"]["privateDnsZoneId"]]
        kind = "vaults" if service == "vault" else "storageAccounts"
        assert connection["properties"]["privateLinkServiceId"].split("/")[-2] == kind
    assert found == ZONES
    linked = {link.parent for link in of_type("Microsoft.Network/privateDnsZones/virtualNetworkLinks", closed)}
    assert linked == set(zones)


@pytest.mark.parametrize(("name", "is_redundant", "storage"), [("plain", False, "LRS"), ("everything", True, "ZRS")])
def test_zones_are_chosen_for_app_and_storage_alike(name, is_redundant, storage):
    deployed = options.of(name)
    assert one("Microsoft.Web/serverfarms", deployed)["properties"]["zoneRedundant"] is is_redundant
    assert one("Microsoft.Storage/storageAccounts", deployed)["sku"] == {"name": f"Standard_{storage}"}


def given_to(principal, deployed):
    return {
        made.body["properties"]["roleDefinitionId"].rpartition("/")[2]
        for made in of_type("Microsoft.Authorization/roleAssignments", deployed)
        if made.body["properties"]["principalId"] == principal
    }


def test_whoever_deploys_is_given_data_only_when_asked_for():
    asked = options.ALL["everything"]
    person = asked["AZURE_PRINCIPAL_ID"]
    assert given_to(person, options.deployed(asked | {"AHOY_DEPLOYER_DATA": "false"})) == set()
    assert given_to("", options.deployed(asked | {"AZURE_PRINCIPAL_ID": ""})) == set()
    assert len(given_to(person, options.of("everything"))) == 4


@pytest.mark.parametrize("module", ["roles", "network"])
def test_the_app_waits_for_what_its_first_start_needs(module):
    [waits] = [value for key, value in MODULES["app"].body.fields if key.parts == ("dependsOn",)]
    assert module in {name.name for name in waits.items}
