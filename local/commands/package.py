"""dev.py package: the zip that is deployed."""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("-o", "--output", type=Path, default=Path("ahoy.zip"), metavar="FILE",
                        help="where it is written (default: %(default)s)")  # fmt: skip
    parser.add_argument("--folder", type=Path, metavar="FOLDER",
                        help="write its files into a new folder, or one in .ahoy, instead")  # fmt: skip


def run(given: argparse.Namespace) -> int:
    """Write the package; exit code 1 when there is none to write."""
    from local import package

    try:
        names = package.lay_out(ROOT, given.folder) if given.folder else package.write(ROOT, given.output)
    except (package.NotAnApp, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    size = "" if given.folder else f", {given.output.stat().st_size / 1024:.0f} KB"
    print(f"{given.folder or given.output}: {len(names)} files{size}")
    return 0
