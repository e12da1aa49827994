"""An Azure in a folder: what `az`, `azd` and the web see of one subscription, and what it refuses.

Sources: azure-cli 2.91; azure-dev of 2026-08; the Resource Manager's error codes as their issues quote them. Its state
is one JSON file, so that each program that asks is a process of its own. What passes with time is counted in requests:
`faults` names what fails and how often, as {"of": ..., "left": n}.
"""

import copy
import hashlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.tools.azure import template

SUBSCRIPTION = "00000000-1111-2222-3333-444444444444"
TENANT = "99999999-8888-7777-6666-555555555555"
EMPTY: dict[str, Any] = {
    "signed_in": False, "azd_signed_in": False, "subscription": "Home", "groups": {}, "deployments": {}, "apps": {},
    "vaults": {}, "deleted_vaults": {}, "ad_apps": {}, "principals": [], "roles": [], "faults": [], "asked": [],
    "variables": {}, "secrets": {}, "environments": [],
}  # fmt: skip


class Failed(Exception):
    """What Azure answers; `code` is the exit code of the program that says so."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Cloud:
    """The state, read from and written to a folder."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "cloud.json"
        self.folder = folder
        self.state: dict[str, Any] = (
            json.loads(self.file.read_text("utf-8")) if self.file.exists() else copy.deepcopy(EMPTY)
        )

    def save(self) -> None:
        """Write it down, all at once."""
        new = self.file.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(self.state, indent=1), encoding="utf-8")
        new.replace(self.file)

    def fault(self, of: str) -> bool:
        """Whether something goes wrong this time."""
        for one in self.state["faults"]:
            if one["of"] == of and one["left"] > 0:
                one["left"] -= 1
                return True
        return False

    def deploy(self, name: str, location: str, file: Path, environ: dict[str, str]) -> dict[str, Any]:
        """Deploy infra/main.bicep with a params file to the subscription; return its outputs as ARM names them."""
        try:
            values = template.given(file, environ)
        except template.Refused as e:
            raise Failed(f"ERROR: {e}") from e
        known = self.state["deployments"].get(name)
        if known and known["location"] != location:
            raise Failed(
                f"ERROR: (InvalidDeploymentLocation) Invalid deployment location '{location}'. The deployment '{name}' "
                f"already exists in location '{known['location']}'."
            )
        if self.fault("deployment under way"):
            raise Failed(
                f"ERROR: (DeploymentActive) The deployment with resource id '/subscriptions/{SUBSCRIPTION}/providers/"
                f"Microsoft.Resources/deployments/{name}' cannot be saved, because this would overwrite an existing "
                "deployment which is still active."
            )
        told = self.provision(values, file.parent / "main.bicep")
        self.state["deployments"][name] = {"location": location, "outputs": told}
        return told

    def provision(self, values: dict[str, Any], file: Path) -> dict[str, Any]:
        """Make what the template makes; return its outputs by the names that ARM gives them. Raises Failed."""
        environment, location = values["environmentName"], values["location"]
        group, token = f"rg-{environment}", _unique(environment, location)
        if group in self.state["groups"] and self.state["groups"][group]["location"] != location:
            raise Failed(
                f"ERROR: (InvalidResourceGroupLocation) The Resource group already exists in location "
                f"'{self.state['groups'][group]['location']}'. The location of a resource group cannot be changed."
            )
        app, vault = f"ahoy-{token}", f"ahoy-{token}"
        if vault in self.state["deleted_vaults"]:
            raise Failed(
                'ERROR: {"code": "ConflictError", "message": "A vault with the same name already exists in deleted '
                "state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/"
                '?linkid=2149745 for more information on soft delete."}'
            )
        self.state["groups"][group] = {"location": location}
        secrets = self.state["vaults"].setdefault(vault, {"group": group, "location": location, "secrets": {}})[
            "secrets"
        ]
        given = {"twilio-auth-token": values.get("twilioAuthToken"), "alert-token": "made anew",
                 "twilio-auth-token-secondary": values.get("twilioAuthTokenSecondary")}  # fmt: skip
        secrets |= {name: value for name, value in given.items() if value}
        self._make_app(app, group, values, vault)
        named = {"AHOY_RESOURCE_GROUP": group, "AHOY_APP": app, "AHOY_VAULT": vault, "AHOY_STORAGE": f"ahoy{token}",
                 "AHOY_URL": f"https://{self.state['apps'][app]['host']}"}  # fmt: skip
        return {cased(name): {"type": "String", "value": named.get(name, f"{name} of the fake")}
                for name in template.outputs(file)}  # fmt: skip

    def _make_app(self, name: str, group: str, values: dict[str, Any], vault: str) -> None:
        region = f"{values['location']}-01"
        is_new = name not in self.state["apps"]
        app = self.state["apps"].setdefault(name, {"group": group, "package": "", "hosts": [], "key": f"key-of-{name}"})
        app |= {
            "host": f"{name}-abcd1234efgh5678.{region}.azurewebsites.net",
            "scm": f"{name}-abcd1234efgh5678.scm.{region}.azurewebsites.net",
            "location": values["location"], "vault": vault, "always_ready": values.get("alwaysReadyInstances", 0),
            # With roles that come too late the references to the vault are not read at the first start.
            "reads_secrets": not (is_new and self.fault("late roles")),
        }  # fmt: skip
        public = values.get("publicBaseUrl") or f"https://{app['host']}"
        app["settings"] = {
            "AHOY_FLOW": values.get("flowFile", "flow.yaml"), "PUBLIC_BASE_URL": public,
            "AzureWebJobsStorage__accountName": name.replace("-", ""),
            "may_read": values.get("isDeployerGivenData", False),
            "TWILIO_ACCOUNT_SID": values.get("twilioAccountSid", ""),
            "TWILIO_PHONE_NUMBER": values.get("twilioPhoneNumber", ""),
            "TWILIO_AUTH_TOKEN": f"@Microsoft.KeyVault(SecretUri=https://{vault}.vault.azure.net/secrets/x)",
            "is_rotating": values.get("isRotatingToken", False),
        }  # fmt: skip

    def app(self, group: str, name: str) -> dict[str, Any]:
        """Return an app. Raises Failed."""
        self.group(group)
        app = self.state["apps"].get(name)
        if not app or app["group"] != group:
            raise Failed(
                f"ERROR: (ResourceNotFound) The Resource 'Microsoft.Web/sites/{name}' under resource group '{group}' "
                "was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix", 3,
            )  # fmt: skip
        return app

    def group(self, name: str) -> dict[str, Any]:
        """Return a resource group. Raises Failed."""
        if name not in self.state["groups"]:
            raise Failed(f"ERROR: (ResourceGroupNotFound) Resource group '{name}' could not be found.", 3)
        return self.state["groups"][name]

    def delete_group(self, name: str) -> None:
        """Delete a group and all that is in it; its vaults can be recovered for a while, and hold their names."""
        self.group(name)
        del self.state["groups"][name]
        for app in [app for app, of in self.state["apps"].items() if of["group"] == name]:
            del self.state["apps"][app]
        for vault in [vault for vault, of in self.state["vaults"].items() if of["group"] == name]:
            self.state["deleted_vaults"][vault] = self.state["vaults"].pop(vault)


def asked(folder: Path, answer: Callable[[Cloud], int]) -> int:
    """Let a program ask: read the state, answer, write it down, whatever came of it."""
    cloud = Cloud(folder)
    try:
        return answer(cloud)
    finally:
        cloud.save()


def cased(name: str) -> str:
    """Return the name of an output as the Resource Manager gives it: AHOY_APP is ahoY_APP.

    Source: Newtonsoft.Json, CamelCasePropertyNamesContractResolver, and azure-dev#512.
    """
    letters = list(name)
    for at, letter in enumerate(letters):
        if (at and not letter.isupper()) or (at and at + 1 < len(letters) and not letters[at + 1].isupper()):
            break
        letters[at] = letter.lower()
    return "".join(letters)


def scope(group: str) -> str:
    """Return the id of a resource group."""
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}"


def _unique(environment: str, location: str) -> str:
    """Return 13 letters and digits that are the same for the same words, as uniqueString does, though other ones."""
    digest = hashlib.sha256(f"{SUBSCRIPTION}/{environment}/{location}".encode()).hexdigest()
    return re.sub(r"[^a-z0-9]", "", digest)[:13]
