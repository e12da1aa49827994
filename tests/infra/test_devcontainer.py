"""A codespace finds what the two commands need: Python as the app runs on it, the line's ports, the flow's schema."""

import json
import re
import shlex

import jsonschema
import pytest

from local import paths
from local.bootstrap import python
from local.cli import parser
from local.commands.start import DEFAULT_PORT
from local.flow_files import STORIES
from local.paths import ROOT
from tests.infra import published
from tests.infra.test_platform_files import changed
from tests.tools.flows import READY_MADE_FLOWS

FOLDER = ROOT / ".devcontainer"
CONTAINER = json.loads((FOLDER / "devcontainer.json").read_text("utf-8"))
SETTINGS = CONTAINER["customizations"]["vscode"]["settings"]


def complaints(document):
    return [error.message for error in jsonschema.Draft202012Validator(published.DEVCONTAINER).iter_errors(document)]


def test_the_container_holds():
    assert complaints(CONTAINER) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["forwardPort"], [7071]),
        (["forwardPorts"], ["7071"]),
        (["portsAttributes", "7071", "onAutoForward"], "open"),
        (["updateContentCommand"], 1),
        (["customizations", "vscode", "extension"], []),
        (["image"], None),
    ],
)
def test_a_mistake_in_the_container_is_found(path, value):
    assert complaints(changed(CONTAINER, path, value))


def test_its_python_is_the_one_that_would_be_fetched_else():
    tag = rf"mcr\.microsoft\.com/devcontainers/python:3-{re.escape(python.VERSION)}-\w+"
    assert re.fullmatch(tag, CONTAINER["image"])


def test_the_ports_of_a_line_are_forwarded_and_have_names():
    ports = [DEFAULT_PORT, DEFAULT_PORT + 1]
    assert CONTAINER["forwardPorts"] == ports
    assert list(CONTAINER["portsAttributes"]) == [str(port) for port in ports]
    assert all(port["label"] for port in CONTAINER["portsAttributes"].values())


def test_it_is_made_ready_by_a_command_of_ours_and_by_nothing_else():
    """Without a postCreateCommand a codespace would install requirements.txt into its own Python."""
    interpreter, *words = shlex.split(CONTAINER["updateContentCommand"])
    assert (interpreter, words[0]) == ("python3", "dev.py")
    parser().parse_args(words[1:])
    assert CONTAINER["customizations"]["codespaces"] == {"disableAutomaticConfiguration": True}


def test_the_editor_completes_every_flow_and_every_file_of_stories():
    completed = {ROOT / schema: matched(patterns) for schema, patterns in SETTINGS["yaml.schemas"].items()}
    assert completed[ROOT / "flow.schema.json"] == {ROOT / "flow.yaml", *READY_MADE_FLOWS}
    told = {path.with_name(path.stem + STORIES) for path in READY_MADE_FLOWS}
    assert completed[ROOT / "stories.schema.json"] - set(ROOT.glob(f"*{STORIES}")) == told
    assert all(schema.is_file() for schema in completed)


def matched(patterns):
    """Return the files that an editor takes patterns to mean; one that begins with "!" takes files away again."""
    found = set()
    for pattern in patterns:
        files = set(ROOT.glob(pattern.removeprefix("!").removeprefix("/")))
        found = found - files if pattern.startswith("!") else found | files
    return found


def test_the_editor_runs_what_the_commands_run():
    folder = paths.VENV.relative_to(paths.ROOT).as_posix()
    assert SETTINGS["python.defaultInterpreterPath"] == f"${{containerWorkspaceFolder}}/{folder}/bin/python"
