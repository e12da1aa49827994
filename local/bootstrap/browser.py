"""The browser for the tests of pages: one that is on this machine, brought only to a Debian that is ours to change."""

import os
import shutil
import sys
from pathlib import Path

from local.bootstrap.quiet import run
from local.progress import progress

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "microsoft-edge")
PATHS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("C:/Program Files/Google/Chrome/Application/chrome.exe"),
    Path("C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe"),
)


def bring() -> Path | None:
    """Return a Chromium, Chrome or Edge; None where there is none and it is not ours to bring one."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    for path in PATHS:
        if path.exists():
            return path
    if sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get"):
        with progress("installing Chromium for the tests of pages, with apt-get"):
            run(["apt-get", "update", "-qq"], "apt-get does not update its lists")
            run(
                ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
                "Chromium, for the tests of pages, cannot be installed with apt-get",
            )
        return Path(str(shutil.which("chromium")))
    return None
