"""Our own rules for what Azure is handed, in its own language: made here with parameters, or by the compiler.

Those of rules.py read the templates as they are written; these hold whoever translates them.
"""

import copy
import json
import shutil
import subprocess

import pytest

from tests.infra import options
from tests.infra.bicep import FOLDER

MUST_BE = {
    "Microsoft.Web/sites": {"httpsOnly": True},
    "Microsoft.Storage/storageAccounts": {
        "allowSharedKeyAccess": False, "allowBlobPublicAccess": False, "minimumTlsVersion": "TLS1_2",
    },
    "Microsoft.KeyVault/vaults": {"enableRbacAuthorization": True, "enablePurgeProtection": True},
    "Microsoft.Insights/components": {"DisableLocalAuth": True},
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": {"allow": False},
}  # fmt: skip
SOURCES = [*options.ALL, *["compiled"] * bool(shutil.which("bicep"))]


def template(source):
    if source != "compiled":
        return options.as_arm(options.of(source))
    built = subprocess.run(["bicep", "build", FOLDER / "main.bicep", "--stdout"], capture_output=True, check=True)
    return json.loads(built.stdout)


def resources(of):
    """Return the resources of a template and of those within it, without what is there already."""
    listed = of["resources"]
    for each in listed.values() if isinstance(listed, dict) else listed:
        if each["type"] == "Microsoft.Resources/deployments":
            yield from resources(each["properties"]["template"])
        elif not each.get("existing"):
            yield each


def broken(of):
    """Return what breaks a rule: (type, property), or the word that gives a key away."""
    found = {
        (each["type"], name)
        for each in resources(of)
        for name, value in MUST_BE.get(each["type"], {}).items()
        if each["properties"].get(name) != value
    }
    missing = MUST_BE.keys() - {each["type"] for each in resources(of)}
    return (
        found
        | {(kind, "is not made") for kind in missing}
        | {w for w in ("listKeys(", "listAccountSas(") if w in json.dumps(of)}
    )


@pytest.mark.parametrize("source", SOURCES)
def test_what_azure_is_handed_keeps_our_rules(source):
    assert broken(template(source)) == set()


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, wanted in MUST_BE.items() for name in wanted])
def test_what_breaks_one_is_found_within_modules_too(kind, name):
    planted = copy.deepcopy(template(next(iter(options.ALL))))
    for each in resources(planted):
        if each["type"] == kind:
            each["properties"].pop(name)
    module = {"type": "Microsoft.Resources/deployments", "properties": {"template": planted}}
    assert broken({"resources": {"line": module}}) == {(kind, name)}


def test_a_key_that_is_read_while_deploying_is_found():
    planted = template(next(iter(options.ALL))) | {"outputs": {"key": {"value": "[listKeys(resourceId('a'), '1')]"}}}
    assert broken(planted) == {"listKeys("}
