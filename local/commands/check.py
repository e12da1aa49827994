"""dev.py check: one line for each mistake of a flow file."""

import argparse
from pathlib import Path

FLOW = Path(__file__).parents[2] / "flow.yaml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("file", nargs="?", type=Path, default=FLOW, help="the flow file (default: flow.yaml)")


def run(given: argparse.Namespace) -> int:
    """Print every mistake of the file, or what it holds; exit code 1 when there is a mistake."""
    from local.wording import counted
    from shared import flow

    name = "flow.yaml" if given.file == FLOW else str(given.file)
    mistakes = flow.check(given.file)
    for mistake in mistakes:
        print(str(mistake).replace(mistake.file, name, 1))
    if mistakes:
        return 1
    read = flow.load(given.file)
    messages = [line.messages for line in [read.line, *read.lines.values()]]
    keywords = {keyword for said in messages for keyword in said.keywords}
    held = {"scene": len(read.scenes), "keyword": len(keywords), "line": len(read.lines) or 1}
    print(f"{name}: ok, {', '.join(counted(number, noun) for noun, number in held.items())}")
    return 0
