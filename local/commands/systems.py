"""dev.py systems: on which systems start and test find all their packages."""

import argparse
import json
import sys
from dataclasses import asdict

from local import paths

NEEDS = "packages"
PAGE = paths.ROOT / "docs" / "systems.md"
BEGIN, END = "<!-- dev.py systems --write -->\n", "<!-- end -->\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("--json", action="store_true", help="for scripts, one line for each system")
    parser.add_argument("--write", action="store_true", help="write the table into docs/systems.md")


def run(given: argparse.Namespace) -> int:
    """Ask the package index for each system; the exit code is 1 when start lacks something on any."""
    from local import systems
    from local.progress import progress

    with progress("asking which wheels there are"):
        found = systems.look()
    if given.json:
        for one in found:
            print(json.dumps(asdict(one)))
    else:
        sys.stdout.write(systems.table(found))
    if given.write:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        _, _, tail = rest.partition(END)
        PAGE.write_text(head + BEGIN + systems.table(found) + END + tail, encoding="utf-8", newline="\n")
    return 1 if any(one.start for one in found) else 0
