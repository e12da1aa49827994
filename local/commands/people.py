"""What the commands of people around the line share: who they are, and how one of them is on a call in the terminal."""

import argparse
import contextlib
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.twilio.people import Call, Event

CALLER = "+12025550122"
FOLLOW_S = 5.0  # how long one look at a transcript waits for news
HELP = "Type keys (1, 42#) to press them, words to say them, nothing to hang up."
UNNOTICED = {"webhook", "hung_up"}  # a person does not see requests, and the end says enough


def on_the_line(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Give `run` the running line as `given.line`, its Twilio as `given.twilio`; a failure is a sentence and code 1."""

    @wraps(run)
    def with_line(given: argparse.Namespace) -> int:
        import httpx

        from local import api_client, line, paths
        from local.moments import NoTime
        from local.tell.writing import NotWritten
        from local.twilio.client import Twilio
        from local.twilio.people import NotSo

        try:
            given.line = line.read(paths.CARD)
            given.twilio = Twilio(given.line.twilio)
            return run(given)
        except (line.NoLine, api_client.NotAsked, api_client.Refusal, NotSo, NoTime, NotWritten) as e:
            print(e, file=sys.stderr)
        except httpx.HTTPError as e:
            print(f"The local Twilio does not answer ({type(e).__name__}); is the line still running?", file=sys.stderr)
        return 1

    return with_line


def converse(call: "Call") -> None:
    """Show what is heard until the call ends. What is typed is done at once, what is piped in when the line listens.

    Ctrl-C hangs up. So does it when nobody reads any more, and then the OSError of that is raised.
    """
    is_typed = sys.stdin.isatty()
    if is_typed:
        print(HELP, file=sys.stderr)
        threading.Thread(target=_act_at_once, args=(call,), daemon=True).start()
    told = _Told(call)
    try:
        told.to_its_end((lambda: None) if is_typed else (lambda: _act(call, sys.stdin.readline())))
    except KeyboardInterrupt:
        _hang_up(call)
        told.to_its_end()
    except OSError:
        _hang_up(call)
        raise


@dataclass(slots=True)
class _Told:
    """A call, and how much of what happened on it has been printed: each thing is told once."""

    call: "Call"
    printed: int = 0

    def to_its_end(self, when_listening: Callable[[], None] = lambda: None) -> None:
        """Print what happens until the call ends; each time the line waits for the person, let them act."""
        while True:
            for event in self.call.happened(self.printed, wait_s=FOLLOW_S):
                self.printed += 1
                if line := shown(event):
                    print(line, flush=True)
                if event.kind == "listening":
                    when_listening()
                if event.kind == "ended":
                    return


def _hang_up(call: "Call") -> None:
    from local.twilio.people import NotSo

    with contextlib.suppress(NotSo):  # it has ended already
        call.hangs_up()


def _act_at_once(call: "Call") -> None:
    import httpx

    from local.twilio.people import NotSo

    with contextlib.suppress(NotSo, httpx.HTTPError, RuntimeError):  # the call ended before it was typed
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


def shown(event: "Event") -> str:
    """Return an event as a person on the phone notices it; empty when they do not."""
    if event.kind == "said":
        return f'  "{event.text}"'
    if event.kind == "ended":
        return f"{event.text} after {event.detail['duration_s']} s"
    if event.kind == "texted":
        return f'texted {event.detail["to"]} "{event.text}"'
    return "" if event.kind in UNNOTICED else f"{event.kind.replace('_', ' ')} {event.text}".rstrip()
