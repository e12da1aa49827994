"""--keep: what was done at the terminal becomes a story of the line's flow, for `dial` and `text` alike."""

import argparse
import logging
import sys
from typing import TYPE_CHECKING

from local.commands.around import BEHAVIOURS, EVERY

if TYPE_CHECKING:
    from local.tell.keeping import Keeping

OF_STORIES = {"busy": "busy", "no_answer": "no answer", "voicemail": "voicemail"}  # options -> how stories say it


def add_argument(parser: argparse.ArgumentParser) -> None:
    """Add the argument that keeps what is done."""
    parser.add_argument("--keep", default="", metavar="NAME", help="write it as a story of this name beside the line's "
                        "flow, and tell it at once")  # fmt: skip


def begun(given: argparse.Namespace) -> "Keeping | None":
    """Return what writes the story, if one is wanted. Raises NotWritten."""
    if not given.keep:
        return None
    from local import paths
    from local.tell.keeping import Keeping

    return Keeping(paths.ROOT / given.line.flow, given.keep, given.twilio)


def ended(keeping: "Keeping | None", given: argparse.Namespace) -> int:
    """Write the story, tell it, and say what came of it; the exit code is 1 when it is not true. Raises NotWritten."""
    if keeping is None:
        return 0
    from local.flow_files import shown
    from local.tell import report

    every = next((does for option, does in OF_STORIES.items() if EVERY in getattr(given, option, [])), "")
    phones = dict.fromkeys(keeping.called_phones(), every) if every else {}
    phones |= {
        number: OF_STORIES[option] for option in BEHAVIOURS for number in getattr(given, option, []) if number != EVERY
    }
    logging.disable(logging.CRITICAL)  # a story that is not true says what happened
    told = keeping.write(phones, given.at)
    print(f"kept in {shown(keeping.file)}:", file=sys.stderr)
    print(report.shown(keeping.file, told), file=sys.stderr)
    return 1 if told.failure else 0
