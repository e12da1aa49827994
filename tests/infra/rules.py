"""What must hold of the Bicep files beyond being Bicep. Each rule gives its complaints; none means it holds."""

import re

from tests.infra import bicep

# Source: Azure built-in roles.
ROLES = {
    "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Queue Data Contributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
    "Storage Table Data Contributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
}
DEPLOYERS_ROLES = {"Key Vault Secrets Officer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"}  # beside some of those
# Source: "App settings reference" and "Flex Consumption plan", deprecated and unsupported settings.
FORBIDDEN_SETTINGS = re.compile(
    r"FUNCTIONS_(WORKER_RUNTIME|EXTENSION_VERSION|WORKER_PROCESS_COUNT)|WEBSITE_(RUN_FROM_PACKAGE|CONTENT.*|TIME_ZONE)"
    r"|SCM_DO_BUILD_DURING_DEPLOYMENT|ENABLE_ORYX_BUILD|TZ|AzureWebJobsStorage"
)
FORBIDDEN_PROPERTIES = {"linuxFxVersion", "alwaysOn", "use32BitWorkerProcess", "functionAppScaleLimit"}
# Source: Bicep's types of Microsoft.Web 2025-03-01.
NAMED_TYPES = {
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": {"scm", "ftp"},
    "Microsoft.Web/sites/config": {"appsettings"},
}
KEY_VAULT_REFERENCE = "@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/"
ALERT_TOKEN = "@Microsoft.KeyVault(SecretUri=${alertTokenUri})"
SECRET_WORD = re.compile(r"(token|secret|password|key)\Z", re.IGNORECASE)
# Where a secret may go beside the vault: the address of an action group, which can send no header.
ELSEWHERE = {"alerts.bicep: owner": {"alertToken"}}
API_VERSION = re.compile(r"20\d\d-\d\d-\d\d(-preview)?")


def parameters_described(trees):
    """Every parameter and output says what it is for."""
    for file, tree in trees.items():
        for kind in ("parameters", "outputs"):
            for name, node in tree.get(kind, {}).items():
                if not any(d["type"] == "description" and d["argument"].strip() for d in node["decorators"]):
                    yield f"{file}: {name} has no @description"


def versions_pinned(trees):
    """Every resource names its API version, every module is a file of ours, one type has one version."""
    seen = {}
    for resource in bicep.resources(trees):
        version = resource.api_version or ""
        if not API_VERSION.fullmatch(version):
            yield f"{resource.where}: {version!r} is no API version"
        if seen.setdefault(resource.type, version) != version:
            yield f"{resource.where}: {resource.type} is used with {seen[resource.type]} too"
    for file, tree in trees.items():
        for name, module in tree.get("modules", {}).items():
            path = module["detail"]["full"]
            if module["type"] != "local" or path not in trees:
                yield f"{file}: module {name} is {path}, which cannot be built offline"


def modules_given_what_they_ask(trees):
    """Every module gets the parameters that it declares: all without a default, and no other."""
    for file, tree in trees.items():
        for name, module in tree.get("modules", {}).items():
            asked = trees[module["detail"]["full"]].get("parameters", {})
            given = set(_body(module)["params"])
            needed = {parameter for parameter, node in asked.items() if node.get("default") is None}
            yield from (f"{file}: module {name} does not get {missing}" for missing in sorted(needed - given))
            yield from (f"{file}: module {name} knows no {extra}" for extra in sorted(given - set(asked)))


def _body(module):
    return module["config"].get("config", module["config"])


def names_of_known_doors_written(trees):
    """The compiler knows these resources by their names, and warns (BCP225) of one that only Azure sees."""
    for resource in bicep.resources(trees):
        if resource.type in NAMED_TYPES and not NAMED_TYPES[resource.type] >= {resource.body["name"]}:
            yield f"{resource.where}: its name {resource.body['name']} is not written out"


def receivers_named_apart(trees):
    """The receivers of an action group have names that differ, of whatever kind they are: else Azure refuses it."""
    for resource in bicep.resources(trees):
        if resource.type == "Microsoft.Insights/actionGroups":
            kinds = {kind: value for kind, value in resource.body["properties"].items() if kind.endswith("Receivers")}
            names = [loop["config"]["name"] for loop in kinds.values()]
            yield from (
                f"{resource.where}: two receivers are named {name}" for name in {*names} if names.count(name) > 1
            )


def roles_right(trees):
    """The roles have the ids that Azure gives them, all are assigned, and the app waits for them."""
    yield from _misnamed(bicep.variable(trees, "roleIds"), ROLES)
    for variable in ("storageRoleIds", "vaultRoleIds"):
        yield from _misnamed(bicep.variable(trees, variable), ROLES | DEPLOYERS_ROLES)
    assigned = set(bicep.variable(trees, "storageRoles"))
    yield from (f"{name} is assigned for the whole account" for name in sorted(assigned) if " Blob " in name)
    for resource in bicep.resources(trees):
        if resource.type.endswith("/roleAssignments"):
            assigned |= {text.strip("'") for text in bicep.literals(resource.body)} & set(ROLES)
    yield from (f"{name} is not assigned" for name in sorted(set(ROLES) - assigned))
    if "roles" not in trees["main.bicep"]["modules"]["app"]["config"].get("dependsOn", []):
        yield "main.bicep: the app does not wait for its roles"


