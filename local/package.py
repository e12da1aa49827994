"""The zip that Azure runs: what .funcignore leaves, host.json at its root, the same bytes for the same files.

It brings what every cold start would make anew while a caller waits, since Azure mounts the package read-only: the
bytecode of the app's own modules, and the tree of the flow file.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pathspec

from shared.flow import reader

NEEDED = ("host.json", "function_app.py", "requirements.txt")  # at the root, else the host finds no functions
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can hold; a file's own would change the bytes
PLAIN_FILE = 0o100644 << 16
FLOW = "flow.yaml"
IGNORED = ".funcignore"
MOUNTED_AT = "/home/site/wwwroot"  # named in traces
TEXTS = {".css", ".html", ".js", ".json", ".py", ".svg", ".txt", ".yaml", ".yml"}


class NotAnApp(Exception):
    """The folder lacks what the host needs; the message names it."""


def write(folder: Path, to: Path) -> list[str]:
    """Write the package of the app in `folder` as a zip; return the names of its files, less what is made of them."""
    names, contents = _package(folder)
    # Stored, not deflated: compressors differ between machines, and without its requirements the app is small.
    with zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as package:
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.create_system = 3  # Unix, wherever it is made: the permissions below are Unix's
            entry.external_attr = PLAIN_FILE
            package.writestr(entry, content)
    return names


def lay_out(folder: Path, to: Path) -> list[str]:
    """Write the same files into a new folder `to`, for a tool that makes the zip itself; return their names as `write`.

    An empty .funcignore is among them: without one such a tool leaves the bytecode out. Only what lies in .ahoy, where
    all is made anew, is replaced; raises NotAnApp for another folder that is there.
    """
    names, contents = _package(folder)
    if to.exists():
        if (folder / ".ahoy").resolve() not in to.resolve().parents:
            raise NotAnApp(f"{to} is there already; name a new folder, or one in .ahoy")
        shutil.rmtree(to)
    for name, content in {**contents, IGNORED: b""}.items():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_bytes(content)
    return names


def _package(folder: Path) -> tuple[list[str], dict[str, bytes]]:
    """Return the names of the files to deploy, and the content of each and of what is made of them."""
    names = sorted(_names(folder))
    if missing := [name for name in NEEDED if name not in names]:
        raise NotAnApp(f"{folder} lacks {', '.join(missing)} (or .funcignore leaves it out); this is no package to run")
    contents = {name: _content(folder / name) for name in names}
    with tempfile.TemporaryDirectory() as made:
        at = Path(made)
        for name, content in contents.items():
            (at / name).parent.mkdir(parents=True, exist_ok=True)
            (at / name).write_bytes(content)
        contents |= _bytecode(at, [name for name in names if name.endswith(".py")])
        contents |= dict(filter(None, (reader.tree_to_keep(at / name) for name in names if name == FLOW)))
    return names, contents


def _content(file: Path) -> bytes:
    """Return a file's bytes, a text's with the line ends that it has on Linux: editors and git may change them."""
    content = file.read_bytes()
    return content.replace(b"\r\n", b"\n") if file.suffix in TEXTS else content


COMPILES = """
import json, py_compile, sys
try:
    for source, to, known_as in json.load(sys.stdin):
        # Unchecked: the source beside it is the package's own, and nothing changes there.
        py_compile.compile(source, to, known_as, True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
except py_compile.PyCompileError as e:
    sys.exit(str(e))
"""


def _bytecode(at: Path, sources: list[str]) -> dict[str, bytes]:
    """Compile the modules in a Python of its own, where the same source gives the same bytes on every system."""
    compiled = {name: _compiled(PurePosixPath(name)) for name in sources}
    jobs = [[str(at / name), str(at / to), f"{MOUNTED_AT}/{name}"] for name, to in compiled.items()]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", COMPILES],
        input=json.dumps(jobs), capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        raise NotAnApp(f"a module cannot be compiled:\n{done.stdout}{done.stderr}".strip())
    return {to: (at / to).read_bytes() for to in compiled.values()}


def _compiled(source: PurePosixPath) -> str:
    """Return where Python looks for a module's bytecode, whatever prefix this very Python was told to use."""
    return str(source.parent / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc")


def _names(folder: Path) -> Iterator[str]:
    """Return the files to deploy; a folder that is left out is not looked into."""
    ignored = pathspec.GitIgnoreSpec.from_lines((folder / IGNORED).read_text(encoding="utf-8").splitlines())
    for at, folders, files in os.walk(folder):
        here = Path(at).relative_to(folder)
        folders[:] = [name for name in folders if not ignored.match_file(f"{(here / name).as_posix()}/")]
        for name in files:
            path = (here / name).as_posix()
            if not ignored.match_file(path):
                yield path
