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
    """Return a call, and below it what was recorded on it."""
    arrow = "<-" if row["direction"] == "inbound" else "->"
    seconds = row.get("duration_s")  # none while it lasts
    lasted = "" if seconds is None else f"{seconds} s"
    status = "missed" if row.get("missed") else row["status"]
    line = f"{moments.shown(row['at'])}  {arrow} {row['person']:<16} {status:<11} {lasted}"
    return "\n".join([line, *(_recorded(one) for one in (row.get("recordings") or {}).values())])


def _recorded(recording: dict[str, Any]) -> str:
    seconds = recording.get("duration_s")
    parts = ["" if seconds is None else f"{seconds} s", recording.get("url") or recording.get("status") or ""]
    words = " ".join((recording.get("transcript") or "").split())
    return " ".join(part for part in ("    recorded", *parts, words and f'"{words}"') if part)
