"""dev.py package: the zip that is deployed, with the packages in it: nothing is built in Azure."""

import argparse
import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("-o", "--output", type=Path, default=Path("ahoy.zip"), metavar="FILE",
                        help="where it is written (default: %(default)s)")  # fmt: skip
    parser.add_argument("--folder", type=Path, metavar="FOLDER",
                        help="write its files into a new folder, or one in .ahoy, instead")  # fmt: skip
    parser.add_argument("--hash", action="store_true", help="print the SHA-256 of the zip alone, for scripts")


def run(given: argparse.Namespace) -> int:
    """Write the package; exit code 1 when there is none to write."""
    from local import account, flow_files, line, package

    flow = account.settings().get("AHOY_FLOW", "").strip() or line.FLOW
    if not flow_files.is_right(ROOT / flow):
        return 1
    try:
        if given.folder:
            names = package.lay_out(ROOT, given.folder, packages(), flow)
        else:
            names = package.write(ROOT, given.output, packages(), flow)
    except (package.NotAnApp, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    if given.hash and not given.folder:
        print(sha256(given.output))
        return 0
    print_written(given.folder or given.output, names)
    return 0


def packages() -> Path:
    """Return the zip of the pinned packages, made first where it is not here. Raises quiet.NotReady."""
    from local import package, wheels

    return wheels.bring(ROOT / "requirements.txt", package.MOUNTED_AT)


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def print_written(to: Path, names: list[str]) -> None:
    """Say what was written, by which its bytes are known, and what lies in the folder and is not packed."""
    from local import package, wheels

    size = "" if to.is_dir() else f", {to.stat().st_size / 2**20:.1f} MB"
    print(f"{to}: {len(names)} files and the packages of requirements.txt{size}")
    if not to.is_dir():
        print(f"SHA-256 {sha256(to)}, with bytecode of Python {wheels.version()}")
    if left := package.left_out(ROOT, names):
        print(f"Left out: {', '.join(left)}. verbs.py names in FILES what it reads.")
