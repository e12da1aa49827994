"""dev.py messages: what the line remembers of texts, newest first."""

import argparse
import json
import sys
from typing import Any

from local import moments
from local.commands.app import EPILOG, add_narrowing, narrowed, with_app


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.epilog = EPILOG
    add_narrowing(parser)
    parser.add_argument("--limit", type=_limit, default=20, help="how many at most, 1000 a page (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print each as one line of JSON, for scripts")


def _limit(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text[:9]):
        return int(text[:9])
    raise argparse.ArgumentTypeError(f"{text} is no number of rows; expected 1 or more")


@with_app
def run(given: argparse.Namespace) -> int:
    """Print them; exit code 1 when no line runs or it refuses."""
    return print_rows("messages", given, _line)


def print_rows(kind: str, given: argparse.Namespace, as_line: Any) -> int:
    """Print rows of a list route, by page, until the limit is reached.

    `kind` is the route and the name of its rows, `as_line` what makes a line of one.
    """
    from local import api_client

    left, page = given.limit, ""
    asked: dict[str, Any] = narrowed(given)
    while left > 0:
        answer = api_client.ask(given.app, kind, limit=str(min(left, 1000)), page=page, **asked)
        for row in answer[kind]:
            print(json.dumps(row, ensure_ascii=False) if given.json else as_line(row))
        left, page = left - len(answer[kind]), answer["next"]
        if not page:
            break
    if left == given.limit and not given.json:
        print(f"No {kind} {_of(given)}.", file=sys.stderr)
    return 0


def _of(given: argparse.Namespace) -> str:
    """Say what it was that nothing was found of."""
    said = [f"{name} {text if name == 'with' else moments.shown(text)}" for name, text in narrowed(given).items()]
    return " ".join(said) or "yet"


def _line(row: dict[str, Any]) -> str:
    arrow = "<-" if row["direction"] == "inbound" else "->"
    body = " ".join((row.get("body") or "").split())  # a picture may come alone
    return f"{moments.shown(row['at'])}  {arrow} {row['person']:<16} {row['status']:<11} {body}"
