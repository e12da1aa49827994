"""Say what takes longer than a second, and for how long it has taken. Standard library, Python 3.10 and newer."""

import contextlib
import sys
import threading
import time
from collections.abc import Iterator

QUIET_S = 1.0  # nobody wonders before that
EVERY_S = 10.0  # how often a log file or CI is told

_showing = threading.Lock()


@contextlib.contextmanager
def progress(doing: str) -> Iterator[None]:
    """Show `doing` on standard error while the block runs: a live line on a terminal, else a line now and then.

    What is done within it, or at the same time, shows nothing of its own.
    """
    if not _showing.acquire(blocking=False):
        yield
        return
    done = threading.Event()
    shown = threading.Thread(target=_show, args=(doing, done, sys.stderr.isatty()), daemon=True)
    shown.start()
    try:
        yield
    finally:
        done.set()
        shown.join()
        _showing.release()


def _show(doing: str, done: threading.Event, is_live: bool) -> None:  # noqa: FBT001 -- a thread's arguments are positional
    began = time.monotonic()
    if done.wait(QUIET_S):
        return
    with contextlib.suppress(OSError):  # nobody reads it any more
        print(f"{doing} ...", end="" if is_live else "\n", flush=True, file=sys.stderr)
        while not done.wait(1.0 if is_live else EVERY_S):
            seconds = time.monotonic() - began
            print(f"\r{doing} ... {seconds:.0f} s" if is_live else f"{doing} ... {seconds:.0f} s",
                  end="" if is_live else "\n", flush=True, file=sys.stderr)  # fmt: skip
        if is_live:
            print(f"\r{doing}: {time.monotonic() - began:.0f} s   ", flush=True, file=sys.stderr)
