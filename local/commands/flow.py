"""dev.py flow: a flow file as a picture, scenes as boxes, keys pressed on the arrows."""

import argparse
import sys
from pathlib import Path

from local.commands.check import FLOW


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("file", nargs="?", type=Path, default=FLOW, help="the flow file (default: flow.yaml)")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--mermaid", action="store_true", help="text that GitHub draws")
    kind.add_argument("--svg", action="store_true", help="a picture (the default)")
    parser.add_argument("-o", dest="out", type=Path, metavar="OUT", help="the file to write, else the terminal")


def run(given: argparse.Namespace) -> int:
    """Draw it; exit code 1 when the file has mistakes."""
    from local import draw
    from shared import flow

    read = flow.load(given.file)
    if read.mistakes:
        sys.stderr.writelines(f"{mistake}\n" for mistake in read.mistakes)
        return 1
    drawn = draw.mermaid(read) if given.mermaid else draw.svg(read)
    if given.out:
        given.out.write_text(drawn, encoding="utf-8")
        print(f"Wrote {given.out}.", file=sys.stderr)
    else:
        print(drawn, end="")
    return 0
