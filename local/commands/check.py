"""dev.py check: one line for each mistake of a flow file, and for each warning."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.flow.mistake import Mistake

FLOW = Path(__file__).parents[2] / "flow.yaml"
BEGIN = "No stories are told of it yet. Begin {} with what it does today: {} tell --suggest -o (docs/stories.md)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("file", nargs="?", type=Path, default=FLOW, help="the flow file (default: flow.yaml)")
    parser.add_argument("--strict", action="store_true", help="let warnings fail, too")
    parser.add_argument("--fix", action="store_true", help="write words that have a new name by it, and nothing else")


def run(given: argparse.Namespace) -> int:
    """Print every mistake and warning of the file, and what it holds; exit code 1 when something makes it fail."""
    from local import account, flow_files
    from local.wording import COMMAND, counted
    from shared import flow
    from shared.flow import reader

    number = account.settings().get("TWILIO_PHONE_NUMBER", "")
    mistakes = flow.check(given.file, number)
    if given.fix and _fixed(given.file, mistakes):
        mistakes = flow.check(given.file, number)
    for mistake in mistakes:
        print(placed(mistake, given.file))
    if any(mistake.breaks or given.strict for mistake in mistakes):
        return 1
    read = reader.read(given.file).flow  # load() would log what was just said
    messages = [line.messages for line in [read.line, *read.lines.values()]]
    keywords = {keyword for answers in messages for keyword in answers.keywords}
    held = {"scene": len(read.scenes), "keyword": len(keywords), "line": len(read.lines) or 1}
    held |= {"warning": len(mistakes)} if mistakes else {}
    print(f"{name_of(given.file)}: ok, {', '.join(counted(number, noun) for noun, number in held.items())}")
    if given.file.resolve() == account.flow().resolve() and not flow_files.stories_of(given.file).exists():
        print(BEGIN.format(flow_files.stories_of(given.file).name, COMMAND))
    return 0


def placed(mistake: "Mistake", file: Path) -> str:
    """Return a mistake with its file as it was given, so that editors and terminals find it."""
    return str(mistake).replace(mistake.file, name_of(file), 1)


def name_of(file: Path) -> str:
    """Return what a flow file is called."""
    return "flow.yaml" if file == FLOW else str(file)


def _fixed(file: Path, mistakes: "list[Mistake]") -> bool:
    """Write the words of a file by their new names, say which, and return whether there were any."""
    from local.mend import mend

    mended = mend(file, mistakes)
    for mistake, former in mended:
        print(f"{name_of(file)}:{mistake.line}:{mistake.column}: {former} is {mistake.mend} now")
    return bool(mended)
