"""dev.py dial: ring the line as a caller; press its keys, speak to it, hang up."""

import argparse

from local.commands.around import add_arguments as add_surroundings
from local.commands.around import around
from local.commands.people import CALLER, converse, on_the_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument(
        "--from", dest="from_", default=CALLER, metavar="NUMBER", help="who calls; empty: hidden (default: %(default)s)"
    )
    add_surroundings(parser)


@on_the_line
def run(given: argparse.Namespace) -> int:
    """Be the caller until the call ends."""
    with given.twilio as twilio, around(given, twilio, given.line):
        converse(twilio.dial(from_=given.from_))
    return 0
