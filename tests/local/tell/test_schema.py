"""stories.schema.json, as an editor uses it: what the reader takes is valid, what nobody could write is marked."""

import json

import jsonschema
import pytest
import yaml

from local import schema as of_flows
from local.flow_files import stories_of
from local.paths import ROOT
from local.tell import phrases, reader, schema
from tests.local.test_schema import Yaml12
from tests.tools.flows import READY_MADE_FLOWS

STORIES = [stories_of(flow) for flow in READY_MADE_FLOWS]
VALIDATOR = jsonschema.Draft7Validator(schema.schema())


WRITTEN = {"dials": "+12025550100", "line calls": "ann", "ended": "busy"}  # what follows, where not anything may


def errors(text):
    read = yaml.load(text, Yaml12)  # noqa: S506 -- a SafeLoader with fewer words
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(read)]


def told(steps, rest=""):
    return f'people: {{ann: "+12025550122", bob: +12025550123}}\nstories:\n  One: {{told: [{steps}]{rest}}}\n'


def test_the_schema_itself_is_valid():
    jsonschema.Draft7Validator.check_schema(VALIDATOR.schema)


def test_the_file_is_as_the_reader_is():
    assert json.loads(schema.FILE.read_text(encoding="utf-8")) == schema.schema(), (
        "write it anew: python3 dev.py schema"
    )
    assert schema.FILE.read_text(encoding="utf-8") == of_flows.written(schema.schema())


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.name)
def test_the_stories_that_are_shipped_are_valid_and_name_it(path):
    text = path.read_text(encoding="utf-8")
    assert errors(text) == []
    modeline = text.partition("\n")[0]
    assert (path.parent / modeline.removeprefix("# yaml-language-server: $schema=")).resolve() == schema.FILE
    assert schema.FILE.parent == ROOT


@pytest.mark.parametrize(("act", "phrase"), phrases.ACTS.items())
def test_each_sentence_is_valid_as_the_reader_takes_it(tmp_path, act, phrase):
    who = {"somebody": ["ann "], "anybody": ["", "ann "], "nobody": [""]}[phrase.by_whom]
    some = WRITTEN.get(act, "1")
    values = {"must": [f": {some}"], "may": ["", f": '{some}'"], "": [""]}[phrase.value]
    for said in [f"{name}{act}{value}" for name in who for value in values]:
        assert errors(told(said)) == [], said
        (tmp_path / "a.stories.yaml").write_text(told(said), encoding="utf-8")
        assert reader.read(tmp_path / "a.stories.yaml")[1] == [], said


@pytest.mark.parametrize("rest", [", at: Thu 22:00", ", bob: no answer", ", bob: answers and presses 1#"])
def test_what_is_around_a_story_is_valid(rest):
    assert errors(told("ann dials, {hears: Hello, times: 3}", rest)) == []


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (told("ann dails"), "$.stories.One.told[0]"),
        (told("dials"), "$.stories.One.told[0]"),
        (told("hears"), "$.stories.One.told[0]"),
        (told("{hears: Hello, tines: 3}"), "$.stories.One.told[0]"),
        (told("{times: 3}"), "$.stories.One.told[0]"),
        (told("{hears: Hello, times: 0}"), "$.stories.One.told[0]"),
        (told("{hears: Hello, within: soon}"), "$.stories.One.told[0]"),
        (told("waits: a while"), "$.stories.One.told[0]"),
        (told("presses: one"), "$.stories.One.told[0]"),
        (told("ended: bussy"), "$.stories.One.told[0]"),
        (told("ann line calls: bob"), "$.stories.One.told[0]"),
        (told("[presses, 1]"), "$.stories.One.told[0]"),
        (told("ann gets nothing: ever"), "$.stories.One.told[0]"),
        (told("ann dials", ", bob: bussy"), "$.stories.One.bob"),
        (told(""), "$.stories.One.told"),
        ("stories: {One: {at: Thu 22:00}}", "$.stories.One"),
        ("storys: {}", "$"),
        ("people: {ann: [1]}", "$.people.ann"),
    ],
)
def test_what_is_wrong_is_marked_where_it_stands(text, at):
    assert at in [error.partition(":")[0] for error in errors(text)], errors(text)
