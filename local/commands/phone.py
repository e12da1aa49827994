"""dev.py phone: a phone on the screen, in a browser: it rings the line of this machine and is rung by it."""

import argparse
import sys
import webbrowser
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from local.commands.people import on_the_line

if TYPE_CHECKING:
    from local.line import Line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("number", nargs="?", default="", metavar="NUMBER",
                        help="the phone's own number (default: the next that no tab has)")  # fmt: skip
    parser.add_argument("--print", dest="is_printed", action="store_true", help="only say the address")


@on_the_line
def run(given: argparse.Namespace) -> int:
    """Open it; say where it is for who has no browser here."""
    with given.twilio:
        address = address_of(given.line, given.number)
        print(address, flush=True)
        if not given.is_printed and not opened(address):
            print("No browser can be opened from here; open this address in one on this machine.", file=sys.stderr)
        return 0


def address_of(line: "Line", number: str = "") -> str:
    """Return where the phone is, with a number of its own when one is given."""
    return f"{line.twilio}/{'?' + urlencode({'number': number}) if number else ''}"


def opened(address: str) -> bool:
    """Open an address in the browser of whoever works here, and return whether that was possible."""
    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False
