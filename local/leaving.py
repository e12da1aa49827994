"""How this process ends while something in it still runs that nobody waits for any more.

Python waits for every thread at its end: also for one in which an owner's own verb sleeps.
"""

import contextlib
import os
import sys
from collections.abc import Callable

busy: list[Callable[[], bool]] = []  # each says whether something still runs


def leave(code: int) -> None:
    """End this process with an exit code if something still runs; else return, and Python ends it."""
    if any(is_busy() for is_busy in busy):
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
