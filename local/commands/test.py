"""dev.py test: every check and every test; CI runs nothing else."""

import argparse
import os
import subprocess
import sys
import time

from local import paths

NEEDS = "tests"

# A file's tests stay together: each process has a line of its own. `-- -n 0` runs them in one, as a debugger wants it.
SIDE_BY_SIDE = [f"--numprocesses={min(4, os.cpu_count() or 1)}", "--dist=loadfile"]
SYSTEMS = ("linux", "darwin", "win32")
CHECKS = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    **{f"types on {name}": ["mypy", "--platform", name, "--cache-dir", f".mypy_cache/{name}"] for name in SYSTEMS},
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("pytest", nargs="*", metavar="-- OPTION", help="options and paths for pytest")


def run(given: argparse.Namespace) -> int:
    """Run all, even after one has failed; the exit code is 1 when any has."""
    failed = [name for name, command in CHECKS.items() if not _passes(name, command)]
    if not _passes("tests", ["pytest", *SIDE_BY_SIDE, *given.pytest]):
        failed.append("tests")
    if failed:
        print(f"\nNot green: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _passes(name: str, command: list[str]) -> bool:
    began = time.monotonic()
    print(f"--- {name}: {' '.join(command)}", flush=True)
    code = subprocess.call([sys.executable, "-m", *command], cwd=paths.ROOT)
    print(f"--- {name}: {'ok' if code == 0 else 'failed'} after {time.monotonic() - began:.1f} s", flush=True)
    return code == 0
