"""dev.py stand-ins: say what the local Twilio and the local host do of what the real ones do."""

import argparse
import sys

NEEDS = "packages"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("--write", action="store_true", help="write docs/stand-ins.md instead of printing it")


def run(given: argparse.Namespace) -> int:
    """Print the page, or write it and say where it lies."""
    from local.paths import ROOT
    from local.stand_ins import page

    if not given.write:
        sys.stdout.write(page.text())
        return 0
    page.PAGE.write_text(page.text(), encoding="utf-8", newline="\n")
    print(f"written: {page.PAGE.relative_to(ROOT).as_posix()}")
    return 0
