"""dev.py dial: ring the line as a caller; press its keys, speak to it, hang up."""

import argparse

from local.commands.around import add_arguments as add_surroundings
from local.commands.around import around
from local.commands.kept import add_argument as add_keeping
from local.commands.kept import begun, ended
from local.commands.people import CALLER, converse, on_the_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument(
        "--from", dest="from_", default=CALLER, metavar="NUMBER", help="who calls; empty: hidden (default: %(default)s)"
    )
    add_surroundings(parser)
    add_keeping(parser)


@on_the_line
def run(given: argparse.Namespace) -> int:
    """Be the caller until the call ends."""
    with given.twilio as twilio:
        keeping = begun(given)
        with around(given, twilio, given.line):
            call = twilio.dial(from_=given.from_)
            converse(call)
        if keeping:
            keeping.called(given.from_, call)
        return ended(keeping, given)
