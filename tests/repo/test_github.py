"""What GitHub reads beside the workflows: newer packages, forms for issues; each as its published schema has it."""

import copy
import json
from importlib.resources import files

import jsonschema
import pytest
import yaml

from local.paths import ROOT

HOME = ROOT / ".github"
FORMS = sorted(path for path in (HOME / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
DEPENDABOT = yaml.safe_load((HOME / "dependabot.yml").read_text(encoding="utf-8"))
# What lists packages, by what Dependabot calls those who read it.
LISTS = {"pip": "requirements*.in", "npm": "package.json", "github-actions": ".github/workflows/*.yml"}


def complaints(document, name):
    """Return what the published schema of that name does not take."""
    text = (files("check_jsonschema") / f"builtin_schemas/vendor/{name}.json").read_text("utf-8")
    return [error.message for error in jsonschema.Draft7Validator(json.loads(text)).iter_errors(document)]


def folders(document):
    """Return the folders that are looked at, with who looks."""
    return {
        (update["package-ecosystem"], folder)
        for update in document["updates"]
        for folder in update.get("directories", [update.get("directory")])
    }


def test_every_list_of_packages_is_looked_at():
    assert complaints(DEPENDABOT, "dependabot") == []
    assert folders(DEPENDABOT) == {("pip", "/"), ("pip", "/local/bootstrap"), ("npm", "/local/node"),
                                   ("github-actions", "/")}  # fmt: skip
    for ecosystem, folder in folders(DEPENDABOT):
        pattern = "*.in" if folder == "/local/bootstrap" else LISTS[ecosystem]
        assert list((ROOT / folder.lstrip("/")).glob(pattern)), folder


def test_news_come_once_a_week_and_together():
    assert {update["schedule"]["interval"] for update in DEPENDABOT["updates"]} == {"weekly"}
    assert all(
        [group["patterns"] for group in update["groups"].values()] == [["*"]] for update in DEPENDABOT["updates"]
    )


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_holds(path):
    assert complaints(yaml.safe_load(path.read_text(encoding="utf-8")), "github-issue-forms") == []


def test_an_issue_may_be_written_without_a_form():
    config = yaml.safe_load((HOME / "ISSUE_TEMPLATE" / "config.yml").read_text(encoding="utf-8"))
    assert complaints(config, "github-issue-config") == []
    assert config["blank_issues_enabled"]


def test_a_mistake_is_found():
    assert (
        complaints(yaml.safe_load((HOME / "ISSUE_TEMPLATE" / "config.yml").read_text("utf-8")), "github-issue-config")
        == []
    )
    wrong = copy.deepcopy(DEPENDABOT)
    wrong["updates"][0]["schedule"]["interval"] = "sometimes"
    assert complaints(wrong, "dependabot")
    assert complaints({"name": "x", "description": "x", "body": [{"type": "text"}]}, "github-issue-forms")
