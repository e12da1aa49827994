"""dev.py test: every check and every test; CI runs nothing else."""

import argparse
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from xml.etree import ElementTree as ET

from local import paths

NEEDS = "tests"

CORES = os.cpu_count() or 1
# Processes for tests that calculate, alone and beside all others (pytest's own: each more imports all once more), and
# for those that wait for lines.
BUSY, BESIDE, WAITING = min(4, 1 + CORES), 0, min(6, 2 + CORES)
COVERAGE = ["--cov=shared", "--cov-report=term"]  # what it looks at and the least that it takes: pyproject.toml
UNIT = "tests/unit"  # what coverage is counted of: counting it everywhere would make the whole run a fifth longer
LAST = "local"  # its many small files end at the same time; a long one that began last would be waited for
UNITS, OTHERS, SOME, AGAIN = "unit tests", "all other tests", "tests", "once more"
SEEN = (OTHERS, SOME)  # whose progress is seen; of all else what it says is printed as a whole
# Where pytest keeps, below the project, which of all other tests failed, and how.
FAILED, TOLD = ".pytest_cache/others/v/cache/lastfailed", ".pytest_cache/others.xml"
KEEPING = ["--override-ini=cache_dir=.pytest_cache/others", f"--junit-xml={TOLD}"]
FEW = 5  # so many failed tests may be an accident of a busy machine
SYSTEMS = ("linux", "darwin", "win32")
CHECKS = {"lint": ["ruff", "check", "."], "format": ["ruff", "format", "--check", "."]}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("--quick", action="store_true", help="lint, format, types here and unit tests: half a minute")
    parser.add_argument("pytest", nargs="*", metavar="-- OPTION", help="options and paths for pytest")


def run(given: argparse.Namespace) -> int:
    """Run all, even after one has failed; the exit code is 1 when any has.

    Unit tests run beside the checks, and on beside the other tests, which begin when the last check has a core. A few
    of those that fail are run once more when all is quiet, and named: a machine may be too busy for a line to keep up.
    """
    for file in (FAILED, TOLD):
        (paths.ROOT / file).unlink(missing_ok=True)
    every = steps(given.pytest, is_quick=given.quick)
    seen = {name: command for name, command in every.items() if name in SEEN}
    beside = sorted((name for name in every if name not in SEEN), key=lambda name: name != UNITS)  # the longest first
    with ThreadPoolExecutor(CORES) as pool:  # each of them computes on one core
        begun = {name: pool.submit(_runs_beside, name, every[name]) for name in beside}
        wait(each for name, each in begun.items() if name != UNITS)
        passed = {name: _passes(name, command) for name, command in seen.items()}
        passed |= {name: each.result() for name, each in begun.items()}
    if not passed.get(OTHERS, True):
        passed[OTHERS] = _pass_alone()
    failed = [name for name in every if not passed[name]]
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
        return {SOME: [*_pytest(WAITING), *([UNIT] if is_quick else []), *options]}
    unit = {UNITS: [*_pytest(BUSY if is_quick else BESIDE), *COVERAGE, UNIT]}
    return unit if is_quick else unit | {OTHERS: [*_pytest(WAITING), *KEEPING, *_others()]}


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


def _runs_beside(name: str, command: list[str]) -> bool:
    """Run one beside others; what it says is printed as a whole once it has ended."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=paths.ROOT, env=_environment() | {"PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    said = done.stdout.decode(errors="replace")
    print(f"--- {name}: {' '.join(command)}\n{said}{_ended(name, done.returncode, began)}", flush=True)
    return done.returncode == 0


def _passes(name: str, command: list[str]) -> bool:
    """Run tests, whose progress is seen."""
    began = time.monotonic()
    print(f"--- {name}: {' '.join(command)}", flush=True)
    code = subprocess.call([sys.executable, "-m", *command], cwd=paths.ROOT, env=_environment())
    print(_ended(name, code, began), flush=True)
    return code == 0


def _pass_alone() -> bool:
    """Whether the tests that failed beside all others are few and pass alone."""
    failed = _failed_by_accident()
    if not failed:
        return False
    names = "".join(f"\n  {name}" for name in failed)
    print(f"\nOnce more, alone, what failed beside all others:{names}", flush=True)
    command = ["pytest", "--numprocesses=0", *failed]
    if not _passes(AGAIN, command):
        return False
    print(
        f"\nShaky, since they failed beside all others and passed alone:{names}\n"
        "Either this machine was busy, or they depend on what other tests do. That is a fault, too: please report it.",
        file=sys.stderr,
    )
    return True


def _failed_by_accident() -> list[str]:
    """Return the tests that failed, if they are few and none of them did when a line was ended and its log looked at.

    How they failed is said by pytest in the form of JUnit; no such file is there when it did not come to its end.
    """
    kept, told = paths.ROOT / FAILED, paths.ROOT / TOLD
    if not (kept.exists() and told.exists()):
        return []
    failed = [*json.loads(kept.read_text(encoding="utf-8"))]
    errors = [one.get("message", "") for one in ET.parse(told).iter("error")]  # noqa: S314 -- pytest has written it
    is_accident = len(failed) <= FEW and not any(error.startswith("failed on teardown") for error in errors)
    return failed if is_accident else []


def _environment() -> dict[str, str]:
    """Return this process's environment, in which Python keeps its bytecode: tests start it hundreds of times.

    Images of containers often forbid it; each of those starts then compiles all that it imports.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _ended(name: str, code: int, began: float) -> str:
    return f"--- {name}: {'ok' if code == 0 else 'failed'} after {time.monotonic() - began:.1f} s"
