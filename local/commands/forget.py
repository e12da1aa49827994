"""dev.py forget: delete a person's messages, calls and recordings."""

import argparse
import sys
import urllib.parse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("number", help="such as +12025550122")
    parser.add_argument("--twilio", action="store_true", help="delete at Twilio, too; this cannot be undone")


def run(given: argparse.Namespace) -> int:
    """Ask the app until all is deleted; exit code 1 when no line runs or it refuses."""
    from local import app, line
    from local.commands.start import CARD
    from local.progress import progress

    messages = calls = at_twilio = 0
    route = f"people/{urllib.parse.quote(given.number, safe='')}"
    try:
        running = line.read(CARD)
        with progress("deleting"):
            while True:
                done = app.ask(running, route, method="DELETE", twilio=str(given.twilio).lower())
                messages, calls = messages + done["messages"], calls + done["calls"]
                at_twilio += done["at_twilio"]
                if done["complete"]:
                    break
    except (line.NoLine, app.Refusal) as e:
        print(e, file=sys.stderr)
        return 1
    print(f"Deleted {messages} messages and {calls} calls here, {at_twilio} records at Twilio.")
    return 0
