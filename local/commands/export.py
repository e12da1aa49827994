"""dev.py export: the history as a file, as long as it may be."""

import argparse
import re
import sys
import urllib.parse

from local.commands.app import EPILOG, with_app
from local.commands.reconcile import moment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument("what", choices=["messages", "calls"])
    parser.add_argument("--format", choices=["csv", "jsonl"], default="csv", help="default: %(default)s")
    parser.add_argument("--with", dest="person", default="", metavar="NUMBER", help="only of one person")
    parser.add_argument("--since", type=moment, metavar="ISO", help="2026-11-24 or with a time, UTC; inclusive")
    parser.add_argument("--until", type=moment, metavar="ISO", help="exclusive")
    parser.add_argument("-o", "--output", metavar="FILE", help="default: the terminal")


@with_app
def run(given: argparse.Namespace) -> int:
    """Follow the pages to the end; exit code 1 when no line runs or it refuses."""
    from local import api_client

    query = {"format": given.format, "with": given.person}
    query |= {name: at.isoformat() for name in ("since", "until") if (at := getattr(given, name))}
    try:
        with open(given.output, "wb") if given.output else open(1, "wb", closefd=False) as out:  # noqa: PTH123 -- 1 is stdout
            while query:
                rows, headers = api_client.fetch(given.app, f"{given.what}/export", **query)
                out.write(rows)
                query = _next_query(headers.get("Link", ""))
    except OSError as e:
        print(e, file=sys.stderr)
        return 1
    return 0


def _next_query(link: str) -> dict[str, str]:
    """Return what to ask for the next page, empty at the end; its host is of no interest, or the key would go there."""
    following = re.match(r'<([^>]+)>; rel="next"', link)
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(following[1]).query)) if following else {}
