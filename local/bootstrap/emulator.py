"""What comes from npm into `.ahoy/azurite`, as the lock file in `local/node` pins it: Azurite, the storage emulator.

And what draws a flow: elkjs, which lays a graph out, and the letters for pictures that bring their own; what speaks for
the local Twilio: eSpeak NG, compiled for Node; and axe, which finds what of a page some people cannot use.
"""

import os
import shutil

from local.bootstrap import environment, node, uv
from local.bootstrap.quiet import child_environment, run
from local.paths import HOME, ROOT
from local.progress import progress

FILES = ROOT / "local" / "node"
FOLDER = HOME / "azurite"
STAMP = FOLDER / "ahoy-stamp"
PROGRAM = FOLDER / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
LAYOUT = FOLDER / "node_modules" / "elkjs" / "lib" / "elk.bundled.js"
AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
SPEECH = FOLDER / "node_modules" / "@echogarden" / "espeak-ng-emscripten" / "espeak-ng.js"
FONTS = [FOLDER / "node_modules" / "dejavu-fonts-ttf" / "ttf" / f"DejaVuSans{weight}.ttf" for weight in ("", "-Bold")]
# Nothing of it runs or is drawn; a third of it all.
NEEDLESS = (".map", ".d.ts", ".d.mts", ".d.cts", ".md", ".markdown", ".ttf", "elk-worker.js", "elk-worker.min.js",
            "axe.js", "gather-internals.js")  # fmt: skip
KEPT = {path.name for path in FONTS}


def is_ready() -> bool:
    """Whether it and a Node are here and current."""
    return node.commands() is not None and _is_current()


def bring() -> None:
    """Install it, and Node where that is missing. Raises NotReady."""
    _, npm = node.bring()
    if _is_current():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(FILES / name, FOLDER / name)
    environ = child_environment() | {
        "npm_config_cache": str(uv.FOLDER / "npm"),
        "npm_config_update_notifier": "false",
        "NODE_DISABLE_COMPILE_CACHE": "1",  # it would lie in the machine's folder for temporary files
        "PATH": os.pathsep.join([os.path.dirname(npm[0]), os.environ.get("PATH", "")]),  # noqa: PTH120 -- a path's text
    }
    command = [*npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"]
    with progress("installing Azurite, the storage emulator, from npm"):
        run(command, "Azurite, the storage emulator, cannot be installed from npm", environ, FOLDER)
    _thin_out()
    STAMP.write_text(environment.digest(FILES / "package-lock.json"), encoding="utf-8")


def command() -> list[str]:
    """Return the command that starts it, brought first where it is missing. Raises NotReady."""
    bring()
    run_node, _ = node.bring()
    return [*run_node, "--require", str(FILES / "with-parent.cjs"), str(PROGRAM)]


def layout_command() -> list[str]:
    """Return the command that lays out a graph, brought first where it is missing. Raises NotReady."""
    bring()
    run_node, _ = node.bring()
    return [*run_node, str(FILES / "layout.cjs"), str(LAYOUT)]


def speech_command() -> list[str]:
    """Return the command that speaks, once all of this is here. Raises NotReady."""
    run_node, _ = node.bring()
    return [*run_node, str(FILES / "speech.mjs"), str(SPEECH)]


def _is_current() -> bool:
    return STAMP.exists() and STAMP.read_text(encoding="utf-8") == environment.digest(FILES / "package-lock.json")


def _thin_out() -> None:
    for at, _, names in os.walk(FOLDER / "node_modules"):
        for name in names:
            if name.endswith(NEEDLESS) and name not in KEPT:
                os.unlink(os.path.join(at, name))  # noqa: PTH108, PTH118 -- ten thousand files: no object for each
