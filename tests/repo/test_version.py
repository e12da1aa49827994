"""The line has one version number: of its package, its API, its changes and its tags."""

import re
import shutil
import subprocess
import tomllib
from datetime import date

import pytest
import yaml

from local.paths import ROOT
from shared.openapi import document

CHANGES = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
RELEASES = dict(heading.split(", ") for heading in CHANGES[1:])


def test_package_api_and_changes_have_one_version():
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    template = yaml.safe_load((ROOT / "azure.yaml").read_text(encoding="utf-8"))["metadata"]["template"]
    assert package == document.VERSION == next(iter(RELEASES)) == template.removeprefix("ahoy@")


def test_what_is_not_released_comes_first_and_releases_are_newest_first():
    assert CHANGES[0] == "Not yet released"
    released = [date.fromisoformat(day) for day in RELEASES.values()]
    assert released == sorted(released, reverse=True)
    numbers = [tuple(map(int, version.split("."))) for version in RELEASES]
    assert numbers == sorted(numbers, reverse=True)


@pytest.mark.skipif(not shutil.which("git") or not (ROOT / ".git").exists(), reason="this is no clone")
def test_every_tag_has_its_changes():
    listed = subprocess.run(
        ["git", "tag", "--list", "v*"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout
    assert {tag.removeprefix("v") for tag in listed.split()} <= RELEASES.keys()
