"""The zip that Azure runs: what .funcignore leaves, host.json at its root, the same bytes for the same files."""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pathspec

NEEDED = ("host.json", "function_app.py", "requirements.txt")  # at the root, else the host finds no functions
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can hold; a file's own would change the bytes
PLAIN_FILE = 0o100644 << 16


class NotAnApp(Exception):
    """The folder lacks what the host needs; the message names it."""


def write(folder: Path, to: Path) -> list[str]:
    """Write the package of the app in `folder` and give the names in it, in their order."""
    names = sorted(_names(folder))
    if missing := [name for name in NEEDED if name not in names]:
        raise NotAnApp(f"{folder} lacks {', '.join(missing)} (or .funcignore leaves it out); this is no package to run")
    # Stored, not deflated: compressors differ between machines, and without its requirements the app is small.
    with zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as package:
        for name in names:
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.create_system = 3  # Unix, wherever it is made: the permissions below are Unix's
            entry.external_attr = PLAIN_FILE
            package.writestr(entry, (folder / name).read_bytes())
    return names


def _names(folder: Path) -> Iterator[str]:
    """Give the files to deploy; a folder that is left out is not looked into."""
    ignored = pathspec.GitIgnoreSpec.from_lines((folder / ".funcignore").read_text(encoding="utf-8").splitlines())
    for at, folders, files in os.walk(folder):
        here = Path(at).relative_to(folder)
        folders[:] = [name for name in folders if not ignored.match_file(f"{(here / name).as_posix()}/")]
        for name in files:
            path = (here / name).as_posix()
            if not ignored.match_file(path):
                yield path
