"""What dev.py test runs, in whole and quick."""

import sys
from argparse import Namespace

import pytest

from local import account, paths
from local.commands import test as command


def test_the_whole_run_checks_types_for_each_system_and_counts_coverage():
    steps = command.steps([], is_quick=False)
    assert [name for name in steps if name.startswith("types")] == [f"types on {name}" for name in command.SYSTEMS]
    assert "--cov=shared" in steps["unit tests"]
    every = {path.relative_to(paths.ROOT / "tests").parts[0] for path in (paths.ROOT / "tests").rglob("test_*.py")}
    options, folders = steps["all other tests"][:6], steps["all other tests"][6:]
    assert (options[-2:], sorted(folders)) == (command.KEEPING, sorted(f"tests/{name}" for name in every - {"unit"}))


def test_the_quick_run_checks_types_for_this_system_and_runs_what_needs_no_line():
    steps = command.steps([], is_quick=True)
    assert list(steps) == ["lint", "format", f"types on {sys.platform}", "flow", "stories", "unit tests"]
    assert steps["unit tests"][2:] == command.steps([], is_quick=False)["unit tests"][2:]
    assert steps["unit tests"][-1] == "tests/unit"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], []),
        (["flows/a.stories.yaml"], ["flows/a.stories.yaml"]),
        (["flows/a.stories.yaml", "flow.stories.yaml"], ["flow.stories.yaml", "flows/a.stories.yaml"]),
        (["mine.stories.yaml", "flow.stories.yaml"], ["mine.stories.yaml"]),
    ],
)
def test_stories_of_the_ready_made_flows_and_of_the_line_are_told(tmp_path, monkeypatch, names, told):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(
        account, "flow", lambda: tmp_path / ("mine.yaml" if "mine.stories.yaml" in names else "flow.yaml")
    )
    (tmp_path / "flows").mkdir()
    for name in names:
        (tmp_path / name).touch()
    assert command.steps([], is_quick=True).get("stories", [])[2:] == told


def test_some_tests_alone_are_not_held_to_the_coverage_of_all():
    whole, quick = (command.steps(["-k", "signature"], is_quick=is_quick)["tests"] for is_quick in (False, True))
    assert whole[-2:] == ["-k", "signature"]
    assert quick[-3:] == ["tests/unit", "-k", "signature"]
    assert "--cov=shared" not in [*whole, *quick]


@pytest.fixture
def runs(monkeypatch, capfd):
    """Run steps that are made of statements; return the exit code and what is printed, of both kinds."""

    def run(**done):
        steps = {name.replace("_", " "): ["timeit", "-n", "1", "-r", "1", text] for name, text in done.items()}
        monkeypatch.setattr(command, "steps", lambda *_, **__: steps)
        code = command.run(Namespace(pytest=[], quick=False))
        return code, *capfd.readouterr()

    return run


def test_checks_run_beside_each_other_and_are_told_whole_before_the_tests_of_lines(runs):
    code, out, err = runs(
        types="import time; print(1); time.sleep(0.3); print(2); 1 / 0", lint="print(3)", all_other_tests="print(4)"
    )
    assert (code, "Not green: types." in err) == (1, True)
    assert "".join(line for line in out.splitlines() if line in {"1", "2", "3", "4"}) in {"1234", "3124"}
    assert "--- types: failed after" in out
    assert "--- lint: ok after" in out


def test_unit_tests_go_on_beside_the_others_and_are_told_whole(runs, tmp_path):
    begun = str(tmp_path / "begun")
    unit = (
        f"import os, time; print(1); s = time.time()\nwhile not os.path.exists({begun!r}): assert time.time() < s + 60"
    )
    code, out, err = runs(
        lint="print(3)", unit_tests=f"{unit}\nprint(2); 1 / 0", all_other_tests=f"open({begun!r}, 'w')"
    )
    assert (code, "Not green: unit tests." in err) == (1, True)
    assert "1\n2\n" in out


@pytest.mark.parametrize("step", ["unit tests", "all other tests"])
def test_pythons_that_are_started_again_and_again_keep_their_bytecode(runs, monkeypatch, step):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "it is False" in runs(**{step: "import sys; print(f'it is {sys.dont_write_bytecode}')"})[1]


@pytest.fixture
def whole_run(tmp_path, monkeypatch, capfd):
    """Run a file of tests as those of lines are run; return the exit code and what is printed, of both kinds."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "xdist.plugin")
    monkeypatch.setattr(command, "steps", lambda *_, **__: {command.OTHERS: ["pytest", "-n2", *command.KEEPING]})
    (tmp_path / "tests").mkdir()

    def run(*tests):
        text = f"import pathlib, pytest\nonce = pathlib.Path({str(tmp_path / 'once')!r})\n"
        (tmp_path / "tests/test_it.py").write_text(text + "\n".join(tests), encoding="utf-8")
        code = command.run(Namespace(pytest=[], quick=False))
        return code, *capfd.readouterr()

    return run


SHAKY = """
def test_of_a_busy_machine():
    assert once.exists() or once.touch()
"""
WRONG = """
@pytest.mark.parametrize("n", range({many}))
def test_wrong(n):
    assert n is None
"""
LOST = """
@pytest.fixture(scope="session")
def line():
    yield
    assert once.exists() or once.touch(), "lost"

def test_on_a_line(line):
    pass
"""


def test_what_failed_beside_others_and_passes_alone_is_named_and_does_not_make_the_run_red(whole_run):
    code, out, err = whole_run(SHAKY)
    assert (code, out.count("1 failed"), out.count("1 passed")) == (0, 1, 1)
    assert err.strip().splitlines()[:2] == [
        "Shaky, since they failed beside all others and passed alone:", "  tests/test_it.py::test_of_a_busy_machine",
    ]  # fmt: skip


def test_what_fails_alone_too_makes_the_run_red(whole_run):
    code, out, err = whole_run(SHAKY, WRONG.format(many=1))
    assert (code, err.strip()) == (1, "Not green: all other tests.")
    assert "1 failed, 1 passed" in out
    assert "--- once more: failed after" in out


def test_many_that_fail_are_no_accident(whole_run):
    code, out, err = whole_run(WRONG.format(many=command.FEW + 1))
    assert (code, err.strip()) == (1, "Not green: all other tests.")
    assert "nce more" not in out


def test_what_a_line_had_lost_when_it_was_ended_is_no_accident(whole_run):
    code, out, err = whole_run(LOST, SHAKY.replace("once", "(once.parent / 'twice')"))
    assert (code, err.strip()) == (1, "Not green: all other tests.")
    assert "nce more" not in out


def test_a_run_that_pytest_refuses_is_red(whole_run):
    code, _, err = whole_run("1 / 0")
    assert (code, err.strip()) == (1, "Not green: all other tests.")
