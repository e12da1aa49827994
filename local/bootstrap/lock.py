"""One set-up at a time in one folder, for which a second dev.py waits; and one line at a time, for which none does."""

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from local.progress import progress

LOOKS_S = 0.2


class Taken(Exception):
    """Another process holds it."""


@contextlib.contextmanager
def held_at_once(file: Path) -> Iterator[None]:
    """Hold a file's lock while the block runs; raises Taken when another process does."""
    with file.open("a+", encoding="utf-8") as opened:
        if not _take(opened):
            raise Taken
        yield


@contextlib.contextmanager
def held(file: Path) -> Iterator[None]:
    """Hold a file's lock while the block runs. The system lets go of it when this process ends, however it ends."""
    with file.open("a+", encoding="utf-8") as opened:
        if not _take(opened):
            with progress("waiting for another dev.py that sets up here"):
                while not _take(opened):
                    time.sleep(LOOKS_S)
        yield


def _take(opened: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            opened.seek(0)
            msvcrt.locking(opened.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
