"""Any Python from 3.10 on starts dev.py; an older one is told how to get a newer one, and never shows a trace."""

import ast
import os
import subprocess
from pathlib import Path

import pytest

from local import old_python
from local.paths import ROOT

STARTERS = sorted(
    [*map(ROOT.joinpath, [f"local/{name}.py" for name in ("cli", "paths", "progress", "wording", "loopback")]),
     *ROOT.glob("local/bootstrap/*.py"), *ROOT.glob("local/commands/*.py")]
)  # fmt: skip
NEWER = {("datetime", "UTC"), ("typing", "Self"), ("typing", "override"), ("enum", "StrEnum"), ("itertools", "batched")}


@pytest.mark.parametrize("path", STARTERS, ids=lambda path: path.name)
def test_its_words_and_imports_are_known_to_python_3_10(path):
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 10))
    imported = {
        (node.module, name.name) for node in tree.body if isinstance(node, ast.ImportFrom) for name in node.names
    }
    assert imported & NEWER == set()


def pythons():
    """Return what pyenv has on this machine, by version: no shims, which answer for versions that are not there."""
    roots = [Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv"), Path("/root/.pyenv")]
    found = {path.parents[1].name: path for root in roots for path in root.glob("versions/*/bin/python")}
    return {tuple(map(int, name.split(".")[:2])): path for name, path in found.items() if name[0].isdigit()}


def dev(python, *words, **environ):
    """Run dev.py with a Python and nothing else on the path but what is named."""
    return subprocess.run([python, "dev.py", *words], cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
                          env={"PATH": os.defpath, "HOME": str(ROOT)} | environ)  # fmt: skip


def test_an_older_python_of_this_machine_shows_the_help():
    there = [path for version, path in pythons().items() if (3, 10) <= version < (3, 13)]
    if not there:
        pytest.skip("no Python 3.10 to 3.12 on this machine")
    answers = [dev(python, "--help") for python in there]
    assert [done.stderr for done in answers if done.returncode or "COMMAND" not in done.stdout] == []


def test_a_python_that_is_too_old_is_told_what_to_do():
    there = [path for version, path in pythons().items() if version < (3, 10)]
    if not there:
        pytest.skip("no Python before 3.10 on this machine")
    for python in there:
        done = dev(python, "start", PATH="/nowhere")
        assert (done.returncode, done.stdout) == (1, "")
        first, *ways = done.stderr.splitlines()
        assert first.startswith("Python 3.10 or newer is needed to start dev.py; this is ")
        assert any("uv run --python 3.13 dev.py start" in way for way in ways)


def test_a_newer_python_that_is_there_is_named():
    versions = pythons()
    new = next((path for version, path in versions.items() if version >= (3, 10)), None)
    old = next((path for version, path in versions.items() if version < (3, 10)), None)
    if not (new and old):
        pytest.skip("no old Python beside a new one on this machine")
    name = "python" + ".".join(map(str, next(version for version, path in versions.items() if path == new)))
    done = dev(old, "call", "+12025550122", PATH=str(new.parent))
    assert f"{name} dev.py call +12025550122" in done.stderr


def test_a_shim_for_a_python_that_is_not_there_is_not_named(tmp_path, monkeypatch):
    shim = tmp_path / "python3.13"
    shim.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    shim.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "This machine has" not in old_python.advice((3, 10))


@pytest.mark.parametrize(
    ("platform", "release", "way"),
    [
        ("darwin", "", "brew install python@3.13"),
        ("win32", "", "winget install Python.Python.3.13"),
        ("linux", 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="20.04"', "sudo apt install python3.13"),
        ("linux", "ID=debian\n", "release 12"),
        ("linux", 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', "sudo dnf install python3.12"),
        ("linux", "ID=fedora\n", "sudo dnf install python3.12"),
        ("linux", 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', "sudo zypper install python312"),
        ("linux", "ID=alpine\n", "apk add python3"),
        ("linux", "ID=nixos\n", "pyenv install 3.13"),
        ("freebsd14", "", "pyenv install 3.13"),
    ],
)
def test_each_system_is_told_its_own_way(platform, release, way, tmp_path, monkeypatch):
    (tmp_path / "os-release").write_text(release, encoding="utf-8")
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(old_python, "RELEASE", str(tmp_path / "os-release"))
    monkeypatch.setenv("PATH", "")
    assert way in old_python.advice((3, 10))
