"""dev.py pin: pin the newest versions, for every platform, of what requirements*.in ask for."""

import argparse
import subprocess
import sys

from local import setup
from local.progress import progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("--upgrade", action="store_true", help="take newer versions of what is pinned already, too")


def run(given: argparse.Namespace) -> int:
    """Write both files; what is deployed is pinned first and constrains the rest."""
    uv = str(setup.fetch_uv())
    # The files are the same whoever writes them, and so is the command that they name.
    for name, constraints in (("requirements", []), ("requirements-dev", ["--constraint=requirements.txt"])):
        command = [
            uv, "pip", "compile", f"{name}.in", f"--output-file={name}.txt", "--universal", "--python-version=3.13",
            "--custom-compile-command=python3 dev.py pin", "--no-emit-index-url", "--no-emit-find-links", *constraints,
            *(["--upgrade"] if given.upgrade else []),
        ]  # fmt: skip
        with progress(f"pinning {name}.txt"):
            done = subprocess.run(command, cwd=setup.ROOT, capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            return 1
    return 0
