"""Resources against Microsoft's own models: each property must be known, each value one that it may have.

The models are those of the azure-mgmt packages. They come in two makes: newer ones declare `rest_field`s with types,
older ones an `_attribute_map`. Types that no installed package describes stand in LISTED with the reason.
"""

import re
import types
import typing
from enum import Enum
from importlib import import_module
from pathlib import Path

from tests.infra import bicep

MODELS = {
    "Microsoft.Web/serverfarms": ("web.models", "AppServicePlan"),
    "Microsoft.Web/sites": ("web.models", "Site"),
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": ("web.models", "CsmPublishingCredentialsPoliciesEntity"),
    "Microsoft.Storage/storageAccounts": ("storage.models", "StorageAccountCreateParameters"),
    "Microsoft.Storage/storageAccounts/blobServices": ("storage.models", "BlobServiceProperties"),
    "Microsoft.Storage/storageAccounts/blobServices/containers": ("storage.models", "BlobContainer"),
    "Microsoft.Storage/storageAccounts/tableServices": ("storage.models", "TableServiceProperties"),
    "Microsoft.Storage/storageAccounts/tableServices/tables": ("storage.models", "Table"),
    "Microsoft.Storage/storageAccounts/queueServices": ("storage.models", "QueueServiceProperties"),
    "Microsoft.Storage/storageAccounts/queueServices/queues": ("storage.models", "StorageQueue"),
    "Microsoft.KeyVault/vaults": ("keyvault.models", "VaultCreateOrUpdateParameters"),
    "Microsoft.KeyVault/vaults/secrets": ("keyvault.models", "SecretCreateOrUpdateParameters"),
    "Microsoft.OperationalInsights/workspaces": ("loganalytics.models", "Workspace"),
    "Microsoft.Insights/components": ("applicationinsights.v2020_02_02.models", "ApplicationInsightsComponent"),
    "Microsoft.Insights/workbooks": ("applicationinsights.v2023_06_01.models", "Workbook"),
    "Microsoft.Insights/actionGroups": ("monitor.models", "ActionGroupResource"),
    "Microsoft.Insights/scheduledQueryRules": ("monitor.models", "ScheduledQueryRuleResource"),
    "Microsoft.Insights/metricAlerts": ("monitor.models", "MetricAlertResource"),
    "Microsoft.Consumption/budgets": ("consumption.models", "Budget"),
}
LISTED = {
    # azure-mgmt-authorization weighs 15 MB for these three names
    "Microsoft.Authorization/roleAssignments": {"properties": {"principalId", "principalType", "roleDefinitionId"}},
    # azure-mgmt-monitor no longer has it. Source: the template reference of Microsoft.Insights/diagnosticSettings
    "Microsoft.Insights/diagnosticSettings": {"properties": {"workspaceId", "logs", "metrics"}},
    # they have a name, a place and tags, and no more
    "Microsoft.ManagedIdentity/userAssignedIdentities": {"location": set(), "tags": set()},
    "Microsoft.Resources/resourceGroups": {"location": set(), "tags": set()},
    # every name is allowed; which are right is checked against the code
    "Microsoft.Web/sites/config": {"properties": None},
}
# Values that the older models leave open though the service does not: of a property of one model, or of any model's.
# Source: enums of the same packages.
OLDER_ENUMS = {
    "FunctionsRuntime.name": "RuntimeName",
    "FunctionsDeploymentStorage.type": "FunctionsDeploymentStorageType",
    "FunctionsDeploymentStorageAuthentication.type": "AuthenticationType",
    "timeAggregation": "TimeAggregation AggregationTypeEnum",
    "operator": "ConditionOperator Operator DimensionOperator",
    "criterionType": "CriterionType",
    "ScheduledQueryRuleResource.kind": "Kind",
}
BICEPS_OWN = {"name", "parent", "scope", "dependsOn"}


def version_of(package):
    """Return the API version that a package azure-mgmt-`package` describes: what most of its operations send."""
    folder = Path(import_module(f"azure.mgmt.{package}.operations").__file__).parent
    sent = re.findall(r'"api-version", "([\d-]+)"', "".join(path.read_text("utf-8") for path in folder.glob("*.py")))
    return max(set(sent), key=sent.count)


