"""uv, which makes the environment: the one on the path when it is new enough, else the pinned wheel from PyPI."""

import io
import os
import platform
import re
import shutil
import stat
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

from local.bootstrap import index, pip_settings, quiet
from local.bootstrap.quiet import NotReady, child_environment, output_of
from local.paths import HOME, ROOT
from local.progress import progress

LOCK = Path(__file__).with_name("uv.txt")  # made by dev.py pin, with the sha256 of each system's wheel
OLDEST = (0, 9)  # of those on the path; a test sets up with it
FOLDER = HOME / "setup"  # what only set-up needs; taken away when it is done
INSIDE = r"uv-\S+\.data/scripts/"  # the program's place in its wheel
PROGRAM = "uv.exe" if sys.platform == "win32" else "uv"

# What uv is told about the network stays as it is; anything else that it could be told makes another environment.
KEPT = re.compile(
    r"UV_((DEFAULT_|EXTRA_)?INDEX(_URL|_\w+_USERNAME|_\w+_PASSWORD)?|FIND_LINKS|NO_INDEX|INSECURE_HOST|KEYRING_PROVIDER"
    r"|NATIVE_TLS|SYSTEM_CERTS|HTTP_\w+|CONCURRENT_\w+|OFFLINE|PYTHON_INSTALL_MIRROR|PYTHON_DOWNLOADS_JSON_URL"
    r"|LINK_MODE|CONFIG_FILE|NO_CONFIG|CREDENTIALS_DIR|CACHE_DIR)"
)


def program() -> Path:
    """Return a uv that works, fetched when none is here. Raises NotReady."""
    if (found := shutil.which("uv")) and _version(found) >= OLDEST:
        return Path(found)
    own = FOLDER / f"uv-{_pinned()[0]}" / PROGRAM
    if not own.exists():
        _fetch(own)
    return own


def run(reason: str, *words: str | Path, **environ: str) -> str:
    """Run uv and return what it printed; `reason` is what cannot be done without it. Raises NotReady."""
    return quiet.run([program(), *words], reason, environment() | environ)


LOCKED = ("--quiet", "--require-hashes", "--only-binary", ":all:")  # each file's sha256 is checked, nothing is compiled


def sync(venv: Path, lock: Path) -> None:
    """Install what a lock file pins into an environment, and nothing else."""
    run("the pinned packages cannot be installed from PyPI", "pip", "sync", *LOCKED, "--python", venv, lock)


def install_into(folder: Path, lock: Path, reason: str) -> None:
    """Put the packages of a lock file into a plain folder, for programs that need no Python.

    `reason` is what cannot be done without them. Raises NotReady.
    """
    run(reason, "pip", "install", *LOCKED, "--no-deps", "--python", sys.executable, "--target", folder, "-r", lock)


def install_for(folder: Path, lock: Path, platform: str, python: str) -> None:
    """Put the packages of a lock file into a plain folder, as another platform and version of Python has them.

    `platform` is as uv's --python-platform. Raises NotReady.
    """
    reason = f"the packages for {platform} cannot be had"
    on = ("--python", sys.executable, "--python-platform", platform, "--python-version", python)
    run(reason, "pip", "install", *LOCKED, "--no-deps", *on, "--target", folder, "-r", lock)


def make_environment(venv: Path, python: Path, packages: Iterable[str] = ()) -> None:
    """Make a virtual environment for an interpreter, with packages as pip would be asked for them."""
    name = venv.relative_to(ROOT) if venv.is_relative_to(ROOT) else venv
    run(
        f"the environment {name} cannot be made", "venv", "--quiet", "--no-project", "--clear", "--python", python, venv
    )
    if names := list(packages):
        run("packages cannot be installed from PyPI", "pip", "install", "--quiet", "--python", venv, *names)


