"""The environment in `.ahoy/venv` with the pinned packages. A `.venv` beside it is its owner's and stays as it is."""

import hashlib
import json
import sys
import tempfile
from pathlib import Path

from local.bootstrap import python, uv
from local.bootstrap.quiet import NotReady
from local.paths import HOME, ROOT, VENV
from local.progress import progress

LINE = ROOT / "requirements-local.txt"  # what a line needs on one machine
TESTS = ROOT / "requirements-dev.txt"  # that, and what proves it
STAMP = VENV / "ahoy-stamp.json"


def interpreter(venv: Path = VENV) -> Path:
    """Return the interpreter of an environment, whether it is there or not."""
    return venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def is_ready(lock: Path) -> bool:
    """Whether the environment has what a lock file pins; what tests need contains what a line needs."""
    return _stamp() in [_mark(lock), _mark(TESTS)] and interpreter().exists()


def bring(lock: Path) -> None:
    """Make the environment where there is none that works, and install what a lock file pins. Raises NotReady."""
    if is_ready(lock):
        return
    if not python.is_wanted(interpreter()):
        base = python.find() or python.fetch()
        with progress(f"making an environment with {base}"):
            uv.make_environment(VENV, base)
    STAMP.unlink(missing_ok=True)
    with progress("installing the pinned packages"):
        uv.sync(VENV, lock)
    STAMP.write_text(json.dumps(_mark(lock)), encoding="utf-8")


def make_home() -> None:
    """Make `.ahoy`. Raises NotReady where that cannot be written."""
    try:
        HOME.mkdir(mode=0o700, exist_ok=True)
        tempfile.TemporaryFile(dir=HOME).close()
    except OSError as e:
        raise NotReady(f"{HOME} cannot be written ({e.strerror}); copy the folder to where you may write.") from None


def digest(file: Path) -> str:
    """Return the sha256 of a file of this project, however its lines end. Raises NotReady when it is not there."""
    try:
        return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    except FileNotFoundError:
        name = file.relative_to(ROOT).as_posix()
        raise NotReady(f"This folder is not whole: {name} is missing. Get the code again.") from None


def _mark(lock: Path) -> dict[str, str]:
    return {"lock": lock.name, "sha256": digest(lock)}


def _stamp() -> object:
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
