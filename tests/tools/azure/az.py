"""Stands where the Azure CLI stands, before the Azure of a folder: its commands, its refusals, its way to print.

Sources: azure-cli 2.91 (what `functionapp show` gives of an app on Flex Consumption, exit codes, messages), and of what
only Azure decides the error codes of its Resource Manager.
"""

import json
import os
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.tools.azure import arguments, cloud, query

USAGE, NOT_FOUND = 2, 3  # exit codes
# Source: azure-rest-api-specs, Microsoft.Web, "Key Vault reference" of 2022-03-01.
REFRESH = re.compile(
    r"/subscriptions/\{subscriptionId\}/resourceGroups/([^/]+)/providers/Microsoft\.Web/sites/([^/]+)"
    r"/config/configreferences/appsettings/refresh\?api-version=20\d\d-\d\d-\d\d"
)
ROLES = {"Contributor", "Role Based Access Control Administrator", "Owner", "Website Contributor",
         "Storage Table Data Contributor"}  # fmt: skip


def main(azure):
    """Answer what is asked in sys.argv."""
    words = sys.argv[1:]
    azure.state["asked"].append(["az", *words])
    try:
        name, given, _ = arguments.read(words, arguments.AZ, arguments.GLOBAL, arguments.SHORT)
        told = _told(azure, name, given)
        sys.stdout.write(query.printed(told, given.get("--output", "json")))
    except arguments.Refused as e:
        sys.stderr.write(f"ERROR: {e}\n")
        return USAGE
    except cloud.Failed as e:
        sys.stderr.write(f"{e}\n")
        return e.code
    return 0


def _told(azure, name, given):
    if name != "login" and not azure.state["signed_in"]:
        raise cloud.Failed("ERROR: Please run 'az login' to setup account.")
    told = ANSWERS[name](azure, given)
    return query.asked(given["--query"], told) if "--query" in given else told


def _login(azure, given):
    azure.state["signed_in"] = True
    return [_account(azure, given)]


def _account(azure, _):
    return {"id": cloud.SUBSCRIPTION, "tenantId": cloud.TENANT, "name": azure.state["subscription"], "state": "Enabled",
            "isDefault": True, "user": {"name": "someone@example.com", "type": "user"}}  # fmt: skip


def _token(_, given):
    resource = given.get("--resource") or "".join(given.get("--scope", ["https://management.core.windows.net/"]))
    ends = int(time.time()) + 3600
    return {"accessToken": f"token for {resource}".replace(" ", "-"), "expires_on": ends,
            "expiresOn": time.strftime("%Y-%m-%d %H:%M:%S.000000", time.localtime(ends)),
            "subscription": cloud.SUBSCRIPTION, "tenant": cloud.TENANT, "tokenType": "Bearer"}  # fmt: skip


def _parameters(given):
    """Return the params file, which must belong to the template that is named beside it."""
    files = [Path(word) for word in given.get("--parameters", []) if word.endswith(".bicepparam")]
    template = Path(given.get("--template-file", files[0].parent / "main.bicep" if files else "main.bicep"))
    for file in (template, *files):
        if not file.is_file():
            raise cloud.Failed(f"ERROR: [Errno 2] No such file or directory: '{file}'")
    if len(files) != 1:
        raise cloud.Failed("ERROR: the fake deploys with one .bicepparam file")
    return files[0]


def _create(azure, given):
    name = given.get("--name", "main")
    outputs = azure.deploy(name, given["--location"], _parameters(given), dict(os.environ))
    return {"name": name, "location": given["--location"],
            "properties": {"provisioningState": "Succeeded", "outputs": outputs}}  # fmt: skip


def _what_if(azure, given):
    values = cloud.template.given(_parameters(given), dict(os.environ))
    if given.get("--result-format", "FullResourcePayloads") not in {"ResourceIdOnly", "FullResourcePayloads"}:
        raise arguments.Refused(f"argument --result-format/-r: invalid choice: '{given['--result-format']}'")
    is_there = f"rg-{values['environmentName']}" in azure.state["groups"]
    sys.stdout.write(f"Resource changes: {'no change' if is_there else '1 to create'}.\n")
    if given.get("--result-format") != "ResourceIdOnly":  # with them come the values of what changes
        sys.stdout.write(json.dumps(values) + "\n")


def _deployment(azure, given):
    known = azure.state["deployments"].get(given["--name"])
    if not known:
        raise cloud.Failed(f"ERROR: (DeploymentNotFound) Deployment '{given['--name']}' could not be found.", NOT_FOUND)
    return {"name": given["--name"], "location": known["location"],
            "properties": {"provisioningState": "Succeeded", "outputs": known["outputs"]}}  # fmt: skip


