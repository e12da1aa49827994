"""What a command needs on this machine: said with its size, brought side by side, looked for again the next time."""

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.bootstrap import emulator, environment, lock, node, python, uv
from local.paths import HOME
from local.progress import progress

EMULATOR = "the storage emulator and a voice"
PACKAGES, LINE, TESTS = "packages", "line", "tests"  # each with what the one before it has

# MB in the folder when it is there, rounded; tests/local/bootstrap/ holds all but Python and Node, which a machine
# may have of its own, to what lies in .ahoy.
SIZES = {"Python 3.13": 110, "the packages": 90, "the packages and what tests them": 410, "Node": 140,
         EMULATOR: 97}  # fmt: skip


def bring(needs: str) -> Path:
    """Return the interpreter of the environment, once all that a command needs is here. Raises quiet.NotReady."""
    if is_ready(needs):
        return environment.interpreter()
    environment.make_home()
    with lock.held(HOME / "lock"):
        if missing := _missing(needs):
            print(_announcement(missing), file=sys.stderr, flush=True)
            _bring_all(needs, missing)
        shutil.rmtree(uv.FOLDER, ignore_errors=True)
    return environment.interpreter()


def is_ready(needs: str) -> bool:
    """Whether nothing is missing."""
    return environment.is_ready(_lock(needs)) and (needs == PACKAGES or emulator.is_ready())


def _lock(needs: str) -> Path:
    return environment.TESTS if needs == TESTS else environment.LINE


def _missing(needs: str) -> list[str]:
    missing = []
    if not environment.is_ready(_lock(needs)):
        if not (python.is_wanted(environment.interpreter()) or python.find()):
            missing.append("Python 3.13")
        missing.append("the packages and what tests them" if needs == TESTS else "the packages")
    if needs != PACKAGES and not emulator.is_ready():
        if node.commands() is None:
            missing.append("Node")
        missing.append(EMULATOR)
    return missing


def _announcement(missing: list[str]) -> str:
    parts = ", ".join(f"{name} ({SIZES[name]} MB)" for name in missing)
    return f"Ahoy brings into .ahoy, this once: {parts}."


def _bring_all(needs: str, missing: list[str]) -> None:
    """Bring what is missing, packages and emulator at the same time: they come from different places."""
    with progress(f"bringing {' and '.join(missing[-2:])}"), ThreadPoolExecutor() as together:
        if missing != [EMULATOR]:
            uv.program()  # before two ask for it
        if "Python 3.13" in missing:
            python.fetch()  # first: without it the rest is in vain
        begun = [together.submit(environment.bring, _lock(needs))]
        if needs != PACKAGES:
            begun.append(together.submit(emulator.bring))
        for each in begun:
            each.result()
