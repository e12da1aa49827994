"""dev.py text: send the line a text and show who gets what."""

import argparse
import sys
from typing import TYPE_CHECKING

from local.commands.around import add_time, around
from local.commands.kept import add_argument as add_keeping
from local.commands.kept import begun, ended
from local.commands.people import CALLER, on_the_line

if TYPE_CHECKING:
    from local.twilio.client import Reply, Twilio


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("body", help="what the text says")
    parser.add_argument(
        "--from", dest="from_", default=CALLER, metavar="NUMBER", help="who texts (default: %(default)s)"
    )
    add_time(parser)
    add_keeping(parser)


@on_the_line
def run(given: argparse.Namespace) -> int:
    """Print what the texter gets, a text a line, and what others get; when the texter gets nothing, say why.

    What Twilio does not take of the answer is told, too.
    """
    with given.twilio:
        keeping = begun(given)
        with around(given, given.twilio, given.line):
            _text(given, given.twilio)
        if keeping:
            keeping.texted(given.from_, given.body)
        return ended(keeping, given)


def _text(given: argparse.Namespace, twilio: "Twilio") -> None:
    texter = twilio.phone(given.from_)
    had = len(texter.texts)
    reply = twilio.text(given.body, from_=given.from_)
    for text in reply.replies:
        print(text["body"] if text["to"] == given.from_ else f"to {text['to']}: {text['body']}")
    sent = {text["sid"] for text in reply.replies}
    for text in texter.messages(after=had):
        if text["sid"] not in sent:  # to STOP and the like, which the line must not answer
            print(f"Twilio itself: {text['body']}")
    alerts = [f"{alert['code']}: {alert['text']}" for alert in twilio.alerts() if alert["sid"] == reply.sid]
    if all(text["to"] != given.from_ for text in reply.replies):
        reason = f"Twilio's error {alerts.pop()}" if alerts else _reason(reply)
        print(f"{given.from_} gets no reply: {reason}", file=sys.stderr)
    for alert in alerts:
        print(f"Twilio's log: {alert}", file=sys.stderr)


def _reason(reply: "Reply") -> str:
    if reply.is_opted_out:
        return "they have opted out, by STOP or its like. START lets the line write to them again."
    return "the flow has none for this text."