def mistakes(resource, names=frozenset()):
    """Say what the model does not know; `names` are parameters and variables, whose values Azure sees later."""
    body = {key: value for key, value in resource.body.items() if key not in BICEPS_OWN}
    if resource.type in LISTED:
        return _unlisted(body, LISTED[resource.type], resource.where)
    if resource.type not in MODELS:
        return [f"{resource.where}: no model is known for {resource.type}; add it to MODELS"]
    module, name = MODELS[resource.type]
    models = import_module(f"azure.mgmt.{module}")
    return list(_faults(body, getattr(models, name), models, resource.where, names))


def _unlisted(body, known, where):
    wrong = [f"{where}.{key}: unknown property" for key in body if key not in known]
    for key, inner in known.items():
        if inner and key in body:
            wrong += [f"{where}.{key}.{name}: unknown property" for name in body[key] if name not in inner]
    return wrong


def _faults(value, kind, models, where, names):
    """Compare a value with its type: a model class, a list or dict of something, an enum, or what else Azure takes."""
    if bicep.is_expression(value):
        return
    if isinstance(value, dict) and "loop_type" in value:
        value = [value["config"]]
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        yield from _faults(value, _chosen(inner, value), models, where, names)
    elif origin in {list, dict} and isinstance(value, list | dict):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from _faults(item, inner[-1], models, f"{where}.{key}", names)
    elif isinstance(kind, type) and issubclass(kind, Enum):
        yield from _enum_faults(value, kind, where, names)
    elif isinstance(value, dict) and (isinstance(kind, dict) or _is_model(kind)):
        yield from _property_faults(value, kind, models, where, names)


def _enum_faults(value, kind, where, names):
    values = [member.value for member in kind]
    if isinstance(value, str) and value not in names and value not in values:
        yield f"{where}: {value!r} is not one of {', '.join(map(str, values))}"


def _property_faults(value, kind, models, where, names):
    known = kind if isinstance(kind, dict) else fields(_subtype(kind, value, models), models)
    for quoted, item in value.items():
        key = quoted.strip("'")
        if key in known:
            yield from _faults(item, known[key], models, f"{where}.{key}", names)
        else:
            yield f"{where}.{key}: unknown property"


def _chosen(kinds, value):
    """Of a union the part that says most about a value: an enum for a string, a model or list for the rest."""
    kinds = [kind for kind in kinds if kind is not type(None)]
    enums = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum)]
    return enums[0] if enums and isinstance(value, str) else kinds[-1]


def _is_model(kind):
    return isinstance(kind, type) and (hasattr(kind, "_attribute_map") or hasattr(kind, "_is_model"))


def _subtype(kind, value, models):
    """Of a model with subtypes the one that the value names."""
    for discriminator, subtypes in getattr(kind, "_subtype_map", {}).items():
        wire = kind._attribute_map[discriminator]["key"].replace("\\", "")
        named = {key.strip("'"): item for key, item in value.items()}.get(wire)
        if named in subtypes:
            return getattr(models, subtypes[named])
    return kind


def fields(kind, models):
    """Return the properties of a model by their names on the wire, with their types."""
    if hasattr(kind, "_attribute_map"):
        return _older_fields(kind, models)
    hints = typing.get_type_hints(kind, vars(import_module(kind.__module__)), {"_models": models})
    kind({})  # names on the wire are filled in when the first one is made
    return {field._rest_name: hints[name] for name, field in kind._attr_to_rest_field.items()}


def _older_fields(kind, models):
    """Unfold `properties.a.b` into levels; the backslash keeps `odata.type` in one piece."""
    known = {}
    for attribute in kind._attribute_map.values():
        *outer, last = attribute["key"].replace("\\.", "\0").split(".")
        level = known
        for name in outer:
            level = level.setdefault(name, {})
        last = last.replace("\0", ".")
        level[last] = _older_enum(kind, last, models) or _older_type(attribute["type"], models)
    return known


def _older_type(spelled, models):
    if spelled.startswith("["):
        return list[_older_type(spelled[1:-1], models)]
    if spelled.startswith("{"):
        return dict[str, _older_type(spelled[1:-1], models)]
    return getattr(models, spelled, str)


def _older_enum(kind, name, models):
    enums = OLDER_ENUMS.get(f"{kind.__name__}.{name}") or OLDER_ENUMS.get(name, "")
    found = [getattr(models, enum) for enum in enums.split() if hasattr(models, enum)]
    if not found:
        return None
    return Enum(name, {member.name: member.value for enum in found for member in enum})
