"""What belongs to whoever runs the line (flow.yaml, verbs.py, what lies beside them) turns no check of ours red."""

import ast
import re
import shutil
import subprocess
import sys

import pytest

from local.bootstrap import emulator
from local.commands import test as command
from local.paths import ROOT
from tests.tools import checkout
from tests.unit.flow.test_guide import VERBS

CHEAP = ["tests/unit/test_function_app.py", "tests/unit/flow/test_custom_verbs.py", "tests/local/test_schema.py",
         "tests/local/tell/test_schema.py", "tests/repo/test_editorconfig.py", "tests/repo/test_docs.py",
         "tests/infra/test_package.py", "tests/infra/test_devcontainer.py"]  # fmt: skip


@pytest.fixture(scope="module")
def owned(tmp_path_factory):
    """A copy in which an owner has a flow of their own, verbs that no linter has seen, notes, and lists of people."""
    folder = tmp_path_factory.mktemp("owned")
    checkout.copy(folder)
    (folder / ".ahoy").mkdir()
    brought = folder / ".ahoy" / emulator.FOLDER.name  # else it would be brought anew
    if sys.platform == "win32":  # where not everybody may make links
        shutil.copytree(emulator.FOLDER, brought)
    else:
        brought.symlink_to(emulator.FOLDER, target_is_directory=True)
    (folder / "verbs.py").write_text(f"import prices\n{VERBS}", encoding="utf-8")
    (folder / "prices.py").write_text("import os,sys\r\nPRICE = 'one' ", encoding="utf-8", newline="")
    (folder / "flow.yaml").write_text("voice: {start: [{count: 3}, {dial: '+12025550101'}]}", encoding="utf-8")
    (folder / "flow.stories.yaml").write_text("stories: {One: {told: [bob dails]}}  \r\n", encoding="utf-8", newline="")
    (folder / "NOTES.md").write_text("`python3 dev.py nothing`, [a](gone.md)", encoding="utf-8")
    (folder / "patients.csv").write_text("Ann;+12025550122", encoding="utf-8")
    return folder


def done(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize("step", ["lint", "format", "flow"])
def test_no_check_looks_at_them_but_the_flows_own(owned, step):
    ran = done(owned, *command.steps([], is_quick=True)[step])
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_what_would_look_at_them_is_green(owned):
    ran = done(owned, "pytest", "-q", "-p", "no:cacheprovider", "-m", "not downloads", "-k", "not current", *CHEAP)
    assert ran.returncode == 0, ran.stdout[-3000:]


def test_a_broken_flow_of_theirs_is_told_with_its_place(owned):
    (owned / "flow.yaml").write_text("voice: {start: [sya: x]}", encoding="utf-8")
    ran = done(owned, *command.steps([], is_quick=True)["flow"])
    assert (ran.returncode, 'flow.yaml:1:17: unknown verb "sya"' in ran.stdout) == (1, True)


def test_broken_stories_of_theirs_are_told_with_their_place(owned):
    ran = done(owned, "dev", "tell", "flow.stories.yaml")
    assert (ran.returncode, 'flow.stories.yaml:1:24: nobody knows what "bob dails" means' in ran.stderr) == (2, True)


def sources():
    """Return the text of each file of tests and benches by its name."""
    every = [path for folder in ("tests", "bench") for path in (ROOT / folder).rglob("*.py")]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in every}


def test_no_test_reads_the_owners_flow():
    reads = re.compile(r'ROOT / "(flow\.yaml|verbs\.py)"')
    names = {"tests/tools/checkout.py", "tests/infra/test_devcontainer.py"}  # which say where it is
    assert {name for name, text in sources().items() if reads.search(text)} == names


def test_every_line_that_a_test_starts_plays_a_flow_of_the_project():
    started = {
        ast.unparse(call)
        for text in sources().values()
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"lines.running", "line.running"}
    }
    assert len(started) >= 2
    assert {call for call in started if "hello.PLAYED" not in call} == set()


def test_every_machine_that_lives_its_first_minute_hears_a_flow_of_the_project():
    text = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    assert text.count("Hello Monkey!") == text.count("flows/hello.yaml") > 2
