"""dev.py send: send a text from the line, as any API caller does."""

import argparse

from local.commands.app import EPILOG, with_app


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument("to", help="who gets it, such as +12025550122")
    parser.add_argument("body", help="what it says")
    parser.add_argument("--media", action="append", default=[], metavar="URL", help="a picture to send along")


@with_app
def run(given: argparse.Namespace) -> int:
    """Send it and say in how many segments it goes; exit code 1 when no line runs or it refuses."""
    from local import api_client
    from local.wording import counted

    sent = api_client.ask(given.app, "send-sms", {"to": given.to, "body": given.body, "media": given.media})
    segments = f"{counted(sent['segments'], 'segment')} of {sent['encoding']}"
    print(f"{sent['sid']} to {sent['to']} is {sent['status']}: {segments}")
    return 0