def _misnamed(named, known):
    for quoted, role_id in named.items():
        name = quoted.strip("'")
        if known.get(name) != role_id:
            yield f"{name} is {known.get(name, 'not a role the line needs')}, not {role_id}"


# Source: azure-functions-host, BlobStorageSecretsRepository.cs and ScriptConstants.cs.
HOST_CONTAINERS = {"azure-webjobs-secrets", "azure-webjobs-hosts"}


def containers_of_host_made(trees):
    """The containers of the host are there before it starts: with a role on these alone it could make no other."""
    if set(bicep.variable(trees, "hostContainers")) != HOST_CONTAINERS:
        yield "storage.bicep: hostContainers are not those of the host"


def first_hour_quiet(trees):
    """A line that is being made has not run yet: nobody is told so, and its owner's first alert is a true one."""
    for resource in bicep.resources(trees):
        if resource.symbol == "heartbeat" and not any("creationTime" in text for text in bicep.literals(resource.body)):
            yield f"{resource.where}: tells of a line that is not there yet"


def workbook_finds_its_data(trees):
    """A workbook that is opened from the resource group, not from Application Insights, has to be told of it."""
    for resource in bicep.resources(trees):
        if resource.type == "Microsoft.Insights/workbooks":
            used = set(bicep.literals(resource.body["properties"]["serializedData"]))
            left = re.findall(
                r'"fallbackResourceIds": \[\s*"([^"]+)"', (bicep.FOLDER / "workbook.json").read_text("utf-8")
            )
            if not (used >= {"applicationInsightsId", *left} and left):
                yield f"{resource.where}: fallbackResourceIds is not the resource that its queries ask"


def secrets_kept(trees):
    """Secrets come in by secure parameters without a value, go into the vault, and come out by reference only."""
    for file, tree in trees.items():
        secure = {name for name, node in tree.get("parameters", {}).items() if _is_secure(node)}
        for name, node in tree.get("parameters", {}).items():
            if _is_a_text(node) and SECRET_WORD.search(name) and name not in {*secure, "token"}:
                yield f"{file}: {name} sounds secret and is not @secure()"
            if name in secure and node.get("default") and not _is_made_anew(node["default"]):
                yield f"{file}: {name} is secret and has a value"
        for name, node in tree.get("outputs", {}).items():
            if SECRET_WORD.search(name) or secure & _words(node) or _words(node) & {"listKeys", "list_keys"}:
                yield f"{file}: output {name} gives a secret away"
    for resource in bicep.resources(trees):
        secure = {name for name, node in trees[resource.file].get("parameters", {}).items() if _is_secure(node)}
        found = (secure & _words(resource.body)) - ELSEWHERE.get(resource.where, set())
        if found and not resource.type.startswith("Microsoft.KeyVault/"):
            yield f"{resource.where}: a secret goes elsewhere than into the vault"


def _is_made_anew(value):
    return isinstance(value, dict) and value.get("function", {}).get("type") == "new_guid"


def _is_secure(node):
    return any(decorator["type"] == "secure" for decorator in node["decorators"])


def _is_a_text(node):
    return node["type"] == "string"


def _words(value):
    return {word for text in bicep.literals(value) for word in re.findall(r"\w+", text)}


def references_from_vault(trees):
    """The settings that hold secrets are references, and the secrets they name are made by the vault module."""
    settings = bicep.app_settings(trees)
    made = {r.body["name"] for r in bicep.resources(trees) if r.type == "Microsoft.KeyVault/vaults/secrets"}
    texts = {**trees["app.bicep"]["variables"], **settings}
    if not any(text.startswith(ALERT_TOKEN) for text in bicep.literals(settings["AHOY_ALERT_TOKEN"])):
        yield "AHOY_ALERT_TOKEN is not a Key Vault reference"
    for name in ("TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_SECONDARY", "TWILIO_API_KEY_SECRET"):
        reachable = list(bicep.literals(settings[name]))
        reachable += [inner for text in reachable if text in texts for inner in bicep.literals(texts[text])]
        referred = [text for text in reachable if text.startswith(KEY_VAULT_REFERENCE)]
        if not referred:
            yield f"{name} is not a Key Vault reference"
        for text in referred:
            if text.removeprefix(KEY_VAULT_REFERENCE).rstrip(")") not in made:
                yield f"{name} refers to a secret that is not in the vault: {text}"


