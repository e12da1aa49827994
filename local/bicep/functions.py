"""Bicep's functions, those that infra/ calls; what only Azure knows is made up, in the same way each time.

Source: Microsoft Learn, "Bicep functions".
"""

import base64
import hashlib
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from local.bicep.values import Later, NotDeployable, Ref, Value

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
TENANT = "00000000-0000-0000-0000-000000000002"
DEPLOYER = "00000000-0000-0000-0000-000000000003"
DOMAINS = {"storage": "core.windows.net", "keyvaultDns": ".vault.azure.net"}


def text(value: Value) -> str:
    """Return a value as it is filled into a string."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Later | str):
        return value
    if isinstance(value, int):
        return str(value)
    raise NotDeployable(f"{type(value).__name__} in a string")


def joined(parts: Iterable[Value]) -> str:
    """Return texts as one, known later when one of them is."""
    texts = [text(part) for part in parts]
    whole = "".join(texts)
    return Later(whole) if any(isinstance(each, Later) for each in texts) else whole


def unique_string(*of: str) -> str:
    """Return 13 small letters and digits, the same for the same texts, as Azure does; others than Azure's."""
    digest = hashlib.sha256("|".join(of).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:13]


def guid(*of: str) -> str:
    """Return a GUID, the same for the same texts; another than Azure's."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "|".join(of)))


def union(*of: Value) -> Value:
    """Return all items of lists once, or all properties of objects."""
    if isinstance(of[0], dict):
        return {name: value for each in of for name, value in each.items()}
    return list({repr(item): item for each in of for item in each}.values())


def subscription_resource_id(*of: str) -> str:
    """Return the id of a resource of a type in the subscription, by its names."""
    return resource_id(f"/subscriptions/{SUBSCRIPTION}", *of)


def resource_id(scope: str, *of: str) -> str:
    """Return the id of a resource of a type within a scope, by its names."""
    provider, *types = of[0].split("/")
    return "/".join([scope, "providers", provider, *map("/".join, zip(types, of[1:], strict=True))])


def contains(of: Value, part: Value) -> bool:
    """Whether a text, list or object has a part, item or property."""
    return part in of


def to_object(
    items: list[Value], key: Callable[[Value], str], value: Callable[[Value], Value] = lambda item: item
) -> Value:
    """Return an object of a list."""
    return {key(item): value(item) for item in items}


def to_int(of: Value) -> int:
    """Return a text as a number; raises NotDeployable for one that is none."""
    try:
        return int(of)
    except ValueError:
        raise NotDeployable(f"{of!r} is no number") from None


def to_bool(of: Value) -> bool:
    """Return a text as a truth value; raises NotDeployable for one that is none."""
    if isinstance(of, bool):
        return of
    if str(of).lower() not in {"true", "false"}:
        raise NotDeployable(f"{of!r} is neither true nor false")
    return str(of).lower() == "true"


def _is_empty(of: Value) -> bool:
    return of is None or (not isinstance(of, Later) and len(of) == 0)


def _replaced(of: str, old: str, new: str) -> str:
    return joined([of.replace(old, new), Later("")] if isinstance(new, Later) and old in of else [of.replace(old, new)])


KNOWN: dict[str, Callable[..., Any]] = {
    "any": lambda of: of,
    "bool": to_bool,
    "concat": lambda *of: joined(of) if isinstance(of[0], str) else [item for each in of for item in each],
    "contains": contains,
    "dateTimeAdd": lambda of, *_: Later(of),
    "deployer": lambda: {"objectId": DEPLOYER, "tenantId": TENANT},
    "empty": _is_empty,
    "endsWith": lambda of, end: of.endswith(end),
    "environment": lambda: {"suffixes": DOMAINS},
    "filter": lambda of, keeps: [item for item in of if keeps(item)],
    "first": lambda of: of[0],
    "guid": guid,
    "int": to_int,
    "items": lambda of: [{"key": key, "value": of[key]} for key in sorted(of)],
    "join": lambda of, between: between.join(of),
    "length": len,
    "map": lambda of, change: [change(item) for item in of],
    "newGuid": lambda: Later("newGuid()"),
    "replace": _replaced,
    "split": lambda of, at: of.split(at),
    "startsWith": lambda of, start: of.startswith(start),
    "string": text,
    "subscription": lambda: {
        "id": f"/subscriptions/{SUBSCRIPTION}",
        "subscriptionId": SUBSCRIPTION,
        "tenantId": TENANT,
    },
    "subscriptionResourceId": subscription_resource_id,
    "take": lambda of, count: of[:count],
    "tenant": lambda: {"tenantId": TENANT},
    "toLower": lambda of: of.lower(),
    "toObject": to_object,
    "toUpper": lambda of: of.upper(),
    "union": union,
    "uniqueString": unique_string,
}


def of_ref(name: str, ref: Value) -> Later:
    """Return what a function of a resource gives, such as its keys."""
    if not isinstance(ref, Ref):
        raise NotDeployable(f"{name}() is called on what is no resource")
    return Later(f"{ref.id}|{name}()")
