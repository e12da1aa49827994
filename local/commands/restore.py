"""dev.py restore: what a backup has and the line has not, brought back."""

import argparse
import sys
from pathlib import Path

from local.commands import backup as backing_up


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a backup that dev.py backup has written")
    backing_up.add_line(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask first")


def run(given: argparse.Namespace) -> int:
    """Bring the rows back; exit code 1 with a sentence when that cannot be done, or when nobody agrees."""
    return backing_up.told(lambda: _restore(given))


def _restore(given: argparse.Namespace) -> int:
    from local import asking, backup
    from local.wording import COMMAND

    known = backup.looked_at(given.file)
    name, service = backing_up.line_of(given)
    question = f"Bring {known.rows.total()} rows of {known.of} as of {known.at} to {name}?"
    if not given.yes and not asking.is_agreed(question):
        return 1
    shown = [0]

    def show(rows: int) -> None:
        if rows - shown[0] >= backup.SHOWN_EVERY:
            shown[0] = rows
            print(f"  {rows} of {known.rows.total()} rows ...", file=sys.stderr)

    with service:
        brought = backup.restore(service, given.file, show)
    print(f"Brought {brought.new} rows; {brought.there} were there and stayed as they are.")
    if brought.forgotten:
        print(f"{brought.forgotten} are of people who were forgotten since, and stay away.")
    print(f"What came since then is in Twilio's log:\n\n  {COMMAND} reconcile --since {known.at}")
    return 0
