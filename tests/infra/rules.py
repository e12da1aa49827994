"""What must hold of the Bicep files beyond being Bicep. Each rule gives its complaints; none means it holds."""

import json
import re

from local.bicep.tree import Call, Loop, Name, Object, Text, walk
from tests.infra.options import SECRETS as SECRET_VALUES

# Source: Azure built-in roles.
ROLES = {
    "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Queue Data Contributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
    "Storage Table Data Contributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Key Vault Secrets Officer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
}
BY_ID = {role_id: name for name, role_id in ROLES.items()}
# Which roles the app has, on what, and no other. The host wants to own its containers, and those alone.
OF_THE_APP = {
    ("Storage Blob Data Owner", "azure-webjobs-hosts"),
    ("Storage Blob Data Owner", "azure-webjobs-secrets"),  # source of both: azure-functions-host, ScriptConstants.cs
    ("Storage Blob Data Contributor", "package"),
    ("Storage Queue Data Contributor", "storageAccounts"),
    ("Storage Table Data Contributor", "storageAccounts"),
    ("Key Vault Secrets User", "vaults"),
    ("Monitoring Metrics Publisher", "components"),
}
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
WANTED = {
    "Microsoft.Storage/storageAccounts": {
        "allowSharedKeyAccess": False, "allowBlobPublicAccess": False, "minimumTlsVersion": "TLS1_2",
    },
    "Microsoft.KeyVault/vaults": {"enableRbacAuthorization": True, "enablePurgeProtection": True},
    "Microsoft.Insights/components": {"DisableLocalAuth": True},
    "Microsoft.Web/sites": {"httpsOnly": True, "minTlsVersion": "1.2", "scmMinTlsVersion": "1.2"},
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": {"allow": False},
}  # fmt: skip
# Before there is a package nothing beats, and the host, which may start, finds no functions.
OF_A_LINE_THAT_RUNS = {"ahoy-heartbeat", "ahoy-empty"}
REFERENCE = re.compile(r"@Microsoft\.KeyVault\(SecretUri=(.*)\)")
SECRET_WORD = re.compile(r"(token|secret|password|key)\Z", re.IGNORECASE)
SECRETS = "Microsoft.KeyVault/vaults/secrets"
# Where a secret may go beside the vault: the address of an action group, which can send no header.
ELSEWHERE = {("owner", "newGuid()")}
TYPE = re.compile(r"[\w.]+(/\w+)+@20\d\d-\d\d-\d\d(-preview)?")


def parameters_described(templates):
    """Every parameter and output says what it is for."""
    for file, each in templates.declared("param", "output"):
        description = each.decorator("description")
        if not description or not "".join(map(str, description.arguments[0].parts)).strip():
            yield f"{file}: {each.name} has no @description"


def versions_pinned(templates):
    """Every resource names its API version, every module is a file of ours, one type has one version."""
    seen = {}
    for file, each in templates.declared("resource"):
        kind, _, version = each.type.partition("@")
        if not TYPE.fullmatch(each.type):
            yield f"{file}: {each.name}: {version!r} is no API version"
        if seen.setdefault(kind, version) != version:
            yield f"{file}: {each.name}: {kind} is used with {seen[kind]} too"
    for file, each in templates.declared("module"):
        if each.type not in templates.trees:
            yield f"{file}: module {each.name} is {each.type}, which cannot be built offline"


def modules_given_what_they_ask(templates):
    """Every module gets the parameters that it declares: all without a default, and no other."""
    for file, each in templates.declared("module"):
        asked = templates.trees[each.type].of_kind("param")
        given = {key.parts[0] for key, _ in field(each, "params").fields}
        needed = {name for name, parameter in asked.items() if parameter.body is None}
        yield from (f"{file}: module {each.name} does not get {missing}" for missing in sorted(needed - given))
        yield from (f"{file}: module {each.name} knows no {extra}" for extra in sorted(given - set(asked)))


def field(each, name):
    """Return what a declaration says of a property, in each round where it is a loop."""
    body = each.body.body if isinstance(each.body, Loop) else each.body
    return next((value for key, value in body.fields if key.parts == (name,)), Object(()))


def names_of_known_doors_written(templates):
    """The compiler knows these resources by their names, and warns (BCP225) of one that only Azure sees."""
    for file, each in templates.declared("resource"):
        names = NAMED_TYPES.get(each.type.partition("@")[0])
        if names and field(each, "name") not in {Text((name,)) for name in names}:
            yield f"{file}: {each.name}: its name is not written out"


