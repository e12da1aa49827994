"""What the Bicep compiler knows of the resources of infra/: their properties, kinds and values, in the version named.

The compiler's types are Azure/bicep-types-az, which is on no package index that this project uses. What infra/ itself
uses and was found there is listed in `schemas/resources.json`, as JSON Schema: no property, kind or value stands in it
that no template has, and no other is taken. What is new in a template is looked up in a checkout of that repository by

    python -m tests.infra.compiler_types FOLDER
"""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema

from local.bicep.values import Later
from tests.infra import options

KNOWN = Path(__file__).parent / "schemas" / "resources.json"
REQUIRED, READ_ONLY = 1, 2  # flags of a property. Source: bicep-types, TypePropertyFlags
PLAIN = {
    "StringType": {"type": "string"},
    "IntegerType": {"type": "integer"},
    "BooleanType": {"type": "boolean"},
    "AnyType": {},
}
BASICS = {"id", "type", "apiVersion"}


def complaints(made, known):
    """Say what of a resource the compiler would not take, as the file of schemas knows it."""
    kind = f"{made.ref.type}@{made.ref.version}"
    if kind not in known:
        return [f"{made.where}: nobody has looked up {kind}; see tests/infra/compiler_types.py"]
    return [
        f"{made.where}.{'.'.join(map(str, error.absolute_path))}: {error.message}"
        for error in _validator(known[kind]).iter_errors(set_values(made.body))
    ]


def _validator(schema):
    base = jsonschema.Draft202012Validator
    patient = {name: _unless_later(rule) for name, rule in base.VALIDATORS.items()}
    return jsonschema.validators.extend(base, patient | {"readOnly": _read_only})(schema)


def _unless_later(rule):
    """Let a value pass that only Azure knows."""

    def checked(validator, wanted, value, schema):
        if not isinstance(value, Later):
            yield from rule(validator, wanted, value, schema) or ()

    return checked


def _read_only(_validator, _wanted, _value, _schema):
    yield jsonschema.ValidationError("is for Azure alone to set")


def set_values(value):
    """Return a value without what is null, which is as good as not there."""
    if isinstance(value, dict):
        return {name: set_values(inner) for name, inner in value.items() if inner is not None}
    return [set_values(inner) for inner in value] if isinstance(value, list) else value


class Types:
    """One types.json: a list of types that name each other by their place."""

    def __init__(self, types):
        self.types = types

    def resource(self, kind):
        """Return the body of a resource, its type written in whatever case."""
        [found] = [t for t in self.types if t["$type"] == "ResourceType" and t["name"].lower() == kind.lower()]
        return self.at(found["body"])

    def at(self, reference):
        return self.types[int(reference["$ref"].removeprefix("#/"))]

    def schema(self, node, values):
        """Return the schema of a type, as far as these values use it."""
        values = [value for value in values if not isinstance(value, Later)]
        match node:
            case {"$type": "ObjectType", "properties": properties}:
                return self.object(properties, node.get("additionalProperties"), values)
            case {"$type": "DiscriminatedObjectType"}:
                return self.one_of_objects(node, values)
            case {"$type": "ArrayType", "itemType": item}:
                return {
                    "type": "array",
                    "items": self.schema(self.at(item), [each for value in values for each in value]),
                }
            case {"elements": elements}:
                return self.union([self.at(each) for each in elements], values)
            case {"value": _}:
                return self.union([node], values)
        return PLAIN[node["$type"]]

    def union(self, elements, values):
        """Return a schema of the values, which must be listed: another might pass, but nobody knows it."""
        listed = [element["value"] for element in elements if "value" in element]
        if listed and (unknown := set(values) - set(listed)):
            sys.exit(f"the compiler knows no {', '.join(sorted(unknown))} beside {', '.join(listed)}")
        if listed:
            return {"enum": sorted(set(values))} if values else {"type": "string"}
        return {"anyOf": [self.schema(element, values) for element in elements]}

    def object(self, properties, additional, values):
        used = {name for value in values for name in value}
        unknown = used - set(properties)
        if unknown and not additional:
            sys.exit(f"the compiler knows no {', '.join(sorted(unknown))} beside {', '.join(sorted(properties))}")
        required = [name for name, each in properties.items() if each["flags"] & REQUIRED and name not in BASICS]
        known = {
            name: self.property(properties[name], [value[name] for value in values if name in value])
            for name in properties
            if name in used or name in required
        }
        schema = {"type": "object", "properties": known, "required": required}
        others = [value[name] for value in values for name in unknown if name in value]
        return schema | {"additionalProperties": bool(others) and self.schema(self.at(additional), others)}

    def property(self, each, values):
        schema = self.schema(self.at(each["type"]), values)
        return schema | ({"readOnly": True} if each["flags"] & READ_ONLY else {})

    def one_of_objects(self, node, values):
        """Return a schema for each kind of object that the values are, by the property that tells them apart."""
        tells = node["discriminator"]
        kinds = [
            {
                "if": {"properties": {tells: {"const": kind}}},
                "then": self.object(
                    node["baseProperties"] | self.at(element)["properties"],
                    self.at(element).get("additionalProperties"),
                    [value for value in values if value[tells] == kind],
                ),
            }
            for kind, element in node["elements"].items()
            if kind in {value[tells] for value in values}
        ]
        return {
            "type": "object",
            "properties": {tells: {"enum": sorted({value[tells] for value in values})}},
            "allOf": kinds,
        }


def schemas(checkout, made):
    """Return the schema of each kind of resource that is made, as the types in a checkout have it."""
    bodies = {}
    for each in made:
        bodies.setdefault(f"{each.ref.type}@{each.ref.version}", []).append(set_values(each.body))
    return {kind: _schema(checkout, kind, bodies[kind]) for kind in sorted(bodies)}


def _schema(checkout, kind, bodies):
    provider, version = kind.split("/")[0].lower(), kind.split("@")[1].lower()
    for path in _files(checkout, f"{provider}/{version}/types.json"):
        text = subprocess.run(["git", "-C", checkout, "show", f"HEAD:{path}"], capture_output=True, check=True).stdout
        types = Types(json.loads(text))
        if f'"{kind.lower()}"' in text.decode().lower():
            return types.schema(types.resource(kind), bodies)
    sys.exit(f"{checkout} has no types of {kind}")


def _files(checkout, end):
    listed = subprocess.run(
        ["git", "-C", checkout, "ls-tree", "-r", "--name-only", "HEAD", "generated/"],
        capture_output=True, check=True, encoding="utf-8",
    ).stdout.splitlines()  # fmt: skip
    return [path for path in listed if path.endswith(f"/{end}")]


def _commit(checkout):
    return subprocess.run(
        ["git", "-C", checkout, "log", "-1", "--format=%H of %cs"], capture_output=True, check=True, encoding="utf-8"
    ).stdout.strip()


if __name__ == "__main__":
    found = schemas(sys.argv[1], [made for each in options.ALL.values() for made in options.deployed(each).made])
    document = {"source": f"Azure/bicep-types-az, commit {_commit(sys.argv[1])}", "resources": found}
    KNOWN.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
