"""The files of this project as a newcomer gets them, from a clone or from an unpacked archive."""

import shutil
import subprocess
from pathlib import Path

import pathspec

from local.paths import ROOT


def files():
    """Return the paths below ROOT that git knows; without it, or from an archive, those that .gitignore leaves."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
        names = [name for name in listed.split("\0") if name]
    else:
        ignored = pathspec.GitIgnoreSpec.from_lines([".git", *(ROOT / ".gitignore").read_text("utf-8").splitlines()])
        names = sorted(ignored.match_tree_files(ROOT, negate=True))
    return [Path(name) for name in names if (ROOT / name).is_file()]


def copy(to):
    """Copy them."""
    for name in files():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, to / name)