def receivers_named_apart(templates):
    """The receivers of an action group have names that differ, of whatever kind they are: else Azure refuses it."""
    for made in templates.made("Microsoft.Insights/actionGroups"):
        kinds = [receivers for kind, receivers in made.body["properties"].items() if kind.endswith("Receivers")]
        names = [receiver["name"] for receivers in kinds for receiver in receivers]
        yield from (f"{made.where}: two receivers are named {name}" for name in {*names} if names.count(name) > 1)


def roles_right(templates):
    """The roles have the ids that Azure gives them, and the app has those that it needs and no other."""
    for file, each in templates.declared("var"):
        for key, value in each.body.fields if each.name.lower().endswith("roleids") else ():
            if ROLES.get(key.parts[0]) != value.parts[0]:
                yield f"{file}: {key.parts[0]} is {ROLES.get(key.parts[0], 'not a role the line needs')}"
    given = set()
    for made in templates.made("Microsoft.Authorization/roleAssignments"):
        role = BY_ID.get(made.body["properties"]["roleDefinitionId"].rpartition("/")[2])
        if "userAssignedIdentities" in made.body["properties"]["principalId"]:
            *_, kind, name = made.parent.split("/")
            given.add((role, name if kind == "containers" else kind))
    yield from (f"the app is not {role} of {where}" for role, where in sorted(OF_THE_APP - given))
    yield from (f"the app is {role} of {where}" for role, where in given - OF_THE_APP)


def containers_of_host_made(templates):
    """The containers of the host are there before it starts: with a role on these alone it could make no other."""
    wanted = {where for role, where in OF_THE_APP if " Blob " in role}
    if templates.names("Microsoft.Storage/storageAccounts/blobServices/containers") != wanted:
        yield "storage.bicep: the containers are not those of the host and of the package"


def first_hour_quiet(templates):
    """A line that is being made has not run yet: nobody is told so, and its owner's first alert is a true one."""
    for made in templates.made("Microsoft.Insights/scheduledQueryRules"):
        [criterion] = made.body["properties"]["criteria"]["allOf"]
        if made.ref.name in OF_A_LINE_THAT_RUNS and "creationTime" not in criterion["query"]:
            yield f"{made.where}: tells of a line that is not there yet"


def workbook_finds_its_data(templates):
    """A workbook that is opened from the resource group, not from Application Insights, has to be told of it."""
    insights = templates.one("Microsoft.Insights/components").ref.id
    workbook = templates.one("Microsoft.Insights/workbooks")
    if json.loads(workbook.body["properties"]["serializedData"]).get("fallbackResourceIds") != [insights]:
        yield f"{workbook.where}: fallbackResourceIds is not the resource that its queries ask"


def secrets_kept(templates):
    """Secrets come in by secure parameters without a value, go into the vault, and come out by reference only."""
    for file, each in templates.declared("param"):
        is_secure = bool(each.decorator("secure"))
        if each.type == "string" and SECRET_WORD.search(each.name) and not is_secure and each.name != "token":
            yield f"{file}: {each.name} sounds secret and is not @secure()"
        if is_secure and each.body not in {None, Text(())} and each.body != Call("newGuid", ()):
            yield f"{file}: {each.name} is secret and has a value"
    for file, each in templates.declared("output"):
        calls = {found.name for found in walk(each.body) if isinstance(found, Call)}
        secure = {name for name, of in templates.trees[file].of_kind("param").items() if of.decorator("secure")}
        named = {found.name for found in walk(each.body) if isinstance(found, Name)}
        if SECRET_WORD.search(each.name) or secure & named or any(call.startswith("list") for call in calls):
            yield f"{file}: output {each.name} gives a secret away"
    for made in templates.deployed():
        for secret in (*SECRET_VALUES, "newGuid()"):
            if secret in repr(made.body) and made.ref.type != SECRETS and (made.ref.symbol, secret) not in ELSEWHERE:
                yield f"{made.where}: a secret goes elsewhere than into the vault"


def references_from_vault(templates):
    """The settings that hold secrets are references, and the secrets they name are made by the vault module."""
    vault = templates.one("Microsoft.KeyVault/vaults").ref.id
    made = {
        place
        for each in templates.made(SECRETS)
        for place in (
            f"{vault}|properties.vaultUrisecrets/{each.body['name']}",
            f"{each.ref.id}|properties.secretUriWithVersion",
        )
    }
    for name in ("AHOY_ALERT_TOKEN", "TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_SECONDARY", "TWILIO_API_KEY_SECRET"):
        found = REFERENCE.fullmatch(templates.settings()[name])
        if not found:
            yield f"{name} is not a Key Vault reference"
        elif found[1] not in made:
            yield f"{name} refers to a secret that is not in the vault: {found[1]}"
    for name in ("TWILIO_AUTH_TOKEN_SECONDARY", "TWILIO_API_KEY_SECRET"):
        if templates.settings("plain")[name]:
            yield f"{name} refers to a secret that was not given: its text would be taken for the secret"


