"""What the commands of the record share: which line they ask, and how a refusal ends."""

import argparse
import sys
from collections.abc import Callable
from functools import wraps

EPILOG = (
    "It asks the line of this machine; or that of AHOY_URL (address of an app) and AHOY_KEY (a function key of it), "
    "when the environment has them."
)


def on_the_record(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Return `run` the app to ask as `app`; a failure is a sentence and exit code 1."""

    @wraps(run)
    def with_app(given: argparse.Namespace) -> int:
        from local import api_client, line

        try:
            given.app = api_client.current()
            return run(given)
        except (api_client.NotAsked, api_client.Refusal, line.NoLine) as e:
            print(e, file=sys.stderr)
        return 1

    return with_app
