"""dev.py upgrade: the next version of the project, with the flow, verbs and settings as they are."""

import argparse
import contextlib
import os
import sys

from local import paths
from local.wording import COMMAND, quoted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("tag", nargs="?", default="", metavar="TAG", help="such as v0.3.0 (default: the newest)")
    parser.add_argument("--from", dest="source", default="", metavar="REPOSITORY",
                        help="where versions come from (default: the remote upstream, else origin)")  # fmt: skip


def run(given: argparse.Namespace) -> int:
    """Bring the version, then check the flow with it; exit code 1 when it cannot be brought or finds mistakes."""
    from local import line, upgrade

    with contextlib.suppress(line.NoLine):
        print(f"A line runs here, at {line.read(paths.CARD).app}. End that one first.", file=sys.stderr)
        return 1
    try:
        tag, before = upgrade.upgrade(given.tag, given.source)
    except upgrade.CannotUpgrade as e:
        print(e, file=sys.stderr)
        return 1
    print(f"This folder is Ahoy {tag} now; yours is as it was. What is new: CHANGELOG.md. Back again: git reset --keep "
          f"{before[:12]}", flush=True)  # fmt: skip
    return _check_flow()


def _check_flow() -> int:
    """Let the new version look at the flow, in a process that has loaded nothing of the old one."""
    from local import account, line

    flow = account.settings().get("AHOY_FLOW", "").strip() or line.FLOW
    if sys.platform == "win32":  # where what is loaded cannot be replaced by newer packages
        print(f"Now look at your flow with it: {COMMAND} check {quoted(flow)}")
    else:
        os.chdir(paths.ROOT)
        os.execv(sys.executable, [sys.executable, "dev.py", "check", flow])  # noqa: S606 -- this very project
    return 0