def environment() -> dict[str, str]:
    """Return the environment for uv: it knows what pip is told, and touches nothing outside the project's folder."""
    environ = child_environment()
    for name in [name for name in environ if name.upper().startswith("UV_") and not KEPT.fullmatch(name.upper())]:
        del environ[name]
    settings = _as_uv_says(pip_settings.read())
    if any(name.startswith(("UV_INDEX", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX")) for name in environ):
        settings = {name: value for name, value in settings.items() if "INDEX" not in name}
    own = {
        "UV_PYTHON_INSTALL_DIR": str(HOME / "python"),
        "UV_PYTHON_INSTALL_BIN": "0",  # no name on the path
        "UV_PYTHON_INSTALL_REGISTRY": "0",  # and none in the registry of Windows
        "UV_NO_PROGRESS": "1",
    }
    if index.trusts_something(pip_settings.PipSettings()):
        settings["UV_SYSTEM_CERTS"] = "1"  # without any on this machine, uv's own are the ones to go by
    return {"UV_CACHE_DIR": str(FOLDER / "cache"), **settings, **environ, **own}


def _as_uv_says(pip: pip_settings.PipSettings) -> dict[str, str]:
    settings = {
        "UV_DEFAULT_INDEX": pip.index_url,
        "UV_INDEX": " ".join(pip.extra_index_url),
        "UV_INDEX_STRATEGY": "unsafe-best-match" if pip.extra_index_url else "",  # as pip does; the hashes guard
        "UV_FIND_LINKS": ",".join(pip.find_links),
        "UV_NO_INDEX": "1" if pip.no_index else "",
        "UV_INSECURE_HOST": " ".join(pip.trusted_host),
        "SSL_CERT_FILE": pip.cert,
        "SSL_CLIENT_CERT": pip.client_cert,
        "HTTPS_PROXY": pip.proxy,
        "HTTP_PROXY": pip.proxy,
    }
    return {name: value for name, value in settings.items() if value}


def _version(uv: str) -> tuple[int, ...]:
    found = re.match(r"uv (\d+)\.(\d+)", output_of([uv, "--version"]))
    return (int(found[1]), int(found[2])) if found else (0,)


def _pinned() -> tuple[str, list[str]]:
    """Return the version and the sha256 of its wheels, from the lock file."""
    text = LOCK.read_text(encoding="utf-8")
    found = re.search(r"^uv==(\S+)", text, re.MULTILINE)
    if not found:
        raise NotReady(f"{LOCK.relative_to(ROOT)} pins no uv; git can restore it.")
    return found[1], re.findall(r"--hash=sha256:([0-9a-f]{64})", text)


def _fetch(to: Path) -> None:
    version, hashes = _pinned()
    with progress("fetching uv from PyPI"):
        content = index.wheel("uv", version, hashes, wheel_tags(), pip_settings.read())
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        name = next(name for name in packed.namelist() if re.fullmatch(INSIDE + PROGRAM, name))
        unpacked = packed.read(name)
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_suffix(f".{os.getpid()}")
    part.write_bytes(unpacked)
    part.chmod(part.stat().st_mode | stat.S_IXUSR)
    part.replace(to)


MACHINES = {"amd64": "x86_64", "arm64": "aarch64", "x64": "x86_64", "i386": "i686", "x86": "i686"}


def wheel_tags(system: str = sys.platform, machine: str = "", libc: str = "") -> list[str]:
    """Return patterns of the platform tags whose wheels run here, the best first.

    `system` is as in sys.platform, `machine` as in platform.machine(), `libc` glibc or musl; empty is this one's.
    """
    machine = (machine or platform.machine()).lower()
    machine = MACHINES.get(machine, machine)
    if system == "win32":
        return [{"x86_64": "win_amd64", "aarch64": "win_arm64"}.get(machine, "win32")]
    if system == "darwin":
        return [rf"macosx_\d+_\d+_{'arm64' if machine == 'aarch64' else machine}", r"macosx_\d+_\d+_universal2"]
    kinds = ["manylinux", "musllinux"] if (libc or platform.libc_ver()[0]) == "glibc" else ["musllinux"]
    return [rf"{kind}\w*_{machine}" for kind in kinds]
