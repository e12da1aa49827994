"""The JSON Schema of files of stories, for completion in editors: written from the words that the reader knows."""

from pathlib import Path
from typing import Any

from local.tell import phrases
from local.tell.phrases import ACTS, Phrase
from local.tell.values import ENDING, KEYS, TIME

FILE = Path(__file__).parents[2] / "stories.schema.json"

TEXT = {"type": ["string", "number", "boolean"]}  # what editors read without quotes is a text for the reader
NUMBER = {"type": ["string", "integer"]}
OPTIONS: dict[str, Any] = {
    "within": TEXT | {"pattern": TIME.ecma_262},
    "ends": TEXT | {"pattern": ENDING.ecma_262},
    "times": {"type": "integer", "minimum": 1},
    "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    "seconds": {"type": "number", "minimum": 0},
    "to": NUMBER,
    "with": {"type": "object", "additionalProperties": TEXT, "description": "parameters of Twilio's request"},
    "media": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]},
}

type Schema = dict[str, Any]


def schema() -> Schema:
    """Return the schema. Who the people are, and whether a story is true, is for `dev.py tell`."""
    people = {"description": "names, and numbers, client: or sip: addresses", "additionalProperties": NUMBER}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Stories of a line",
        **_map({
            "people": {"type": "object"} | people,
            "stories": {"type": "object", "additionalProperties": {"$ref": "#/definitions/story"}},
        }),
        "definitions": {"story": _story(), "step": _step(), "phone": _phone()},
    }  # fmt: skip


def _story() -> Schema:
    told = {"type": "array", "items": {"$ref": "#/definitions/step"}, "minItems": 1}
    at = TEXT | {"description": "when, such as Thu 22:00 or 2026-12-25 10:00, in the time zone of the flow's hours"}
    phones = {"additionalProperties": {"$ref": "#/definitions/phone"}}
    return _map({"at": at, "told": told}) | phones | {"required": ["told"]}


def _phone() -> Schema:
    presses = {"type": "string", "pattern": f"^{phrases.PRESSES}{KEYS}$"}
    return {"description": "how the phone behaves", "anyOf": [{"enum": list(phrases.BEHAVES)}, presses]}


def _step() -> Schema:
    """Return the schema of a sentence; each act is offered as it is said of whoever acted last, where it may be."""
    bare = {act: phrase for act, phrase in ACTS.items() if phrase.value != "must"}
    unnamed = [act for act, phrase in bare.items() if phrase.by_whom != "somebody"]
    sentences = [{"enum": unnamed}, {"type": "string", "pattern": _pattern(bare)}]
    return {"anyOf": [*sentences, *(_with_value(act, phrase) for act, phrase in ACTS.items())]}


def _with_value(act: str, phrase: Phrase) -> Schema:
    """Return the schema of a map whose first key is a sentence with this act."""
    types = {"must": TEXT["type"], "may": ["null", *TEXT["type"]]}.get(phrase.value, ["null"])
    said = {"type": types, "description": phrase.does} | ({"pattern": phrase.kind.ecma_262} if phrase.kind else {})
    options = {option: OPTIONS.get(option, TEXT) for option in phrase.options}
    offered = {} if phrase.by_whom == "somebody" else {act: said}
    sentence = {"patternProperties": {_pattern({act: phrase}): said}, "minProperties": 1}
    return _map(offered | options) | sentence | {"not": {"propertyNames": {"enum": list(options)}}}


def _pattern(acts: dict[str, Phrase]) -> str:
    """Return what matches sentences with these acts, as they are said of somebody, of anybody or of nobody."""
    of_whom = {"somebody": r"\S.* ", "anybody": r"(\S.* )?", "nobody": ""}
    said = {who: "|".join(act for act, phrase in acts.items() if phrase.by_whom == by) for by, who in of_whom.items()}
    return f"^({'|'.join(f'{who}({each})' for who, each in said.items() if each)})$"


def _map(properties: Schema) -> Schema:
    return {"type": "object", "additionalProperties": False, "properties": properties}
