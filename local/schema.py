"""The JSON Schema of flow files, for completion in editors: written from the reader's own tables and the library."""

import json
from pathlib import Path
from typing import Any

from shared.flow import grammar, twiml_places, twiml_spec
from shared.flow.grammar import (
    Filled,
    Flag,
    Free,
    Keys,
    Kind,
    Locale,
    Name,
    OneOf,
    Phone,
    SceneName,
    SceneOrUrl,
    Seconds,
    Url,
    Voice,
    Whole,
)

FILE = Path(__file__).parent.parent / "flow.schema.json"
NUMBER = {"type": ["string", "integer"]}

type Schema = dict[str, Any]


def written() -> str:
    """Return the schema's text as the file has it."""
    return json.dumps(schema(), separators=(",", ":"), sort_keys=True) + "\n"


def schema() -> Schema:
    """Return the schema. It knows words and kinds of values; whether scenes exist is for `dev.py check`."""
    messages = _map(
        {"keywords": {"type": "object", "additionalProperties": _ref("answer")}, "otherwise": _ref("answer")}
    )
    line = _map({"start": _ref("scene"), "messages": messages})
    top = _map({
        "voice": {"type": "object", "additionalProperties": _ref("steps")},
        "messages": messages,
        "lines": {"type": "object", "additionalProperties": line},
        "entrances": _one_or_many(_ref("scene")),
    })  # fmt: skip
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": "A flow of Ahoy", **top,
            "definitions": _definitions()}  # fmt: skip


def _definitions() -> Schema:
    verbs = {verb: element((verb,)) for verb in sorted(twiml_places.VERBS)} | _ours()
    return {
        "scene": {"description": "the name of a scene, or its steps",
                  "anyOf": [{"type": "string"}, _ref("step"), _ref("steps")]},
        "steps": {"type": "array", "items": _ref("step")},
        # An own verb of verbs.py may stand where a verb stands.
        "step": {"type": ["object", "string"], "properties": verbs, "minProperties": 1, "maxProperties": 1},
        "answer": {"type": ["object", "string"], "properties": {
            word: _one_or_many(_kind(kind)) if word in grammar.SEVERAL else _kind(kind)
            for word, kind in grammar.ANSWER.items()
        }},
    }  # fmt: skip


def _ours() -> dict[str, Schema]:
    hours = {word: _one_or_many(_kind(kind)) for word, kind in grammar.HOURS.items()}
    callers = {word: _one_or_many(_kind(kind)) for word, kind in grammar.CALLERS.items()}
    return {
        "hours": _map(hours) | {"required": ["open", "timezone"]},
        "callers": _map(callers) | {"required": ["match"]},
    }


def element(path: tuple[str, ...]) -> Schema:
    """Return the schema of a verb or noun: a bare value, or a map of attributes, words of ours and what it nests."""
    spec, name = twiml_spec.spec(*path), path[-1]
    renamed = {theirs: ours for ours, theirs in grammar.RENAMED.get(name, {}).items()}
    ours = {renamed.get(word, word) for word in spec.attributes}
    properties = {
        word: _kind(grammar.OF_ELEMENT.get((name, word)) or grammar.ATTRIBUTES.get(word) or Free()) for word in ours
    }
    if "say" in path:
        properties |= {word: {} for word in spec.nested}  # SSML nests in circles
    else:
        properties |= {word: _one_or_many(element((*path, word))) for word in spec.nested}
    properties |= {word: _kind(kind) for word, kind in grammar.OURS.get(name, {}).items()}
    if "action" in spec.attributes:
        properties["then"] = _ref("scene")
    if spec.nested:
        properties["parts"] = {"type": "array"}
    if name == "gather":
        properties |= {
            "prompt": {"type": ["string", "array", "object"]},
            "choices": {"type": "object", "additionalProperties": _ref("scene")},
        }
    hidden = {
        word for word in properties if ("", word) in grammar.SAID_OTHERWISE or (name, word) in grammar.SAID_OTHERWISE
    }
    return _map({word: value for word, value in properties.items() if word not in hidden}) | {
        "type": ["object", "string", "integer", "boolean", "array", "null"]
    }


def _kind(kind: Kind) -> Schema:  # noqa: PLR0911 -- one line for each kind
    match kind:
        case Flag():
            return {"type": "boolean"}
        case Whole() | Seconds():
            return _number(kind)
        case OneOf(allowed, joined):
            each: Schema = {"type": ["string", "boolean"]} if "true" in allowed else {"enum": list(allowed)}
            return _one_or_many(each if not joined else {"type": "string"}) if joined else each
        case SceneName():
            return _ref("scene")
        case Phone() | Keys():
            return NUMBER
        case Url(schemes):
            return {"type": "string", "pattern": f"^({'|'.join(schemes)})"}
        case Name():
            return {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]*$"}
        case Filled(characters=limit):
            return {"type": ["string", "number", "boolean"], "maxLength": limit}
        case Free() | SceneOrUrl() | Voice() | Locale():
            return {"type": ["string", "number", "boolean", "array"]}


def _number(kind: Whole | Seconds) -> Schema:
    number = {"type": "integer", "minimum": kind.least, "maximum": kind.most}
    return number if isinstance(kind, Whole) else {"anyOf": [number, {"type": "string", "pattern": "^([0-9]|auto$)"}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _map(properties: Schema) -> Schema:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _one_or_many(each: Schema) -> Schema:
    return {"anyOf": [each, {"type": "array", "items": each}]}
