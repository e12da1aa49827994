"""What resources of Azure are called in a picture, what of them matters, and what leads from one to another."""

from collections.abc import Callable, Iterator

from local.bicep.deployment import Made
from local.bicep.values import Value
from local.draw.words import Item

# Kinds of resources that stand in boxes, by the title of the box; what else there is belongs to one of them.
TITLES = {
    "Microsoft.Web/sites": "Function app",
    "Microsoft.Web/serverfarms": "Plan",
    "Microsoft.ManagedIdentity/userAssignedIdentities": "Identity of the app",
    "Microsoft.Storage/storageAccounts": "Storage account",
    "Microsoft.KeyVault/vaults": "Key vault",
    "Microsoft.Insights/components": "Application Insights",
    "Microsoft.Insights/scheduledQueryRules": "Alerts",
    "Microsoft.Insights/metricAlerts": "Alerts",
    "Microsoft.Insights/actionGroups": "Who is told",
    "Microsoft.Insights/workbooks": "Workbook",
    "Microsoft.OperationalInsights/workspaces": "Logs",
    "Microsoft.Consumption/budgets": "Budget",
    "Microsoft.Network/virtualNetworks": "Private network",
    "Microsoft.Network/privateEndpoints": "Private endpoints",
    "Microsoft.Network/privateDnsZones": "Private names",
}
KNOWN_BY_NAME = {"Microsoft.Storage/storageAccounts"}  # in settings, where no id would do
HELD = ("tables", "queues", "containers", "secrets")  # within others, and worth a line
# How a way from one box to another is called, by the property that names the other.
WAYS = {
    "serverFarmId": "runs on",
    "userAssignedIdentities": "acts as",
    "AzureWebJobsStorage__accountName": "records, queues, package",
    "APPLICATIONINSIGHTS_CONNECTION_STRING": "says what it does",
    "TWILIO_AUTH_TOKEN": "reads secrets",
    "virtualNetworkSubnetId": "looks out through",
    "WorkspaceResourceId": "writes into",
    "workspaceId": "tells who used it",
    "sourceId": "shows",
    "scopes": "watch",
    "actionGroups": "raise",
    "actionGroupId": "raise",
    "serviceUri": "a text to the owner",
    "subnet": "stand in",
    "privateLinkServiceId": "lead to",
    "privateDnsZoneId": "have names in",
    "virtualNetwork": "are known in",
}


def about(kind: str, made: list[Made]) -> Iterator[Item]:
    """Return what matters of the resources of a kind."""
    if kind in ABOUT:
        yield from ABOUT[kind](made[0].body, made[0].body.get("properties", {}))
    elif kind in LISTED:
        yield Item("", LISTED[kind].join(_last(each.ref.name) for each in made))


def _last(name: str) -> str:
    """Return what tells a name from others beside it: the line's own part is before its last dash."""
    return name.rpartition("-")[2]


def _app(_: Value, told: Value) -> Iterator[Item]:
    runtime, scale = told["functionAppConfig"]["runtime"], told["functionAppConfig"]["scaleAndConcurrency"]
    warm = sum(each["instanceCount"] for each in scale["alwaysReady"])
    most = f"{warm or 'none'} always ready, at most {scale['maximumInstanceCount']} for each kind of work"
    yield Item("", f"{runtime['name'].title()} {runtime['version']}, {scale['instanceMemoryMB']} MB", most)


def _plan(_: Value, told: Value) -> Iterator[Item]:
    yield Item("", "Flex Consumption", "in several zones" if told["zoneRedundant"] else "in one zone")


def _storage(body: Value, told: Value) -> Iterator[Item]:
    yield Item("", body["sku"]["name"].replace("_", ", "), _door(told))


def _vault(_: Value, told: Value) -> Iterator[Item]:
    yield Item("", "", _door(told))


def _door(told: Value) -> str:
    is_closed = told["publicNetworkAccess"] == "Disabled"
    return "reached from within the network alone" if is_closed else "open to whoever has a role"


def _logs(_: Value, told: Value) -> Iterator[Item]:
    yield Item("", f"{told['retentionInDays']} days", f"at most {told['workspaceCapping']['dailyQuotaGb']} GB a day")


def _budget(_: Value, told: Value) -> Iterator[Item]:
    yield Item("", f"{told['amount']} a month", "tells the owners of the resource group")


def _receivers(_: Value, told: Value) -> Iterator[Item]:
    for receiver in told["emailReceivers"]:
        yield Item("e-mail", receiver["emailAddress"])
    for receiver in told["smsReceivers"]:
        yield Item("text by Azure", f"+{receiver['countryCode']} {receiver['phoneNumber']}")
    if not any(told[kind] for kind in ("emailReceivers", "smsReceivers", "webhookReceivers")):
        yield Item("", "nobody: alerts show in the portal")


def _subnets(_: Value, told: Value) -> Iterator[Item]:
    for subnet in told["subnets"]:
        yield Item(subnet["name"], subnet["properties"]["addressPrefix"])


ABOUT: dict[str, Callable[[Value, Value], Iterator[Item]]] = {
    "Microsoft.Web/sites": _app,
    "Microsoft.Web/serverfarms": _plan,
    "Microsoft.Storage/storageAccounts": _storage,
    "Microsoft.KeyVault/vaults": _vault,
    "Microsoft.OperationalInsights/workspaces": _logs,
    "Microsoft.Consumption/budgets": _budget,
    "Microsoft.Insights/actionGroups": _receivers,
    "Microsoft.Network/virtualNetworks": _subnets,
}
LISTED = {  # by their names, and what stands between these
    "Microsoft.Insights/scheduledQueryRules": ", ",
    "Microsoft.Insights/metricAlerts": ", ",
    "Microsoft.Network/privateEndpoints": ", ",
    "Microsoft.Network/privateDnsZones": "\n",
}
