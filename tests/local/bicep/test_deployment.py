"""Templates with parameters become the resources that Azure would make, with the names and ids it would give them."""

import pytest

from local.bicep.deployment import SUBSCRIPTION, deployed, parameters
from local.bicep.values import NotDeployable

MAIN = """
targetScope = 'subscription'
@minLength(2)
@maxLength(5)
param name string
@allowed([1, 2])
param size int = 1
@secure()
param token string = ''
var tags = { line: name }
resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = { name: 'rg-${name}', tags: tags }
module vault 'vault.bicep' = {
  name: 'vault'
  scope: group
  params: { name: name, secrets: empty(token) ? [] : ['a', 'b'] }
}
module budget 'budget.bicep' = if (size > 1) {
  scope: group
}
output uri string = vault.outputs.uri
"""
VAULT = """
param name string
param secrets array
resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = { name: 'v-${name}', properties: { a: 1 } }
resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = [
  for each in secrets: {
    parent: vault
    name: each
    dependsOn: [vault]
    properties: { of: vault.id, at: vault.properties.uri }
  }
]
resource log 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = { name: 'log', scope: vault }
output uri string = vault.properties.uri
"""
BUDGET = """
resource there 'Microsoft.Storage/storageAccounts@2025-06-01' existing = { name: 'there' }
resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = { parent: there, name: 'default' }
"""


@pytest.fixture
def main(tmp_path):
    for name, text in {"main": MAIN, "vault": VAULT, "budget": BUDGET}.items():
        (tmp_path / f"{name}.bicep").write_text(text, encoding="utf-8")
    return tmp_path / "main.bicep"


GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-line"


def test_every_resource_has_its_name_and_its_id(main):
    made = deployed(main, {"name": "line", "token": "x"}).made
    vault = f"{GROUP}/providers/Microsoft.KeyVault/vaults/v-line"
    assert [each.ref.id for each in made] == [
        vault,
        f"{vault}/secrets/a",
        f"{vault}/secrets/b",
        f"{vault}/providers/Microsoft.Insights/diagnosticSettings/log",
        GROUP,
    ]
    assert made[1].body == {"name": "a", "properties": {"of": vault, "at": f"{vault}|properties.uri"}}
    assert (made[1].parent, made[0].parent, made[3].parent) == (vault, GROUP, vault)
    assert made[0].where == "vault.bicep:4 vault"


def test_conditions_and_loops_leave_out_what_is_not_wanted(main):
    def names(**given):
        return [each.ref.name for each in deployed(main, {"name": "line", **given}).made]

    assert names() == ["v-line", "log", "rg-line"]
    assert names(size=2) == ["v-line", "log", "there/default", "rg-line"]


def test_outputs_come_back(main):
    vault = f"{GROUP}/providers/Microsoft.KeyVault/vaults/v-line"
    assert deployed(main, {"name": "line"}).outputs == {"uri": f"{vault}|properties.uri"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "main.bicep:5 name: no value is given"),
        ({"name": "l"}, "main.bicep:5 name: 'l' is below 2"),
        ({"name": "longer"}, "main.bicep:5 name: 'longer' is above 5"),
        ({"name": 12}, "main.bicep:5 name: 12 is no string"),
        ({"name": "line", "size": 3}, "main.bicep:7 size: 3 is none of 1, 2"),
        ({"name": "line", "size": True}, "main.bicep:7 size: True is no int"),
        ({"name": "line", "colour": "red"}, "main.bicep: no parameter is named colour"),
    ],
)
def test_a_parameter_that_azure_would_refuse_is_refused(main, given, said):
    with pytest.raises(NotDeployable) as refused:
        deployed(main, given)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("vault.outputs.uri", "vault.outputs.url", "main.bicep:20 uri: there is no url"),
        ("name: name, secrets", "named: name, secrets", "vault.bicep: no parameter is named named"),
        ("var tags = { line: name }", "var tags = { line: tags }", "main.bicep: tags needs tags"),
        (
            "{ name: name, secrets",
            "{ name: 'a/b', secrets",
            "vault.bicep:4 vault: its name v-a/b has not as many parts",
        ),
        (
            "vault.outputs.uri",
            "budget.outputs.uri",
            "main.bicep:20 uri: outputs of budget is read, which is not deployed",
        ),
    ],
)
def test_a_mistake_is_said_with_its_place(main, right, wrong, said):
    main.write_text(MAIN.replace(right, wrong), encoding="utf-8")
    with pytest.raises(NotDeployable) as refused:
        deployed(main, {"name": "line"})
    assert said in str(refused.value)


def test_a_parameter_file_takes_its_values_from_the_environment(tmp_path):
    path = tmp_path / "main.bicepparam"
    path.write_text(
        "param a = readEnvironmentVariable('A', 'x')\nparam b = int(readEnvironmentVariable('B'))\n", "utf-8"
    )
    assert parameters(path, {"B": "2"}) == {"a": "x", "b": 2}
    with pytest.raises(NotDeployable, match="the environment has no B"):
        parameters(path, {})
