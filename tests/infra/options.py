"""The choices that whoever deploys has, as sets of parameters: what is right must be right with each of them."""

import json
import re
from functools import cache

from local.bicep import deployment
from local.bicep.functions import to_bool
from local.bicep.reader import read
from tests.infra.bicep import FOLDER

AS_KIND = {"string": str, "int": int, "bool": to_bool}
SID = "0123456789abcdef0123456789abcdef"
# Unlike each other and all else, so that they are known wherever they go.
SECRETS = tuple(f"{number}" * 16 + "5ec2e75ec2e75ec2" for number in range(1, 4))
PLACE = {"AZURE_ENV_NAME": "ahoy", "AZURE_LOCATION": "westeurope"}
PLAIN = PLACE | {
    "TWILIO_ACCOUNT_SID": f"AC{SID}",
    "TWILIO_PHONE_NUMBER": "+12025550100",
    "TWILIO_AUTH_TOKEN": SECRETS[0],
}
ALL = {
    "plain": PLAIN,
    "nothing": PLACE | {"AHOY_MONTHLY_BUDGET": "0"},
    "everything": PLAIN
    | {
        "TWILIO_AUTH_TOKEN_SECONDARY": SECRETS[1],
        "AHOY_ROTATING_TOKEN": "true",
        "TWILIO_API_KEY_SID": f"SK{SID}",
        "TWILIO_API_KEY_SECRET": SECRETS[2],
        "AHOY_RETENTION_DAYS": "30",
        "AHOY_ALWAYS_READY": "1",
        "AHOY_INSTANCE_MEMORY": "4096",
        "AHOY_MAXIMUM_INSTANCES": "100",
        "AHOY_OWNER_EMAIL": "owner@example.com",
        "AHOY_ALERT_NUMBER": "+12025550122",
        "AHOY_OWNER_PHONE_COUNTRY_CODE": "1",
        "AHOY_OWNER_PHONE_NUMBER": "2025550122",
        "PUBLIC_BASE_URL": "https://ahoy.example.com",
        "AHOY_BUDGET_START": "2026-11-01",
        "AHOY_PRIVATE_NETWORK": "true",
        "AHOY_ZONE_REDUNDANT": "true",
        "AHOY_DEPLOYER_DATA": "true",
        "AZURE_PRINCIPAL_ID": "00000000-0000-0000-0000-000000000003",
    },
}


def by_azd(environment):
    """Return what azd would make: as deployed(), but by main.parameters.json, and a default where nothing is set.

    Source: Azure/azure-dev, pkg/infra/provisioning/bicep/bicep_provider.go: loadParameters, armParameterFileValue.
    """
    document = json.loads((FOLDER / "main.parameters.json").read_text("utf-8"))
    kinds = {name: each.type for name, each in read(FOLDER / "main.bicep").of_kind("param").items()}
    given = {}
    for name, parameter in document["parameters"].items():
        value = re.sub(r"\$\{(\w+)\}", lambda found: environment.get(found[1], ""), parameter["value"])
        if value:
            given[name] = AS_KIND[kinds[name]](value)
    return deployment.deployed(FOLDER / "main.bicep", given)


def deployed(environment, folder=FOLDER):
    """Return what would be made where the environment variables have these values."""
    given = deployment.parameters(folder / "line.bicepparam", environment)
    return deployment.deployed(folder / "main.bicep", given)


@cache
def of(name):
    """Return what one of these sets makes."""
    return deployed(ALL[name])


def as_arm(deployed):
    """Return a template in the language of Azure Resource Manager that makes the same, with no expression left."""
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    resources = [
        made.body | {"type": made.ref.type, "apiVersion": made.ref.version, "name": made.ref.name}
        for made in deployed.made
    ]
    return {"$schema": schema, "contentVersion": "1.0.0.0", "resources": resources}
