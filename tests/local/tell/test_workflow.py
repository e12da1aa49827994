"""The workflow that tells stories at GitHub: as its schema has it, with actions pinned as this project pins them."""

import json
from importlib.resources import files

import jsonschema
import yaml

from local.cli import parser
from local.tell import workflow


def test_it_is_one_that_github_takes_and_that_tells(capsys):
    given = parser().parse_args(["tell", "--workflow"])
    assert given.room.run(given) == 0
    read = yaml.load(capsys.readouterr().out, yaml.BaseLoader)  # noqa: S506 -- `on` stays a word
    text = (files("check_jsonschema") / "builtin_schemas/vendor/github-workflows.json").read_text("utf-8")
    read["jobs"]["stories"]["timeout-minutes"] = int(read["jobs"]["stories"]["timeout-minutes"])
    assert list(jsonschema.Draft7Validator(json.loads(text)).iter_errors(read)) == []
    *actions, command = read["jobs"]["stories"]["steps"]
    assert all(step["uses"] in workflow.USED_IN.read_text(encoding="utf-8") for step in actions)
    parser().parse_args(command["run"].split()[2:])


def test_without_the_projects_workflow_it_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(workflow, "USED_IN", tmp_path / "test.yml")
    given = parser().parse_args(["tell", "--workflow"])
    assert given.room.run(given) == 2
    assert "test.yml" in capsys.readouterr().err
