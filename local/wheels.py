"""The pinned packages as the machine in Azure has them: CPython 3.13 on Linux, x86-64, with their bytecode.

They are made here, on any system, since a build in Azure may take another Python than the app runs on. What is made is
kept in .ahoy until requirements.txt or the Python here changes.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from local import archive, bytecode
from local.bootstrap import environment, python, uv
from local.bootstrap.lock import held
from local.paths import HOME
from local.progress import progress

PLATFORM = "x86_64-manylinux_2_28"  # of wheels: Flex Consumption runs x86-64 and a newer C library
LIES_IN = ".python_packages/lib/site-packages"  # where the host looks
RECIPE = "2"  # raised when what is made of the same wheels changes
KEPT_IN = HOME / "deployed"
# What no import reads: programs and what installed them, types for editors, sources of what is compiled.
PROGRAMS = {"bin", "Scripts"}
OF_INSTALLERS = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"}
UNREAD = {".pyi", ".pyx", ".pxd", ".c", ".h", ".pyc"}


def bring(lock: Path, mounted_at: str) -> Path:
    """Return a zip of what a lock file pins, as archive.write makes it, brought from PyPI where it is not here yet.

    `mounted_at` is the folder that traces name. Raises quiet.NotReady.
    """
    made = KEPT_IN / file_name(lock, mounted_at)
    if made.exists():
        return made
    KEPT_IN.mkdir(parents=True, exist_ok=True)
    with held(KEPT_IN / "lock"):
        if not made.exists():
            doing = progress("bringing the packages for Azure and compiling them")
            with tempfile.TemporaryDirectory(dir=KEPT_IN, prefix="new-") as folder, doing:
                make(lock, Path(folder), mounted_at).replace(made)  # whole or not at all
            _clear(made)
    return made


def _clear(made: Path) -> None:
    """Delete what was made before, and what somebody who was ended has begun."""
    for other in set(KEPT_IN.glob("packages-*.zip")) - {made}:
        other.unlink(missing_ok=True)
    for begun in KEPT_IN.glob("new-*"):
        shutil.rmtree(begun, ignore_errors=True)


def file_name(lock: Path, mounted_at: str) -> str:
    """Return the name under which the zip is kept, another one for all that would give other bytes."""
    told = "\n".join([RECIPE, PLATFORM, mounted_at, version(), environment.digest(lock)])
    return f"packages-{hashlib.sha256(told.encode()).hexdigest()[:16]}.zip"


def version() -> str:
    """Return the version of Python that makes the bytecode, which may differ between two of 3.13."""
    import platform

    return platform.python_version()


def make(lock: Path, folder: Path, mounted_at: str) -> Path:
    """Return the zip that `bring` returns, made in a folder that is empty. Raises quiet.NotReady."""
    packages, to = folder / "site-packages", folder / "packages.zip"
    uv.install_for(packages, lock, PLATFORM, python.VERSION)
    names = sorted(_names(packages))
    modules = [name for name in names if name.endswith(".py")]
    broken = bytecode.compiled(packages, modules, f"{mounted_at}/{LIES_IN}")  # templates, or for an older Python
    names += [bytecode.path(name) for name in modules if name not in broken]
    archive.write(to, (archive.entry(f"{LIES_IN}/{name}", (packages / name).read_bytes()) for name in names))
    return to


def _names(packages: Path) -> Iterator[str]:
    """Return what belongs into the package, as paths in the folder."""
    for file in packages.rglob("*"):
        name = PurePosixPath(file.relative_to(packages).as_posix())
        is_of_installer = name.parent.suffix == ".dist-info" and name.name in OF_INSTALLERS
        is_needless = name.suffix in UNREAD or name.name.startswith(".lock") or is_of_installer
        if file.is_file() and name.parts[0] not in PROGRAMS and not is_needless:
            yield str(name)
