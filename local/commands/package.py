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
    from local import account, flow_files, line, package

    flow = account.settings().get("AHOY_FLOW", "").strip() or line.FLOW
    if not flow_files.is_right(ROOT / flow):
        return 1
    try:
        names = package.lay_out(ROOT, given.folder, flow) if given.folder else package.write(ROOT, given.output, flow)
    except (package.NotAnApp, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    size = "" if given.folder else f", {given.output.stat().st_size / 1024:.0f} KB"
    print(f"{given.folder or given.output}: {len(names)} files{size}")
    print_left_out(ROOT, names)
    return 0


def print_left_out(folder: Path, names: list[str]) -> None:
    """Say what lies in the folder and is not packed."""
    from local import package

    if left := package.left_out(folder, names):
        print(f"Left out: {', '.join(left)}. verbs.py names in FILES what it reads.")
