"""dev.py dial: ring the line as a caller; on a terminal, press its keys, speak to it, hang up."""

import argparse
import contextlib
import re
import sys
import threading
from typing import TYPE_CHECKING

from local.commands.people import CALLER, follow, on_the_line

if TYPE_CHECKING:
    from local.twilio.people import Call

HELP = "Type keys (1, 42#) to press them, words to say them, nothing to hang up."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument(
        "--from", dest="from_", default=CALLER, metavar="NUMBER", help="who calls; empty: hidden (default: %(default)s)"
    )


@on_the_line
def run(given: argparse.Namespace) -> int:
    """Show what is heard until the call ends. What is typed is done at once, what is piped in when the line waits."""
    with given.twilio as twilio:
        call = twilio.dial(from_=given.from_)
        is_typed = sys.stdin.isatty()
        if is_typed:
            print(HELP, file=sys.stderr)
            threading.Thread(target=_act_at_once, args=(call,), daemon=True).start()
        try:
            follow(call, (lambda: None) if is_typed else (lambda: _act(call, sys.stdin.readline())))
        except KeyboardInterrupt:
            call.hangs_up()
            follow(call)
    return 0


def _act_at_once(call: "Call") -> None:
    with contextlib.suppress(AssertionError):  # the call ended before it was typed
        for line in sys.stdin:
            _act(call, line)


def _act(call: "Call", line: str) -> None:
    """Do what a line says; the end of a pipe does nothing, so that the line's own patience can be watched."""
    typed = line.strip()
    if line and not typed:
        call.hangs_up()
    elif re.fullmatch(r"[0-9*#]+", typed):
        call.presses(typed)
    elif typed:
        call.says(typed)
