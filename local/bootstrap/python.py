"""Python 3.13: one that is on this machine, else one that uv brings into `.ahoy/python`."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from local.bootstrap import uv
from local.bootstrap.quiet import NotReady, child_environment, output_of
from local.paths import HOME, VENV
from local.progress import progress

VERSION = "3.13"
# The interpreter is asked itself: shims answer for versions that are not there. Packages are pinned for CPython with
# its lock, in 64 bits; pip, ensurepip and venv, which Debian takes out, are not needed.
ASKED = (
    "import sys, ssl, zlib, ctypes, sysconfig;"
    "print(*sys.version_info[:2], sys.implementation.name, sys.maxsize > 2**32,"
    " bool(sysconfig.get_config_var('Py_GIL_DISABLED')))"
)
ANSWER = "3 13 cpython True False"


def find() -> Path | None:
    """Return an interpreter of the wanted version that this machine has, or None."""
    return next((path for path in _candidates() if is_wanted(path)), None)


def is_wanted(python: Path) -> bool:
    """Whether an interpreter is there, answers, and is one that the packages are pinned for."""
    return output_of([python, "-c", ASKED], child_environment()) == ANSWER


def fetch() -> Path:
    """Bring Python into `.ahoy/python`. Raises NotReady with the other ways to it."""
    try:
        with progress(f"fetching Python {VERSION}"):
            reason = f"Python {VERSION} is not on this machine and cannot be fetched"
            uv.run(reason, "python", "install", VERSION, UV_HTTP_RETRIES="1")
    except NotReady as e:
        raise NotReady(f"{e}\n{way_out()}") from None
    if found := next(filter(is_wanted, _from_uv()), None):
        return found
    raise NotReady(f"Python {VERSION} was fetched into .ahoy/python and does not start.\n{way_out()}")


def way_out() -> str:
    """Return how this system gets the Python that is wanted."""
    if sys.platform == "win32":
        ways = f"`winget install Python.Python.{VERSION}`, or the installer of python.org"
    elif sys.platform == "darwin":
        ways = f"`brew install python@{VERSION}`, or the installer of python.org"
    else:
        ways = f"your system's package (`apt install python{VERSION}`, `dnf install python{VERSION}`)"
    return f"Get it with {ways}, `pyenv install {VERSION}` or `uv python install {VERSION}`, and start again."


def _candidates() -> Iterator[Path]:
    here = Path(sys.executable)
    yield Path(getattr(sys, "_base_executable", here)) if here.is_relative_to(VENV) else here
    if found := shutil.which(f"python{VERSION}"):
        yield Path(found)
    if sys.platform == "win32" and shutil.which("py"):
        yield from _printed_path(["py", f"-{VERSION}", "-c", "import sys; print(sys.executable)"])
    yield from _from_pyenv()
    yield from _from_uv()


def _from_pyenv() -> Iterator[Path]:
    roots = [Path(root) for root in (os.environ.get("PYENV_ROOT"), os.environ.get("PYENV")) if root]
    roots.append(Path(os.path.expanduser("~")) / ".pyenv")  # noqa: PTH111 -- Path.home() raises where there is none
    roots += _printed_path(["pyenv", "root"]) if shutil.which("pyenv") else []
    for root in roots:
        for version in sorted(root.glob(f"versions/{VERSION}.*"), reverse=True):
            yield version / ("python.exe" if sys.platform == "win32" else "bin/python")


def _from_uv() -> Iterator[Path]:
    """Return what uv brought here earlier, then what the user's own uv has brought or sees."""
    for home in sorted((HOME / "python").glob("cpython-*"), reverse=True):
        yield home / ("python.exe" if sys.platform == "win32" else "bin/python3")
    if found := shutil.which("uv"):
        yield from _printed_path([found, "python", "find", "--no-project", VERSION])


def _printed_path(command: list[str]) -> list[Path]:
    path = output_of(command, child_environment())
    return [Path(path)] if path else []
