"""dev.py reconcile: bring what Twilio's log has and the history has not, for a period of the past."""

import argparse
from datetime import datetime, timedelta, timezone

from local import moments
from local.commands.app import EPILOG, with_app


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.epilog = EPILOG
    moments.add_arguments(parser, since="a day ago", until="now")


@with_app
def run(given: argparse.Namespace) -> int:
    """Ask the app until the whole period is compared; exit code 1 when no line runs or it refuses."""
    from local import api_client
    from local.progress import progress

    now = datetime.now(timezone.utc)
    since, until = given.since or now - timedelta(days=1), min(given.until or now, now)
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