def _delete_deployment(azure, given):
    _deployment(azure, given)
    del azure.state["deployments"][given["--name"]]


def _delete_group(azure, given):
    azure.group(given["--name"])
    if "--yes" not in given and sys.stdin.readline().strip().lower() != "y":
        raise cloud.Failed("Are you sure you want to perform this operation? (y/n): Operation cancelled.")
    azure.delete_group(given["--name"])


def _app(azure, given):
    name = given["--name"]
    app = azure.app(given["--resource-group"], name)
    hosts = [app["host"], *app["hosts"]]
    states = [
        *({"name": host, "hostType": "Standard"} for host in hosts),
        {"name": app["scm"], "hostType": "Repository"},
    ]
    always = [{"name": "http", "instanceCount": app["always_ready"]}] if app["always_ready"] else []
    return {"name": name, "location": app["location"], "kind": "functionapp,linux", "type": "Microsoft.Web/sites",
            "id": f"{cloud.scope(app['group'])}/providers/Microsoft.Web/sites/{name}",
            "properties": {
                "defaultHostName": app["host"], "hostNames": hosts, "hostNameSslStates": states, "state": "Running",
                "enabledHostNames": [*hosts, app["scm"]], "customDomainVerificationId": "0123456789ABCDEF" * 4,
                "functionAppConfig": {"scaleAndConcurrency": {"alwaysReady": always}},
            }}  # fmt: skip


def _settings(azure, given):
    settings = azure.app(given["--resource-group"], given["--name"])["settings"]
    return [
        {"name": name, "value": value, "slotSetting": False} for name, value in settings.items() if name[0].isupper()
    ]


def _keys(azure, given):
    app = azure.app(given["--resource-group"], given["--name"])
    return {"functionKeys": {"default": app["key"], **app.get("keys", {})}, "masterKey": "master", "systemKeys": {}}


def _set_key(azure, given):
    app = azure.app(given["--resource-group"], given["--name"])
    if given["--key-type"] not in {"systemKeys", "functionKeys", "masterKey"}:
        raise arguments.Refused(f"argument --key-type: invalid choice: '{given['--key-type']}'")
    value = given.get("--key-value", f"made for {given['--key-name']}")
    app.setdefault("keys", {})[given["--key-name"]] = value
    return {"name": given["--key-name"], "value": value}


def _delete_key(azure, given):
    azure.app(given["--resource-group"], given["--name"]).get("keys", {}).pop(given["--key-name"], None)


def _restart(azure, given):
    azure.app(given["--resource-group"], given["--name"])  # references to the vault stay as they are


def _add_host(azure, given):
    app = azure.app(given["--resource-group"], given["--name"])
    if given["--hostname"] not in azure.state.get("dns", []):
        raise cloud.Failed(
            f"ERROR: A TXT record pointing from asuid.{given['--hostname']} to {'0123456789ABCDEF' * 4} was not found."
        )
    app["hosts"].append(given["--hostname"])
    return {"name": given["--hostname"]}


def _delete_host(azure, given):
    azure.app(given["--resource-group"], given["--name"])["hosts"].remove(given["--hostname"])


def _upload_certificate(azure, given):
    app = azure.app(given["--resource-group"], given["--name"])
    if not Path(given["--certificate-file"]).is_file():
        raise cloud.Failed(f"ERROR: [Errno 2] No such file or directory: '{given['--certificate-file']}'")
    app["certificate"] = "0A" * 20
    return {"thumbprint": app["certificate"]}


def _make_certificate(azure, given):
    app = azure.app(given["--resource-group"], given["--name"])
    if given["--hostname"] not in app["hosts"]:
        raise cloud.Failed(
            f"ERROR: Hostname (custom domain) '{given['--hostname']}' is not registered with {given['--name']}."
        )
    app["certificate"] = "0B" * 20
    # Of one that is there at once; one that is waited for comes as the Resource Manager has it, or not at all.
    return {"name": given["--hostname"], "thumbprint": app["certificate"]}


def _certificates(azure, given):
    certificate = azure.app(given["--resource-group"], given["--name"]).get("certificate")
    return [{"name": "made", "thumbprint": certificate}] if certificate else []


def _bind(azure, given):
    app = azure.app(given["--resource-group"], given["--name"])
    if given["--certificate-thumbprint"] != app.get("certificate"):
        raise cloud.Failed(f"ERROR: Certificate for thumbprint '{given['--certificate-thumbprint']}' not found.")
    app["bound"] = given.get("--hostname", "")


