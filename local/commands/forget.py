"""dev.py forget: delete a person's messages, calls and recordings."""

import argparse
import urllib.parse

from local.commands.app import EPILOG, with_app


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument("number", help="such as +12025550122")
    parser.add_argument("--twilio", action="store_true", help="delete at Twilio, too; that cannot be undone")
    parser.add_argument("--yes", action="store_true", help="delete without asking, for scripts")


@with_app
def run(given: argparse.Namespace) -> int:
    """Ask the app until all is deleted; exit code 1 when nobody agrees, no line runs or it refuses."""
    from local import api_client, asking
    from local.progress import progress
    from local.wording import counted

    where = "here and at Twilio" if given.twilio else "here"
    if not (given.yes or asking.is_agreed(f"Delete all messages and calls of {given.number}, {where}?")):
        return 1
    messages = calls = at_twilio = 0
    route = f"people/{urllib.parse.quote(given.number, safe='')}"
    with progress("deleting"):
        while True:
            done = api_client.ask(given.app, route, method="DELETE", twilio=str(given.twilio).lower())
            messages, calls = messages + done["messages"], calls + done["calls"]
            at_twilio += done["at_twilio"]
            if done["complete"]:
                break
    here = f"{counted(messages, 'message')} and {counted(calls, 'call')} here"
    print(f"Deleted {here}, {counted(at_twilio, 'record')} at Twilio.")
    return 0
