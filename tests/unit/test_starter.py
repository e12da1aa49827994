"""Any Python from 3.10 on starts dev.py: what runs before anything is installed is written for it."""

import ast
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EARLY = ("setup", "progress", "wording", "loopback")  # imported before anything is installed
STARTERS = sorted(
    [ROOT / "dev.py", *(ROOT / "local" / f"{name}.py" for name in EARLY), *ROOT.glob("local/commands/*.py")]
)
NEWER = {("datetime", "UTC"), ("typing", "Self"), ("typing", "override"), ("enum", "StrEnum"), ("itertools", "batched")}


@pytest.mark.parametrize("path", STARTERS, ids=lambda path: path.name)
def test_its_words_and_imports_are_known_to_python_3_10(path):
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 10))
    imported = {
        (node.module, name.name) for node in tree.body if isinstance(node, ast.ImportFrom) for name in node.names
    }
    assert imported & NEWER == set()


def old_pythons():
    roots = [Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv"), Path("/root/.pyenv")]
    found = [path for root in roots for path in root.glob("versions/3.1[012].*/bin/python")]
    return sorted({*map(str, found), *filter(None, map(shutil.which, ("python3.10", "python3.11", "python3.12")))})


def test_an_older_python_of_this_machine_shows_the_help():
    answers = [
        subprocess.run([python, "dev.py", "--help"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
        for python in old_pythons()
    ]
    shown = [done for done in answers if done.returncode != 127]  # shims answer for versions that are not there
    if not shown:
        pytest.skip("no Python 3.10 to 3.12 on this machine")
    assert [done.stderr for done in shown if done.returncode or "COMMAND" not in done.stdout] == []
