"""Visual Studio Code starts what is there: each task runs a command that dev.py takes, and knows when it is up."""

import json
import re
import shlex

import pytest

from local.cli import parser
from local.commands import start
from local.paths import ROOT

FOLDER = ROOT / ".vscode"
FILES = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
TASKS = {task["label"]: task for task in FILES["tasks"]["tasks"]}
LINE = {
    "app": "http://localhost:7071", "twilio": "http://127.0.0.1:7072", "phone_number": "+12025550100",
    "function_key": "k", "flow": "flow.yaml", "command": "python3 dev.py",
}  # fmt: skip


def commands():
    """Return the words of each command by task, as they are on other systems and on Windows."""
    shells = [task for task in TASKS.values() if task["type"] == "shell"]
    return [(task["label"], task["command"], task["windows"]["command"]) for task in shells]


@pytest.mark.parametrize(("label", "command", "on_windows"), commands())
def test_each_task_runs_a_command_that_there_is(label, command, on_windows):
    assert command.startswith("python3 dev.py ")
    assert on_windows == command.replace("python3", "py", 1), label
    parser().parse_args(shlex.split(command)[2:])


def test_what_is_to_run_before_is_there():
    before = [task["dependsOn"] for task in TASKS.values() if "dependsOn" in task]
    before += [one["preLaunchTask"] for one in FILES["launch"]["configurations"] if "preLaunchTask" in one]
    before.append(FILES["settings"]["azureFunctions.preDeployTask"])
    assert set(before) <= set(TASKS)


@pytest.mark.parametrize(("label", "printed"), [("start", start.BLOCK), ("local Twilio", start.WITHOUT_APP)])
def test_a_task_in_the_background_is_up_once_its_block_is_printed(label, printed):
    background = TASKS[label]["problemMatcher"]["background"]
    lines = printed.format(**LINE).splitlines()
    assert any(re.match(background["endsPattern"], line) for line in lines)
    assert not any(re.match(background["beginsPattern"], line) for line in lines)


def test_what_is_attached_to_is_what_the_extension_listens_at():
    """Source: vscode-azurefunctions, src/debug/PythonDebugProvider.ts and src/constants.ts."""
    attach = next(one for one in FILES["launch"]["configurations"] if one["request"] == "attach")
    assert attach["connect"]["port"] == 9091
    assert TASKS[attach["preLaunchTask"]]["type"] == "func"


def test_the_editor_takes_the_environment_that_dev_py_makes():
    settings = FILES["settings"]
    assert settings["azureFunctions.pythonVenv"] == ".ahoy/venv"
    assert settings["azureFunctions.deploySubpath"] in TASKS["package"]["command"]