def _always_ready(azure, given):
    count = next((one.partition("=")[2] for one in given["--settings"] if one.startswith("http=")), None)
    if count is None:
        raise cloud.Failed("ERROR: the fake knows the group http")
    azure.app(given["--resource-group"], given["--name"])["always_ready"] = int(count)


def _not_ready(azure, given):
    if given["--setting-names"] != ["http"]:
        raise cloud.Failed("ERROR: the fake knows the group http")
    azure.app(given["--resource-group"], given["--name"])["always_ready"] = 0


def _deleted_vaults(azure, _):
    return [{"name": name, "properties": {"location": of["location"], "purgeProtectionEnabled": True}}
            for name, of in azure.state["deleted_vaults"].items()]  # fmt: skip


def _recover(azure, given):
    if given["--name"] not in azure.state["deleted_vaults"]:
        raise cloud.Failed("ERROR: No deleted Vault or HSM was found with name " + given["--name"])
    vault = azure.state["deleted_vaults"][given["--name"]]
    azure.group(vault["group"])  # it comes back into its own
    azure.state["vaults"][given["--name"]] = azure.state["deleted_vaults"].pop(given["--name"])


def _rest(azure, given):
    found = REFRESH.fullmatch(given["--url"])
    if "api-version=" not in given["--url"]:
        raise cloud.Failed('ERROR: Bad Request({"error":{"code":"MissingApiVersionParameter"}})')
    if not found or given.get("--method", "get") != "post":
        raise cloud.Failed('ERROR: Not Found({"error":{"code":"NotFound"}})')
    azure.app(found[1], found[2])["reads_secrets"] = True
    return {"value": []}


def _ad_app(azure, given):
    made = f"{len(azure.state['ad_apps']):08}-0000-0000-0000-000000000000"
    azure.state["ad_apps"][made] = {"name": given["--display-name"], "credentials": []}
    return {"appId": made, "displayName": given["--display-name"], "id": f"object of {made}"}


def _principal(azure, given):
    if given["--id"] not in azure.state["ad_apps"]:
        raise cloud.Failed(
            f"ERROR: Resource '{given['--id']}' does not exist or one of its queried objects is not present."
        )
    azure.state["principals"].append(f"principal-{given['--id']}")
    return {"appId": given["--id"], "id": f"principal-{given['--id']}"}


def _credential(azure, given):
    told = given["--parameters"]
    told = json.loads(Path(told).read_text("utf-8-sig") if Path(told).is_file() else told)
    if told.keys() != {"name", "issuer", "audiences", "subject"}:
        raise cloud.Failed("ERROR: Property cannot be empty or is unknown.")
    azure.state["ad_apps"][given["--id"]]["credentials"].append(told)
    return told


def _role(azure, given):
    if given["--role"] not in ROLES:
        raise cloud.Failed(f"ERROR: Role '{given['--role']}' doesn't exist.")
    if bool(given.get("--assignee")) == bool(given.get("--assignee-object-id")):
        raise cloud.Failed("ERROR: usage error: --assignee STRING | --assignee-object-id GUID")
    azure.state["roles"].append(
        [given.get("--assignee-object-id") or given["--assignee"], given["--role"], given["--scope"]]
    )
    return {"roleDefinitionName": given["--role"], "scope": given["--scope"]}


ANSWERS = {
    "login": _login, "account show": _account, "account set": lambda *_: None, "account get-access-token": _token,
    "deployment sub create": _create, "deployment sub what-if": _what_if, "deployment sub show": _deployment,
    "deployment sub delete": _delete_deployment, "group delete": _delete_group,
    "group exists": lambda azure, given: given["--name"] in azure.state["groups"],
    "functionapp show": _app, "functionapp restart": _restart, "functionapp keys list": _keys,
    "functionapp keys set": _set_key, "functionapp keys delete": _delete_key,
    "functionapp config appsettings list": _settings, "functionapp config hostname add": _add_host,
    "functionapp config hostname delete": _delete_host, "functionapp config ssl upload": _upload_certificate,
    "functionapp config ssl create": _make_certificate, "functionapp config ssl list": _certificates,
    "functionapp config ssl bind": _bind, "functionapp scale config always-ready set": _always_ready,
    "functionapp scale config always-ready delete": _not_ready, "keyvault list-deleted": _deleted_vaults,
    "keyvault recover": _recover, "rest": _rest, "ad app create": _ad_app, "ad sp create": _principal,
    "ad app federated-credential create": _credential, "role assignment create": _role,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(cloud.asked(Path(os.environ["AZURE_FOLDER"]), main))
