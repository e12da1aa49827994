"""dev.py reconcile: bring what Twilio's log has and the record has not, for a period of the past."""

import argparse
import sys
from datetime import datetime, timedelta, timezone


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument(
        "--since", type=moment, metavar="ISO", help="default: a day ago; 2026-11-24 or with a time, UTC"
    )
    parser.add_argument("--until", type=moment, metavar="ISO", help="default: now")


def run(given: argparse.Namespace) -> int:
    """Ask the app until the whole period is compared; exit code 1 when no line runs or it refuses."""
    from local import app, line
    from local.commands.start import CARD
    from local.progress import progress

    since = given.since or datetime.now(timezone.utc) - timedelta(days=1)
    until = given.until or datetime.now(timezone.utc)
    seen = added = changed = 0
    try:
        running = line.read(CARD)
        with progress("comparing with Twilio's log"):
            while True:
                found = app.ask(running, "reconcile", {"since": since.isoformat(), "until": until.isoformat()})
                seen, added, changed = seen + found["seen"], added + found["added"], changed + found["changed"]
                if found["complete"]:
                    break
                since = datetime.fromisoformat(found["reached"])
    except (line.NoLine, app.Refusal) as e:
        print(e, file=sys.stderr)
        return 1
    print(f"{seen} seen in Twilio's log, {added} added to the record, {changed} changed in it.")
    return 0


def moment(text: str) -> datetime:
    """Read a date or a time of a command's arguments; without a zone it is UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no time such as 2026-11-24 or 2026-11-24T09:30") from None
    return at if at.tzinfo else at.replace(tzinfo=timezone.utc)
