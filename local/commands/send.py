"""dev.py send: send a text from the running line, as any API caller does."""

import argparse

from local.commands.people import on_the_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("to", help="who gets it, such as +12025550122")
    parser.add_argument("body", help="what it says")
    parser.add_argument("--media", action="append", default=[], metavar="URL", help="a picture to send along")


@on_the_line
def run(given: argparse.Namespace) -> int:
    """Send it and say in how many segments it goes; exit code 1 when it is refused."""
    from local import app

    sent = app.ask(given.line, "send-sms", {"to": given.to, "body": given.body, "media": given.media})
    print(f"{sent['sid']} to {sent['to']} is {sent['status']}: {sent['segments']} segments of {sent['encoding']}")
    return 0
