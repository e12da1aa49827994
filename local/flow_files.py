"""The files that a line plays from: which they are, whether they are right, whether they have changed."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from local import paths
from local.process import quiet_environment
from shared.flow.verb_api import FILE as VERBS

STORIES = ".stories.yaml"  # flow.yaml -> flow.stories.yaml, what is told of it
CHECK_S = 30  # an import of verbs.py that takes longer would keep callers waiting, too
CHECKS = """
import json, sys
from pathlib import Path
from shared import flow
found = flow.check(Path(sys.argv[1]))
print("\\n" + json.dumps([[str(one).replace(one.file, sys.argv[2], 1), one.breaks] for one in found]))
"""


def stories_of(flow: Path) -> Path:
    """Return where the stories of a flow file are, if it has any: beside it."""
    return flow.with_name(flow.stem + STORIES)


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checker says of a flow file, a line each: what keeps it from being played, and what does no harm."""

    mistakes: list[str]
    warnings: list[str]


def shown(flow: Path) -> str:
    """Return how a flow file is named: from the folder of the line, whole when it lies elsewhere."""
    return flow.relative_to(paths.ROOT).as_posix() if flow.is_relative_to(paths.ROOT) else str(flow)


def is_right(flow: Path) -> bool:
    """Print what the checker says of a flow file, on standard error; whether it can be played."""
    checked = check(flow)
    for told in (*checked.mistakes, *checked.warnings):
        print(told, file=sys.stderr, flush=True)
    return not checked.mistakes


def check(flow: Path) -> Checked:
    """Check a flow file with its verbs.py in a process of its own, since an owner's module may do anything."""
    command = [sys.executable, "-c", CHECKS, str(flow), shown(flow)]
    try:
        done = subprocess.run(
            command, cwd=paths.ROOT, env=quiet_environment(), stdin=subprocess.DEVNULL,
            capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=CHECK_S,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Checked([f"{shown(flow)}: {VERBS} does not come to an end within {CHECK_S} s when it is imported"], [])
    if done.returncode:
        return Checked([f"{shown(flow)}: the check of it was ended:", *done.stderr.splitlines()], [])
    found = json.loads(done.stdout.splitlines()[-1])
    return Checked([told for told, breaks in found if breaks], [told for told, breaks in found if not breaks])


def needed(flow: Path, root: Path) -> list[Path]:
    """Return the flow file, its verbs.py, the modules of the app's folder `root` that these import, and their FILES.

    A module that reads other files names them so: `FILES = ["prices.csv"]`, paths from `root`, a folder for all in it.
    The flow and the FILES are among what is returned whether they are there or not.
    """
    found = [flow]
    to_read = [path for path in (flow.parent / VERBS, root / VERBS) if path.is_file()][:1]
    while to_read:
        module = to_read.pop()
        if module not in found:
            found.append(module)
            imported, files = _named(_content(module) or b"")
            to_read += [path for name in imported for path in _modules(root, name)]
            found += [path for name in files for path in _all_of(root / name)]
    return found


def _all_of(path: Path) -> list[Path]:
    return sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]


def _modules(root: Path, name: str) -> list[Path]:
    """Return the files of a module of the owner's: one, or all of a package; none when it is not of this folder."""
    if name == "shared":
        return []
    if (root / f"{name}.py").is_file():
        return [root / f"{name}.py"]
    return sorted((root / name).rglob("*.py")) if (root / name).is_dir() else []


@lru_cache(maxsize=64)
def _named(source: bytes) -> tuple[list[str], list[str]]:
    """Return the first names of what a module imports, and its FILES; none when it is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return [], []
    return sorted(set(_imports(tree))), [name for node in tree.body for name in _files(node)]


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (one.name.partition(".")[0] for one in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]


def _files(node: ast.stmt) -> list[str]:
    match node:
        case ast.Assign(targets=[ast.Name(id="FILES")], value=ast.List(elts=names) | ast.Tuple(elts=names)):
            return [one.value for one in names if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return []


class Watch:
    """Notices when a flow file, what it needs, or a file beside has changed, however an editor writes it."""

    def __init__(self, flow: Path, *beside: Path) -> None:
        self._flow, self._beside = flow, beside
        self._known = self._last = self._look()

    def changed(self) -> list[Path]:
        """Return the files with another content than when this was last asked and answered, once that has settled.

        An editor may empty a file before it writes it, or put another in its place: what does not last is not told.
        """
        now = self._look()
        has_settled, self._last = now == self._last, now
        if not has_settled:
            return []
        known, self._known = self._known, now
        return [path for path in known | now if known.get(path) != now.get(path)]

    def _look(self) -> dict[Path, bytes | None]:
        return {path: _content(path) for path in [*needed(self._flow, paths.ROOT), *self._beside]}


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None
