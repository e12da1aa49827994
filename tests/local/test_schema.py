"""flow.schema.json, as an editor uses it: what the checker accepts is valid, what nobody could write is marked."""

import json
import re

import jsonschema
import pytest
import yaml

from local import schema
from tests.tools.flows import READY_MADE_FLOWS
from tests.unit.flow.test_guide import EXAMPLES

VALIDATOR = jsonschema.Draft7Validator(json.loads(schema.FILE.read_text(encoding="utf-8")))


class Yaml12(yaml.SafeLoader):
    """YAML 1.2, which editors speak: a day is a text, and `yes` is one too."""

    yaml_implicit_resolvers = {  # noqa: RUF012 -- PyYAML's own way
        first: [(tag, pattern) for tag, pattern in found if not tag.endswith((":timestamp", ":bool"))]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), ["t", "f"])


def errors(text):
    """Return where a flow is marked, and why."""
    read = yaml.load(text, Yaml12)  # noqa: S506 -- a SafeLoader with fewer words
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(read)]


def test_the_schema_itself_is_valid():
    jsonschema.Draft7Validator.check_schema(VALIDATOR.schema)


@pytest.mark.parametrize("path", READY_MADE_FLOWS, ids=lambda path: path.stem)
def test_the_lines_that_are_shipped_are_valid(path):
    assert errors(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text", [text for text, _ in EXAMPLES], ids=[text.split("\n")[2].strip() for text, _ in EXAMPLES]
)
def test_the_examples_of_the_docs_are_valid(text):
    assert errors(text) == []


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("voice: {start: [say: {txt: Hello}]}", "$.voice.start[0].say"),
        ("voice: {start: [pause: {length: 0}]}", "$.voice.start[0].pause.length"),
        ("voice: {start: [gather: {attempts: 99}]}", "$.voice.start[0].gather.attempts"),
        ("voice: {start: [reject: {reason: engaged}]}", "$.voice.start[0].reject.reason"),
        ("voice: {start: [hours: {open: Mon 09:00-18:00, closed: start}]}", "$.voice.start[0].hours"),
        ("voice: {start: [dial: {nummber: x}]}", "$.voice.start[0].dial"),
        ("voice: {start: hangup}", "$.voice.start"),
        ("voice: {start: [{say: a, play: b}]}", "$.voice.start[0]"),
        ("messages: {keyword: {}}", "$.messages"),
        ("messages: {otherwise: {subscribe: a b}}", "$.messages.otherwise.subscribe"),
        ("vioce: {}", "$"),
        ("ahoy: 2", "$.ahoy"),
        ("voice: {start: [say: {parts: [Hi, {brake: {time: 1s}}]}]}", "$.voice.start[0].say.parts"),
        ("voice: {start: [say: {prosody: {words: Hi, speed: slow}}]}", "$.voice.start[0].say.prosody"),
        ("voice: {start: [say: {parts: [{emphasis: {parts: [{lang: {word: x}}]}}]}]}", "$.voice.start[0].say.parts"),
    ],
)
def test_what_is_wrong_is_marked_where_it_stands(text, at):
    assert at in [error.partition(":")[0] for error in errors(text)], errors(text)
