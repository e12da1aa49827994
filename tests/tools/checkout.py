"""The files of this project as a newcomer gets them, from a clone or from an unpacked archive."""

import shutil
import subprocess
from pathlib import Path

import pathspec

from local import flow_files
from local.paths import ROOT
from tests.tools import hello


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
    """Copy them, with the first flow for whatever their owner has made of it."""
    flow = ROOT / "flow.yaml"
    own = {path.relative_to(ROOT) for path in [*flow_files.needed(flow, ROOT), flow_files.stories_of(flow)]}
    for name in files():
        if name not in own:
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, to / name)
    shutil.copy(hello.FILE, to / "flow.yaml")
