"""dev.py call: ring a phone through make-call and be the person who answers."""

import argparse

from local.commands.around import add_arguments as add_surroundings
from local.commands.around import around
from local.commands.people import converse, on_the_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("to", help="the phone to ring, such as +12025550122")
    parser.add_argument("--scene", default="", help="the scene of flow.yaml that an answered call begins with")
    parser.add_argument("--say", default="", help="what is said before the scene")
    add_surroundings(parser)


@on_the_line
def run(given: argparse.Namespace) -> int:
    """Place the call as any API caller does; exit code 1 when it is refused."""
    from local import api_client

    request = {"to": given.to, "scene": given.scene, "say": given.say}
    body = {name: value for name, value in request.items() if value}
    with given.twilio as twilio, around(given, twilio, given.line):
        placed = api_client.ask(api_client.of(given.line), "make-call", body)
        converse(twilio.call(placed["sid"]))
    return 0
