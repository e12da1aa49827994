"""dev.py export: the record as a file, as long as it may be."""

import argparse
import re
import sys
import urllib.parse

from local.commands.reconcile import moment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("what", choices=["messages", "calls"])
    parser.add_argument("--format", choices=["csv", "jsonl"], default="csv", help="default: %(default)s")
    parser.add_argument("--with", dest="person", default="", metavar="NUMBER", help="only of one person")
    parser.add_argument("--since", type=moment, metavar="ISO", help="2026-11-24 or with a time, UTC; inclusive")
    parser.add_argument("--until", type=moment, metavar="ISO", help="exclusive")
    parser.add_argument("-o", "--output", metavar="FILE", help="default: the terminal")


def run(given: argparse.Namespace) -> int:
    """Follow the pages to the end; exit code 1 when no line runs or it refuses."""
    from local import app, line
    from local.commands.start import CARD

    wanted = {"format": given.format, "with": given.person}
    wanted |= {name: at.isoformat() for name in ("since", "until") if (at := getattr(given, name))}
    try:
        running = line.read(CARD)
        address = f"{running.app}/api/{given.what}/export?{urllib.parse.urlencode(wanted)}"
        with open(given.output, "wb") if given.output else open(1, "wb", closefd=False) as out:  # noqa: PTH123 -- 1 is stdout
            while address:
                with app.opened(running, address) as answer:
                    out.write(answer.read())
                    following = re.match(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
                address = following[1] if following else ""
    except (line.NoLine, app.Refusal, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    return 0
