"""The files of this project as a newcomer gets them, from a clone or from an unpacked archive."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
MADE_HERE = {".git", ".ahoy", ".venv", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"}


def files():
    """Give the paths below ROOT: what git knows or would take, and without git all that is not made here."""
    if shutil.which("git") and (ROOT / ".git").exists():
        asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
        return [Path(name) for name in listed if name and (ROOT / name).exists()]
    found = []
    for at, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in MADE_HERE]
        found += [Path(at).relative_to(ROOT) / name for name in names]
    return found


def copy(to):
    """Copy them, with an empty `.ahoy` for what is made."""
    for name in files():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, to / name)
    (to / ".ahoy").mkdir()
