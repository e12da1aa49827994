"""dev.py limits: what has left in this hour and day, what may, and what was refused."""

import argparse
import json
from typing import Any

from local.commands.app import EPILOG, with_app


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument("--day", default="", metavar="DATE", help="whose refusals, such as 2026-11-24; default: today")
    parser.add_argument("--json", action="store_true", help="print what the app answers as one line of JSON")


@with_app
def run(given: argparse.Namespace) -> int:
    """Print them; exit code 1 when no line runs or it refuses."""
    from local import api_client

    limits = api_client.ask(given.app, "limits", **({"day": given.day} if given.day else {}))
    print(json.dumps(limits) if given.json else _as_text(limits))
    return 0


def _as_text(limits: dict[str, Any]) -> str:
    refused = [f"  {count:>6}  {reason}" for reason, count in sorted(limits["refused"].items())]
    return "\n".join([
        f"this hour    {limits['hour']['used']} of {limits['hour']['limit']} calls and texts have left",
        f"today (UTC)  {limits['day']['used']} of {limits['day']['limit']}",
        f"one person   {limits['person_hourly_limit']} an hour at most",
        f"refused on {limits['date']}:" if refused else f"refused on {limits['date']}: nothing",
        *refused,
    ])  # fmt: skip
