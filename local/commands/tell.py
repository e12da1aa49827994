"""dev.py tell: tell the stories of a flow, and say which are not true."""

import argparse
import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.tell.model import Story
    from local.tell.telling import NotTrue


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument(
        "what", nargs="*", metavar="FILE|NAME",
        help="files of stories, and words of names of stories; without any: all beside the line's flow",
    )  # fmt: skip


def run(given: argparse.Namespace) -> int:
    """Tell each story; the exit code is 1 when one is not true, 2 when a file cannot be read."""
    from local import paths
    from local.tell import reader, troupe
    from shared.settings import Settings

    logging.disable(logging.CRITICAL)  # what the app logs is told by the story that fails
    files = [Path(text) for text in given.what if text.endswith((".yaml", ".yml"))]
    names = [text for text in given.what if not text.endswith((".yaml", ".yml"))]
    began, told, untrue = time.monotonic(), 0, 0
    for file in files or [reader.beside(paths.ROOT / Settings().ahoy_flow)]:
        book, mistakes = reader.read(file)
        for mistake in mistakes:
            print(mistake, file=sys.stderr)
        if mistakes:
            return 2
        for story, failure in troupe.told(reader.flow_of(file), book, names):
            told, untrue = told + 1, untrue + bool(failure)
            print(_shown(file, story, failure))
    print(f"{told} stories told, {untrue} not true, in {time.monotonic() - began:.1f} s")
    return 1 if untrue else 0


def _shown(file: Path, story: "Story", failure: "NotTrue | None") -> str:
    if failure is None:
        return f"true      {story.name}"
    at = failure.step or story
    told = f': told "{failure.step.sentence}"' if failure.step else ""
    lines = [f"NOT TRUE  {story.name}", f"  {file}:{at.line}:{at.column}{told}: {failure.happened}"]
    return "\n".join([*lines, *(f"    {line}" for line in failure.transcript.splitlines())])
