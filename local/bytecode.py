"""What Python makes of modules when it first loads them, made beforehand: where they run nothing can be written."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

# Unchecked: the source beside it is the package's own, and nothing changes there.
COMPILES = """
import json, py_compile, sys
unread = []
for source, to, known_as in json.load(sys.stdin):
    try:
        py_compile.compile(source, to, known_as, True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    except py_compile.PyCompileError as e:
        unread.append([source, str(e)])
json.dump(unread, sys.stdout)
"""


def compiled(folder: Path, sources: Iterable[str], known_in: str) -> dict[str, str]:
    """Compile modules, beside them, in a Python of its own; return what is wrong with those that are none, by name.

    `sources` are paths in the folder, `known_in` is the folder that traces name. The same source gives the same bytes
    with the same version of Python, on every system.
    """
    jobs = {str(folder / name): (name, str(folder / path(name)), f"{known_in}/{name}") for name in sources}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", COMPILES],
        input=json.dumps([[source, to, known_as] for source, (_, to, known_as) in jobs.items()]),
        stdout=subprocess.PIPE, encoding="utf-8", check=True,
    )  # fmt: skip
    return {jobs[source][0]: complaint for source, complaint in json.loads(done.stdout)}


def path(source: str) -> str:
    """Return where Python looks for a module's bytecode, whatever prefix this very Python was told to use."""
    of = PurePosixPath(source)
    return str(of.parent / "__pycache__" / f"{of.stem}.{sys.implementation.cache_tag}.pyc")
