"""dev.py calls: what the line remembers of calls, newest first."""

import argparse
from typing import Any

from local import moments
from local.commands import messages
from local.commands.app import with_app


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    messages.add_arguments(parser)


@with_app
def run(given: argparse.Namespace) -> int:
    """Print them; exit code 1 when no line runs or it refuses."""
    return messages.print_rows("calls", given, _line)


def _line(row: dict[str, Any]) -> str:
    arrow = "<-" if row["direction"] == "inbound" else "->"
    seconds = row.get("duration_s")  # none while it lasts
    lasted = "" if seconds is None else f"{seconds} s"
    return f"{moments.shown(row['at'])}  {arrow} {row['person']:<16} {row['status']:<11} {lasted}"
