"""dev.py flow: a flow file as a picture, scenes and texts as boxes, the ways between them as arrows."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from local.bootstrap import needs
from local.commands.check import FLOW, name_of, placed

if TYPE_CHECKING:
    from shared.flow.model import Flow

SVG, PNG, MERMAID = "svg", "png", "mermaid"
ENDS = {".svg": SVG, ".png": PNG, ".mmd": MERMAID, ".mermaid": MERMAID, ".md": MERMAID}  # of a file's name
WAYS = "a picture is .svg or .png, text for GitHub .mmd or .md; for a PDF print the .svg from a browser"


def NEEDS(given: argparse.Namespace) -> str:  # noqa: N802 -- what other commands have as a constant
    """Return what this command needs: a picture wants Node, which lays it out; a text does not."""
    return needs.PACKAGES if _kind(given) == MERMAID else needs.LINE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("file", nargs="?", type=Path, default=FLOW, help="the flow file (default: flow.yaml)")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--mermaid", dest="kind", action="store_const", const=MERMAID, help="text that GitHub draws")
    kind.add_argument("--svg", dest="kind", action="store_const", const=SVG, help="a picture (the default)")
    parser.add_argument("-o", dest="out", type=Path, metavar="OUT", help="the file to write (.svg, .png, .mmd or .md), "
                        "else the terminal")  # fmt: skip


def run(given: argparse.Namespace) -> int:
    """Draw it; exit code 1 when the flow file has mistakes or the picture cannot be written."""
    from shared.flow import reader

    end, kind = _end(given), _kind(given)
    if kind is None or ENDS.get(end, kind) != kind:
        return refused(f"{given.out}: {WAYS}.")
    read = reader.read(given.file)
    if breaking := [mistake for mistake in read.mistakes if mistake.breaks]:
        return refused("\n".join(placed(mistake, given.file) for mistake in breaking))
    return written(_drawn(read.flow, Path(name_of(given.file)).name, kind, is_page=end == ".md"), given.out)


def written(drawn: bytes, out: Path | None) -> int:
    """Write what was drawn into a file, or to the terminal without one; the exit code is 1 when that cannot be."""
    if not out:
        print(drawn.decode(), end="")
        return 0
    try:
        out.write_bytes(drawn)
    except OSError as e:
        return refused(f"{out} cannot be written: {e.strerror}.")
    print(f"Wrote {out}.", file=sys.stderr)
    return 0


def _end(given: argparse.Namespace) -> str:
    return given.out.suffix.lower() if given.out else ""


def _kind(given: argparse.Namespace) -> str | None:
    """Return what is to be made, None for a file that nothing here makes."""
    return given.kind or (ENDS.get(_end(given)) if _end(given) else SVG)


def _drawn(of: "Flow", name: str, kind: str, *, is_page: bool) -> bytes:
    from local.draw import mermaid, png, svg

    if kind == PNG:
        return png.png(of, name)
    if kind == SVG:
        return svg.svg(of, name).encode()
    text = mermaid.mermaid(of)
    return (f"```mermaid\n{text}```\n" if is_page else text).encode()


def refused(said: str) -> int:
    """Say why nothing is drawn; return the exit code of that."""
    print(said, file=sys.stderr)
    return 1
