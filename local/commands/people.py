"""What the commands of people around the line share: who they are, and how a call is followed in the terminal."""

import argparse
import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.twilio.people import Call, Event

CALLER = "+12025550122"
FOLLOW_S = 5.0  # how long one look at a transcript waits for news
UNNOTICED = {"webhook", "hung_up"}  # a person does not see requests, and the end says enough


def on_the_line(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Give `run` the running line as `given.line`, its Twilio as `given.twilio`; a failure is a sentence and code 1."""

    @wraps(run)
    def with_line(given: argparse.Namespace) -> int:
        import httpx

        from local import api_client, line, paths
        from local.twilio.client import Twilio
        from local.twilio.people import NotSo

        try:
            given.line = line.read(paths.CARD)
            given.twilio = Twilio(given.line.twilio)
            return run(given)
        except (line.NoLine, api_client.NotAsked, api_client.Refusal, NotSo) as e:
            print(e, file=sys.stderr)
        except httpx.HTTPError as e:
            print(f"The local Twilio does not answer ({type(e).__name__}); is the line still running?", file=sys.stderr)
        return 1

    return with_line


def follow(call: "Call", when_listening: Callable[[], None] = lambda: None) -> None:
    """Print what happens on a call until it ends; each time the line waits for the person, let them act."""
    position = 0
    while True:
        for event in call.happened(position, wait_s=FOLLOW_S):
            position += 1
            if line := shown(event):
                print(line, flush=True)
            if event.kind == "listening":
                when_listening()
            if event.kind == "ended":
                return


def shown(event: "Event") -> str:
    """Return an event as a person on the phone notices it; empty when they do not."""
    if event.kind == "said":
        return f'  "{event.text}"'
    if event.kind == "ended":
        return f"{event.text} after {event.detail['duration_s']} s"
    return "" if event.kind in UNNOTICED else f"{event.kind.replace('_', ' ')} {event.text}".rstrip()
