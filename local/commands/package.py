"""dev.py package: the zip that is deployed."""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("-o", "--output", type=Path, default=Path("ahoy.zip"), metavar="FILE",
                        help="where it is written (default: %(default)s)")  # fmt: skip


def run(given: argparse.Namespace) -> int:
    """Write the package; exit code 1 when there is none to write."""
    from local import package

    try:
        names = package.write(ROOT, given.output)
    except (package.NotAnApp, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    print(f"{given.output}: {len(names)} files, {given.output.stat().st_size / 1024:.0f} KB")
    return 0
