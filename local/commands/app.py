"""What the commands that ask an app share: which one they ask, and how a refusal ends."""

import argparse
import sys
from collections.abc import Callable
from functools import wraps

from local import moments

EPILOG = (
    "It asks the line of this machine; or that of AHOY_URL (address of an app) and AHOY_KEY (a function key of it), "
    "when the environment has them."
)


def with_app(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Give `run` the app to ask as `given.app`; a failure becomes a sentence and exit code 1."""

    @wraps(run)
    def run_with_app(given: argparse.Namespace) -> int:
        from local import api_client, line

        try:
            given.app = api_client.current()
            return run(given)
        except (api_client.NotAsked, api_client.Refusal, line.NoLine) as e:
            print(e, file=sys.stderr)
        return 1

    return run_with_app


def add_narrowing(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say which part of the history is meant."""
    parser.add_argument("--with", dest="person", type=_person, metavar="NUMBER", help="only what was with one person")
    moments.add_arguments(parser)


def _person(text: str) -> str:
    if text.strip():
        return text
    raise argparse.ArgumentTypeError("it is empty; leave it out for everybody")


def narrowed(given: argparse.Namespace) -> dict[str, str]:
    """Return the query of a route that lists the history, as far as it is narrowed."""
    query = {"with": given.person, "since": given.since and given.since.isoformat(),
             "until": given.until and given.until.isoformat()}  # fmt: skip
    return {name: value for name, value in query.items() if value}
