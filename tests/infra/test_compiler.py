"""Where the Bicep compiler is, it has nothing to say, and understands the templates as they are read here.

GitHub's machines have it; it is on no package index that this project uses.
"""

import json
import re
import shutil
import subprocess

import pytest

from local.bicep import deployment
from local.bicep.reader import read
from tests.infra import options
from tests.infra.bicep import FOLDER

compiler = pytest.mark.skipif(not shutil.which("bicep"), reason="the Bicep CLI is not on the path of this machine")


def bicep(*arguments):
    return subprocess.run(["bicep", *arguments], capture_output=True, encoding="utf-8", check=False)


def resources(template):
    """Return what a compiled template makes, (type, API version) of each statement, those of its modules too."""
    listed = template["resources"]
    found = set()
    for each in listed.values() if isinstance(listed, dict) else listed:
        if each["type"] == "Microsoft.Resources/deployments":
            found |= resources(each["properties"]["template"])
        elif not each.get("existing"):
            found.add((each["type"], each["apiVersion"]))
    return found


def declared():
    """Return the same of the templates as they are read here."""
    return {
        tuple(each.type.split("@"))
        for path in FOLDER.glob("*.bicep")
        for each in read(path).of_kind("resource").values()
        if not each.is_existing
    }


def values(compiled):
    """Return the values of a compiled parameter file."""
    return {name: each["value"] for name, each in json.loads(compiled)["parameters"].items()}


@compiler
@pytest.mark.parametrize("arguments", [["build", FOLDER / "main.bicep", "--stdout"], ["lint", FOLDER / "main.bicep"]])
def test_the_compiler_has_nothing_to_say(arguments):
    ran = bicep(*arguments)
    assert (ran.returncode, ran.stderr) == (0, "")


@compiler
def test_the_compiler_reads_the_same_resources():
    assert resources(json.loads(bicep("build", FOLDER / "main.bicep", "--stdout").stdout)) == declared()


@compiler
def test_the_compiler_reads_the_same_parameters(monkeypatch):
    for name in re.findall(r"readEnvironmentVariable\('(\w+)'", (FOLDER / "line.bicepparam").read_text("utf-8")):
        monkeypatch.delenv(name, raising=False)
    for name, value in options.ALL["everything"].items():
        monkeypatch.setenv(name, value)
    compiled = json.loads(bicep("build-params", FOLDER / "line.bicepparam", "--stdout").stdout)["parametersJson"]
    assert values(compiled) == deployment.parameters(FOLDER / "line.bicepparam", options.ALL["everything"])


def test_resources_of_modules_and_of_both_forms_are_found():
    inner = {"a": {"type": "A/b", "apiVersion": "1"}, "c": {"type": "A/c", "apiVersion": "1", "existing": True}}
    module = {"type": "Microsoft.Resources/deployments", "properties": {"template": {"resources": inner}}}
    template = {"resources": [{"type": "A/d", "apiVersion": "2"}, module]}
    assert resources(template) == {("A/d", "2"), ("A/b", "1")}


def test_values_of_a_compiled_parameter_file_are_found():
    assert values('{"parameters": {"a": {"value": 1}}}') == {"a": 1}