def flex_accepts(templates):
    """Flex Consumption takes neither these settings nor these properties, and wants these."""
    settings = templates.settings()
    yield from (f"{name} is not allowed on Flex Consumption" for name in settings if FORBIDDEN_SETTINGS.fullmatch(name))
    app = templates.one("Microsoft.Web/sites").body["properties"]
    used = set(app) | set(app["siteConfig"])
    yield from (f"{name} is not allowed on Flex Consumption" for name in sorted(used & FORBIDDEN_PROPERTIES))
    if "keyVaultReferenceIdentity" not in app:
        yield "the app does not say which identity reads the vault"
    missing = {"accountName", "credential", "clientId"} - {
        name.removeprefix("AzureWebJobsStorage__") for name in settings
    }
    yield from (f"AzureWebJobsStorage__{name} is missing" for name in sorted(missing))


def doors_closed(templates):
    """What is secure by our choice stays so."""
    for kind, wanted in WANTED.items():
        for made in templates.made(kind):
            told = made.body["properties"] | made.body["properties"].get("siteConfig", {})
            yield from (
                f"{made.where}: {name} is not {value}" for name, value in wanted.items() if told.get(name) != value
            )


def doors_made_in_turn(templates):
    """Two private endpoints of one account, made at once, end in StorageAccountOperationInProgress.

    Source: Azure/bicep-registry-modules#6001.
    """
    for file, each in templates.declared("resource"):
        batch = each.decorator("batchSize")
        if each.type.startswith("Microsoft.Network/privateEndpoints@") and (not batch or batch.arguments[0].value != 1):
            yield f"{file}:{each.line} {each.name}: several are made at once"


def same_twice(templates):
    """Nothing depends on the day of the deployment: Azure refuses to move the start of a budget, for one."""
    yield from (f"{file}: utcNow() changes with each deployment" for file in _calling(templates, "utcNow"))


def dates_stay_where_they_are_needed(templates):
    """A date that Azure spells in another way stops what needs it, which can be left out, and nothing beside it."""
    optional = {each.type for _, each in templates.declared("module") if each.condition is not None}
    for file in _calling(templates, "dateTimeAdd") - optional:
        yield f"{file}: reckons with a date, and cannot be left out"


def _calling(templates, function):
    return {
        file
        for file, tree in templates.trees.items()
        if any(isinstance(found, Call) and found.name == function for found in walk(tree.declarations))
    }


def host_name_kept(templates):
    """After the line is gone nobody else can take its host name, which Twilio may still call."""
    app = templates.one("Microsoft.Web/sites")
    if app.body["properties"].get("autoGeneratedDomainNameLabelScope") != "TenantReuse":
        yield f"{app.where}: its host name is free for anybody once it is deleted"


def watched(templates):
    """Who read a secret and who changed the package is logged; what else has logs of its own writes them itself."""
    seen = {made.parent for made in templates.made("Microsoft.Insights/diagnosticSettings")}
    for kind in ("Microsoft.KeyVault/vaults", "Microsoft.Storage/storageAccounts/blobServices"):
        made = templates.one(kind)
        if made.ref.id not in seen:
            yield f"{made.where}: nobody sees who used it"


def tagged(templates):
    """What azd looks for is there: the environment on all that has tags, the service on the app."""
    for made in templates.deployed():
        if "location" in made.body and made.body.get("tags", {}).get("azd-env-name") != "ahoy":
            yield f"{made.where}: has no tags that name the line"
    app = templates.one("Microsoft.Web/sites")
    if app.body["tags"].get("azd-service-name") != "line":
        yield f"{app.where}: azd cannot find the app without azd-service-name"


def concurrency_fits(templates):
    """An instance does not take more webhooks at once than its worker has threads."""
    scale = templates.one("Microsoft.Web/sites").body["properties"]["functionAppConfig"]["scaleAndConcurrency"]
    threads = int(templates.settings()["PYTHON_THREADPOOL_THREAD_COUNT"])
    if scale["triggers"]["http"]["perInstanceConcurrency"] > threads:
        yield "main.bicep: httpConcurrency is above workerThreads"


ALL = [
    parameters_described, versions_pinned, modules_given_what_they_ask, names_of_known_doors_written,
    receivers_named_apart, roles_right, containers_of_host_made, first_hour_quiet, workbook_finds_its_data,
    secrets_kept, references_from_vault, flex_accepts, doors_closed, doors_made_in_turn, same_twice,
    dates_stay_where_they_are_needed, host_name_kept, watched, tagged, concurrency_fits,
]  # fmt: skip
