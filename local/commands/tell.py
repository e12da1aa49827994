"""dev.py tell: tell a line its stories, and say which are not true and which ways of the flow no story goes."""

import argparse
import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.tell.report import Outcome

YAML = (".yaml", ".yml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument(
        "what", nargs="*", metavar="FILE|NAME", help="files of stories (default: the one beside the line's flow), "
        "and words that names of stories hold (default: all)",
    )  # fmt: skip
    parser.add_argument("--at", default="", metavar="TIME", help="when stories happen that do not say it themselves")
    parser.add_argument("--json", action="store_true", help="print each story as one line of JSON, for scripts")
    parser.add_argument("--junit", type=Path, metavar="OUT", help="write what came of it for CI, as JUnit's XML")


def run(given: argparse.Namespace) -> int:
    """Tell them; the exit code is 1 when a story is not true, 2 when a file cannot be told."""
    from local.tell import report

    logging.disable(logging.CRITICAL)  # a story that is not true says what happened
    began = time.monotonic()
    files = [Path(text) for text in given.what if text.endswith(YAML)] or [_usual()]
    outcomes = [_told(file, given) for file in files]
    if given.junit:
        given.junit.write_text(report.junit(outcomes), encoding="utf-8")
    if not given.json:
        print(report.summed_up(outcomes, time.monotonic() - began))
    if any(outcome.mistakes for outcome in outcomes):
        return 2
    return 1 if any(told.failure for outcome in outcomes for told in outcome.told) else 0


def _usual() -> Path:
    from local import account, flow_files

    return flow_files.stories_of(account.flow())


def _told(file: Path, given: argparse.Namespace) -> "Outcome":
    """Tell the stories of a file, and print each as soon as it is told."""
    from local.flow_files import shown
    from local.tell import reader, report, troupe, ways
    from shared import flow

    names = [text for text in given.what if not text.endswith(YAML)]
    book, mistakes = reader.read(file)
    if mistakes := [*mistakes, *(one for one in flow.check(reader.flow_of(file)) if one.breaks)]:
        for mistake in mistakes:
            print(mistake, file=sys.stderr)
        return report.Outcome(file, mistakes=mistakes)
    outcome = report.Outcome(file, every=[] if names else ways.ways(reader.flow_of(file)))
    for told in troupe.told(reader.flow_of(file), book, names, given.at):
        outcome.told.append(told)
        print(report.as_json(file, told) if given.json else report.shown(Path(shown(file)), told), flush=True)
    if not given.json:
        for way in outcome.untold:
            print(f"{shown(reader.flow_of(file))}:{way}: in no story")
    return outcome
