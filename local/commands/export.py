"""dev.py export: the history as a file, as long as it may be."""

import argparse
import re
import sys
import urllib.parse

from local.commands import app
from local.commands.app import EPILOG, with_app


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument("what", choices=["messages", "calls"])
    parser.add_argument("--format", choices=["csv", "jsonl"], default="csv", help="default: %(default)s")
    app.add_narrowing(parser)
    parser.add_argument("-o", "--output", metavar="FILE", help="default: the terminal")


@with_app
def run(given: argparse.Namespace) -> int:
    """Follow the pages to the end; exit code 1 when no line runs or it refuses."""
    from local import api_client

    query = {"format": given.format, **app.narrowed(given)}
    try:
        with open(given.output, "wb") if given.output else open(1, "wb", closefd=False) as out:  # noqa: PTH123 -- 1 is stdout
            while query:
                rows, headers = api_client.fetch(given.app, f"{given.what}/export", **query)
                out.write(rows)
                query = _next_query(headers.get("Link", ""))
    except OSError as e:
        if not given.output:  # how printing ends is told as it is of any command
            raise
        print(e, file=sys.stderr)
        return 1
    return 0


def _next_query(link: str) -> dict[str, str]:
    """Return what to ask for the next page, empty at the end; its host is of no interest, or the key would go there."""
    following = re.match(r'<([^>]+)>; rel="next"', link)
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(following[1]).query)) if following else {}
