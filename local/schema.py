"""The JSON Schema of flow files, for completion in editors: written from the reader's own tables and the library."""

import json
from inspect import signature
from pathlib import Path
from typing import Any, get_type_hints

from shared.flow import grammar, reader, twiml_places, twiml_spec
from shared.flow.custom_verbs import Verbs
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
from shared.flow.verb_api import Message, Scene

FILE = Path(__file__).parent.parent / "flow.schema.json"
NUMBER = {"type": ["string", "integer"]}
ANY_TYPE = ["object", "string", "integer", "boolean", "array", "null"]
OWN = "a verb of verbs.py"
NAME = {"type": ["string", "number", "boolean"]}

type Schema = dict[str, Any]


def written(of: Schema) -> str:
    """Return the text of a schema as the file has it."""
    return json.dumps(of, separators=(",", ":"), sort_keys=True) + "\n"


def schema(own: Verbs | None = None) -> Schema:
    """Return the schema, with an owner's verbs. Whether scenes exist is for `dev.py check`."""
    messages = _map(
        {"keywords": {"type": "object", "additionalProperties": _ref("answer")}, "otherwise": _ref("answer")}
    )
    line = _map({"start": _ref("scene"), "messages": messages})
    top = _map({
        "ahoy": {"const": grammar.LANGUAGE, "description": "the version of the language"},
        "name": NAME,
        "description": NAME,
        "voice": {"type": "object", "additionalProperties": _ref("steps")},
        "messages": messages,
        "lines": {"type": "object", "additionalProperties": line},
        "entrances": _one_or_many(_ref("scene")),
    })  # fmt: skip
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "A flow of Ahoy"}
    definitions = _definitions(own_verbs(own) if own else {})
    return {**head, **top, "patternProperties": {f"^{reader.FREE}": {}}, "definitions": definitions}


def own_verbs(verbs: Verbs) -> dict[str, dict[str, Schema]]:
    """Return the schemas of an owner's verbs by name: those for calls under `step`, those for texts under `answer`.

    One whose parameters have types that are not known is left out; `dev.py check` says what is wrong with it.
    """
    found: dict[str, dict[str, Schema]] = {"step": {}, "answer": {}}
    for name in verbs:
        try:
            hints = get_type_hints(verbs[name])
            first, *parameters = signature(verbs[name]).parameters.values()
        except (NameError, TypeError, ValueError):
            continue
        taken = {parameter.name: _typed(hints.get(parameter.name)) for parameter in parameters}
        place = "answer" if hints.get(first.name) is Message else "step"
        found[place][name] = _map(taken) | {"type": ANY_TYPE, "description": OWN}
    return found


def _typed(hint: Any) -> Schema:
    if hint is Scene:
        return _ref("scene")
    name = {bool: "boolean", int: "integer", float: "number", str: "string"}.get(hint)
    return {"type": [name, "number", "boolean"] if name == "string" else name} if name else {}


def _definitions(own: dict[str, dict[str, Schema]]) -> Schema:
    verbs = own.get("step", {}) | {verb: element((verb,)) for verb in sorted(twiml_places.VERBS)} | _ours()
    return {
        "scene": {"description": "the name of a scene, or its steps",
                  "anyOf": [{"type": "string"}, _ref("step"), _ref("steps")]},
        "steps": {"type": "array", "items": _ref("step")},
        # An own verb of verbs.py may stand where a verb stands.
        "step": {"type": ["object", "string"], "properties": verbs, "minProperties": 1, "maxProperties": 1},
        "answer": {"type": ["object", "string"], "properties": own.get("answer", {}) | {
            word: _one_or_many(_kind(kind)) if word in grammar.SEVERAL else _kind(kind)
            for word, kind in grammar.ANSWER.items()
        }},
        **{f"ssml_{word}": element(path) for word, path in _ssml().items()},
    }  # fmt: skip


def _ssml() -> dict[str, tuple[str, ...]]:
    """Return the elements that may stand in a spoken text, each with a path to it; they nest in circles."""
    paths: dict[str, tuple[str, ...]] = {}
    todo: list[tuple[str, ...]] = [("say",)]
    for path in todo:
        for word in twiml_spec.spec(*path).nested:
            if word not in paths:
                paths[word] = (*path, word)
                todo.append(paths[word])
    return paths


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
    is_spoken = "say" in path
    nested = {word: _ref(f"ssml_{word}") if is_spoken else element((*path, word)) for word in spec.nested}
    properties |= {word: _one_or_many(each) for word, each in nested.items()}
    properties |= {word: _kind(kind) for word, kind in grammar.OURS.get(name, {}).items()}
    if "action" in spec.attributes:
        properties["then"] = _ref("scene")
    if spec.nested:
        part = _map(nested) | {"type": ["object", "string", "number", "boolean"], "maxProperties": 1}
        properties["parts"] = _one_or_many(part)
    if name == "gather":
        properties |= {
            "prompt": {"type": ["string", "array", "object"]},
            "choices": {"type": "object", "additionalProperties": _ref("scene")},
        }
    hidden = {
        word for word in properties if ("", word) in grammar.SAID_OTHERWISE or (name, word) in grammar.SAID_OTHERWISE
    }
    return _map({word: value for word, value in properties.items() if word not in hidden}) | {"type": ANY_TYPE}


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
