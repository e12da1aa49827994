"""A program on a stranger's machine: what it says is waited for, kept in a log, and it is ended as a person ends it."""

import contextlib
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TRACEBACK = "Traceback (most recent call last)"
PROGRESS = re.compile(r"(\.\.\.|: \d+ s|\.\.\. \d+ s)\Z")  # how far the bringing is
ENDS_S = 30.0


class Failed(Exception):
    """The README's promise was not kept; the message says which, in a sentence."""


def say(text: str) -> None:
    """Print a line at once: whoever waits sees how far it is."""
    print(text, flush=True)  # noqa: T201 -- a script talks


@contextlib.contextmanager
def step(doing: str) -> Iterator[None]:
    """Say what is done, and how long it took."""
    began = time.monotonic()
    say(f"  {doing} ...")
    yield
    say(f"  {doing}: {time.monotonic() - began:.1f} s")


@dataclass(slots=True)
class Program:
    """A program that runs on the stranger's machine; all that it prints goes to a log."""

    child: subprocess.Popen[bytes]
    output: int  # the file descriptor that its output is read from
    log: Path
    keys: int | None = None  # where a person at its terminal types
    text: str = ""
    _reader: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with self.log.open("ab") as log, contextlib.suppress(OSError):  # a terminal ends with EIO
            while read := os.read(self.output, 65536):
                log.write(read)
                log.flush()
                self.text += read.decode("utf-8", "replace").replace("\r\n", "\n")

    def says(self, pattern: str, timeout_s: float) -> bool:
        """Wait until it has printed `pattern`; False when it has ended before, raises Failed when it takes too long."""
        until = time.monotonic() + timeout_s
        while not re.search(pattern, self.text):
            if self.child.poll() is not None:
                self._reader.join(5)
                return bool(re.search(pattern, self.text))
            if time.monotonic() > until:
                raise Failed(f'after {timeout_s:.0f} s it had neither said "{pattern}" nor ended')
            time.sleep(0.1)
        return True

    def wait(self, timeout_s: float) -> int:
        """Wait for its end and return its exit code; raises Failed when it takes too long."""
        try:
            code = self.child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise Failed(f"it had not ended after {timeout_s:.0f} s") from None
        self._reader.join(5)
        return code

    def end(self) -> int:
        """Press Ctrl-C, or without a terminal end it as a service manager does; return the exit code."""
        if self.keys is not None:
            os.write(self.keys, b"\x03")
        else:
            os.killpg(self.child.pid, signal.SIGTERM)
        return self.wait(ENDS_S)


def last(program: Program, lines: int = 6) -> str:
    """Return the end of what a program printed, on one line."""
    printed = [re.sub(r"\x1b\[[\d;]*m", "", line).rpartition("\r")[2].strip() for line in program.text.split("\n")]
    return " / ".join([line for line in printed if line and not PROGRESS.search(line)][-lines:]) or "nothing"
