"""dev.py limits: what has left in this hour and day, what may, and what was refused."""

import argparse
import json
import sys
from typing import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("--day", default="", metavar="DATE", help="whose refusals, such as 2026-11-24; default: today")
    parser.add_argument("--json", action="store_true", help="print what the app answers as one line of JSON")


def run(given: argparse.Namespace) -> int:
    """Print them; exit code 1 when no line runs or it refuses."""
    from local import app, line
    from local.commands.start import CARD

    try:
        told = app.ask(line.read(CARD), "limits", **({"day": given.day} if given.day else {}))
    except (line.NoLine, app.Refusal) as e:
        print(e, file=sys.stderr)
        return 1
    print(json.dumps(told) if given.json else _described(told))
    return 0


def _described(told: dict[str, Any]) -> str:
    refused = [f"  {count:>6}  {reason}" for reason, count in sorted(told["refused"].items())]
    return "\n".join([
        f"this hour    {told['hour']['used']} of {told['hour']['limit']} calls and texts have left",
        f"today (UTC)  {told['day']['used']} of {told['day']['limit']}",
        f"one person   {told['person_hourly_limit']} an hour at most",
        f"refused on {told['date']}:" if refused else f"refused on {told['date']}: nothing",
        *refused,
    ])  # fmt: skip
