"""dev.py reconcile: bring what Twilio's log has and the history has not, for a period of the past."""

import argparse
from datetime import datetime, timedelta, timezone

from local.commands.app import EPILOG, with_app


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument(
        "--since", type=moment, metavar="ISO", help="default: a day ago; 2026-11-24 or with a time, UTC"
    )
    parser.add_argument("--until", type=moment, metavar="ISO", help="default: now")


@with_app
def run(given: argparse.Namespace) -> int:
    """Ask the app until the whole period is compared; exit code 1 when no line runs or it refuses."""
    from local import api_client
    from local.progress import progress

    since = given.since or datetime.now(timezone.utc) - timedelta(days=1)
    until = given.until or datetime.now(timezone.utc)
    seen = added = changed = 0
    with progress("comparing with Twilio's log"):
        while True:
            found = api_client.ask(given.app, "reconcile", {"since": since.isoformat(), "until": until.isoformat()})
            seen, added, changed = seen + found["seen"], added + found["added"], changed + found["changed"]
            if found["complete"]:
                break
            since = datetime.fromisoformat(found["reached"])
    print(f"{seen} seen in Twilio's log, {added} added to the history, {changed} changed in it.")
    return 0


def moment(text: str) -> datetime:
    """Read a date or a time of a command's arguments; without a zone it is UTC. Raises ArgumentTypeError."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no time such as 2026-11-24 or 2026-11-24T09:30") from None
    return at if at.tzinfo else at.replace(tzinfo=timezone.utc)
