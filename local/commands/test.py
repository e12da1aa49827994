"""dev.py test: every check and every test; CI runs nothing else."""

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from local import paths

NEEDS = "tests"

CORES = os.cpu_count() or 1
BUSY, WAITING = (
    min(4, 1 + CORES),
    min(6, 2 + CORES),
)  # processes for tests that calculate, for those that wait for lines
COVERAGE = ["--cov=shared", "--cov-report=term"]  # what it looks at and the least that it takes: pyproject.toml
UNIT = "tests/unit"  # what coverage is counted of: counting it everywhere would make the whole run a fifth longer
LAST = "local"  # its many small files end at the same time; a long one that began last would be waited for
SYSTEMS = ("linux", "darwin", "win32")
CHECKS = {"lint": ["ruff", "check", "."], "format": ["ruff", "format", "--check", "."]}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("--quick", action="store_true", help="lint, format, types here and unit tests: half a minute")
    parser.add_argument("pytest", nargs="*", metavar="-- OPTION", help="options and paths for pytest")


def run(given: argparse.Namespace) -> int:
    """Run all, even after one has failed; the exit code is 1 when any has."""
    every = steps(given.pytest, is_quick=given.quick)
    checks, tests = (
        {name: every[name] for name in every if name.endswith("tests") == are_tests} for are_tests in (False, True)
    )
    with ThreadPoolExecutor(CORES) as beside:  # each of them computes on one core
        passed = dict(zip(checks, beside.map(_checks, checks, checks.values()), strict=True))
    passed |= {name: _passes(name, command) for name, command in tests.items()}
    failed = [name for name, has_passed in passed.items() if not has_passed]
    if failed:
        print(f"\nNot green: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def steps(options: list[str], *, is_quick: bool) -> dict[str, list[str]]:
    """Return what is run, by name; of what is the owner's own, the flow alone, as it is checked, and its stories.

    With `options` pytest runs once, with them, and counts no coverage: they may leave out some of what covers.
    """
    from local import account, flow_files

    systems = (sys.platform,) if is_quick else SYSTEMS
    types = {f"types on {name}": ["mypy", "--platform", name, "--cache-dir", f".mypy_cache/{name}"] for name in systems}
    played = account.flow()
    ready_made = (paths.ROOT / "flows").glob(f"*{flow_files.STORIES}")
    files = dict.fromkeys(file for file in (flow_files.stories_of(played), *sorted(ready_made)) if file.is_file())
    of_flow = {"flow": ["dev", "check", flow_files.shown(played)]}
    stories = {"stories": ["dev", "tell", *map(flow_files.shown, files)]} if files else {}
    return CHECKS | types | of_flow | stories | _tests(options, is_quick=is_quick)


def _tests(options: list[str], *, is_quick: bool) -> dict[str, list[str]]:
    if options:
        return {"tests": [*_pytest(WAITING), *([UNIT] if is_quick else []), *options]}
    unit = {"unit tests": [*_pytest(BUSY), *COVERAGE, UNIT]}
    return unit if is_quick else unit | {"all other tests": [*_pytest(WAITING), *_others()]}


def _pytest(processes: int) -> list[str]:
    """Return how pytest is called.

    A file's tests stay together: each process has a line of its own. `-- -n 0` runs all in one, for a debugger.
    """
    return ["pytest", f"--numprocesses={processes}", "--dist=loadfile", "--no-loadscope-reorder"]


def _others() -> list[str]:
    """Return the folders of all tests but the unit tests, in the order in which they begin."""
    folders = [path for path in (paths.ROOT / "tests").iterdir() if next(path.rglob("test_*.py"), None)]
    names = sorted((path.name for path in folders), key=lambda name: (name == LAST, name))
    return [f"tests/{name}" for name in names if f"tests/{name}" != UNIT]


def _checks(name: str, command: list[str]) -> bool:
    """Run a check beside others; what it says is printed as a whole once it has ended."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=paths.ROOT, env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    said = done.stdout.decode(errors="replace")
    print(f"--- {name}: {' '.join(command)}\n{said}{_ended(name, done.returncode, began)}", flush=True)
    return done.returncode == 0


def _passes(name: str, command: list[str]) -> bool:
    """Run tests, whose progress is seen."""
    began = time.monotonic()
    print(f"--- {name}: {' '.join(command)}", flush=True)
    code = subprocess.call([sys.executable, "-m", *command], cwd=paths.ROOT)
    print(_ended(name, code, began), flush=True)
    return code == 0


def _ended(name: str, code: int, began: float) -> str:
    return f"--- {name}: {'ok' if code == 0 else 'failed'} after {time.monotonic() - began:.1f} s"
