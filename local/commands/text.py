"""dev.py text: send the line a text and show its reply."""

import argparse
import sys

from local.commands.people import CALLER, on_the_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("body", help="what the text says")
    parser.add_argument(
        "--from", dest="from_", default=CALLER, metavar="NUMBER", help="who texts (default: %(default)s)"
    )


@on_the_line
def run(given: argparse.Namespace) -> int:
    """Print each reply on a line of its own."""
    with given.twilio as twilio:
        reply = twilio.text(given.body, from_=given.from_)
        for text in reply.texts:
            print(text)
        if not reply.texts:
            print("The line did not reply.", file=sys.stderr)
    return 0
