"""dev.py check: one line for each mistake of a flow file, and for each warning."""

import argparse
from pathlib import Path

FLOW = Path(__file__).parents[2] / "flow.yaml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("file", nargs="?", type=Path, default=FLOW, help="the flow file (default: flow.yaml)")
    parser.add_argument("--strict", action="store_true", help="let warnings fail, too")


def run(given: argparse.Namespace) -> int:
    """Print every mistake and warning of the file, and what it holds; exit code 1 when something makes it fail."""
    from local.wording import counted
    from shared import flow

    name = "flow.yaml" if given.file == FLOW else str(given.file)
    mistakes = flow.check(given.file)
    for mistake in mistakes:
        print(str(mistake).replace(mistake.file, name, 1))
    if any(mistake.breaks or given.strict for mistake in mistakes):
        return 1
    read = flow.load(given.file)
    messages = [line.messages for line in [read.line, *read.lines.values()]]
    keywords = {keyword for answers in messages for keyword in answers.keywords}
    held = {"scene": len(read.scenes), "keyword": len(keywords), "line": len(read.lines) or 1}
    held |= {"warning": len(mistakes)} if mistakes else {}
    print(f"{name}: ok, {', '.join(counted(number, noun) for noun, number in held.items())}")
    return 0
