"""dev.py limits: what has left in this hour and day, what may, and what was refused."""

import argparse
import json
from typing import Any

from local.commands.record import EPILOG, on_the_record


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument("--day", default="", metavar="DATE", help="whose refusals, such as 2026-11-24; default: today")
    parser.add_argument("--json", action="store_true", help="print what the app answers as one line of JSON")


@on_the_record
def run(given: argparse.Namespace) -> int:
    """Print them; exit code 1 when no line runs or it refuses."""
    from local import api_client

    told = api_client.ask(given.app, "limits", **({"day": given.day} if given.day else {}))
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