def flex_accepts(trees):
    """Flex Consumption takes neither these settings nor these properties, and wants these."""
    for name in bicep.app_settings(trees):
        if FORBIDDEN_SETTINGS.fullmatch(name):
            yield f"{name} is not allowed on Flex Consumption"
    for name in sorted(
        {text for r in bicep.resources(trees) for text in bicep.literals(r.body)} & FORBIDDEN_PROPERTIES
    ):
        yield f"{name} is not allowed on Flex Consumption"
    [app] = [r.body for r in bicep.resources(trees) if r.type == "Microsoft.Web/sites"]
    if "keyVaultReferenceIdentity" not in app["properties"]:
        yield "the app does not say which identity reads the vault"
    missing = {"accountName", "credential", "clientId"} - {
        name.removeprefix("AzureWebJobsStorage__") for name in bicep.app_settings(trees)
    }
    yield from (f"AzureWebJobsStorage__{name} is missing" for name in sorted(missing))


def doors_closed(trees):
    """What is secure by our choice stays so."""
    wanted = {
        "Microsoft.Storage/storageAccounts": {
            "allowSharedKeyAccess": False,
            "allowBlobPublicAccess": False,
            "minimumTlsVersion": "TLS1_2",
        },
        "Microsoft.KeyVault/vaults": {"enableRbacAuthorization": True, "enablePurgeProtection": True},
        "Microsoft.Insights/components": {"DisableLocalAuth": True},
        "Microsoft.Web/sites": {"httpsOnly": True, "minTlsVersion": "1.2", "scmMinTlsVersion": "1.2"},
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies": {"allow": False},
    }
    for resource in bicep.resources(trees):
        properties = resource.body.get("properties", {})
        for name, value in wanted.get(resource.type, {}).items():
            if not resource.is_existing and (properties | properties.get("siteConfig", {})).get(name) != value:
                yield f"{resource.where}: {name} is not {value}"


def same_twice(trees):
    """Nothing depends on the day of the deployment: Azure refuses to move the start of a budget, for one."""
    for file, tree in trees.items():
        if any(text == "utc_now" for text in bicep.literals(tree)):
            yield f"{file}: utcNow() changes with each deployment"


def dates_stay_where_they_are_needed(trees):
    """A date that Azure spells in another way stops what needs it, which can be left out, and nothing beside it."""
    optional = {
        module["detail"]["full"]
        for tree in trees.values()
        for module in tree.get("modules", {}).values()
        if "condition" in module["config"]
    }
    for file, tree in trees.items():
        if file not in optional and "date_time_add" in set(bicep.literals(tree)):
            yield f"{file}: reckons with a date, and cannot be left out"


def host_name_kept(trees):
    """After the line is gone nobody else can take its host name, which Twilio may still call."""
    for resource in bicep.resources(trees):
        scope = resource.body.get("properties", {}).get("autoGeneratedDomainNameLabelScope")
        if resource.type == "Microsoft.Web/sites" and scope != "TenantReuse":
            yield f"{resource.where}: its host name is free for anybody once it is deleted"


def watched(trees):
    """Who read a secret and who changed the package is logged; what else has logs of its own writes them itself."""
    of = {
        resource.body["scope"] for resource in bicep.resources(trees) if resource.type.endswith("/diagnosticSettings")
    }
    for resource in bicep.resources(trees):
        if (
            resource.type in {"Microsoft.KeyVault/vaults", "Microsoft.Storage/storageAccounts/blobServices"}
            and not resource.is_existing
            and resource.symbol not in of
        ):
            yield f"{resource.where}: nobody sees who used it"


def tagged(trees):
    """What azd looks for is there: the environment on all that has tags, the service on the app."""
    tags = bicep.variable({"main.bicep": trees["main.bicep"]}, "tags")
    if set(tags) != {"'azd-env-name'"}:
        yield "main.bicep: tags lacks azd-env-name"
    for resource in bicep.resources(trees):
        is_tagged = "tags" in set(bicep.literals(resource.body.get("tags")))
        if "location" in resource.body and not resource.is_existing and not is_tagged:
            yield f"{resource.where}: has no tags"
        if resource.type == "Microsoft.Web/sites" and "azd-service-name" not in set(bicep.literals(resource.body)):
            yield f"{resource.where}: azd cannot find the app without azd-service-name"


def concurrency_fits(trees):
    """An instance does not take more webhooks at once than its worker has threads."""
    parameters = trees["main.bicep"]["parameters"]
    if parameters["httpConcurrency"]["default"] > parameters["workerThreads"]["default"]:
        yield "main.bicep: httpConcurrency is above workerThreads"


ALL = (
    parameters_described,
    versions_pinned,
    modules_given_what_they_ask,
    roles_right,
    secrets_kept,
    references_from_vault,
    flex_accepts,
    doors_closed,
    concurrency_fits,
    containers_of_host_made,
    first_hour_quiet,
    workbook_finds_its_data,
    same_twice,
    dates_stay_where_they_are_needed,
    host_name_kept,
    watched,
    tagged,
)
