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
    assert sorted(steps["all other tests"][4:]) == sorted(f"tests/{name}" for name in every - {"unit"})


def test_the_quick_run_checks_types_for_this_system_and_runs_what_needs_no_line():
    steps = command.steps([], is_quick=True)
    assert list(steps) == ["lint", "format", f"types on {sys.platform}", "flow", "stories", "unit tests"]
    assert steps["unit tests"] == command.steps([], is_quick=False)["unit tests"]
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


def test_checks_run_beside_each_other_and_are_told_whole_before_the_tests(monkeypatch, capfd):
    done = {
        "types": "import time; print(1); time.sleep(0.3); print(2); 1 / 0",
        "lint": "print(3)",
        "unit tests": "print(4)",
    }
    steps = {name: ["timeit", "-n", "1", "-r", "1", statements] for name, statements in done.items()}
    monkeypatch.setattr(command, "steps", lambda *_, **__: steps)
    assert command.run(Namespace(pytest=[], quick=True)) == 1
    told = capfd.readouterr()
    assert "Not green: types." in told.err
    said = "".join(line for line in told.out.splitlines() if line in {"1", "2", "3", "4"})
    assert said in {"1234", "3124"}
    assert "--- types: failed after" in told.out
    assert "--- lint: ok after" in told.out
