"""A process that is started, waited for until it listens, watched, and ended with everything it holds."""

import os
import re
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue

from local import loopback

STARTS_S = 60.0  # a busy machine needs seconds; beyond that something is wrong
ENDS_S = 8.0
LAST_LINES = 12  # of a process that failed, shown to whoever started it
_LISTENING = re.compile(r"listening (?:on|at) (http://\S+)")


class Died(Exception):
    """A process ended before or while it was needed; the message has its last lines."""


class Process:
    """A child process. Its output goes to a file, and line by line to `on_output` when there is one."""

    def __init__(self, name: str, log: Path, on_output: Callable[[str], None] | None = None) -> None:
        self.name = name
        self._log = log
        self._on_output = on_output
        self._child: subprocess.Popen[str] | None = None

    def start(self, command: Sequence[str], environ: Mapping[str, str], folder: Path, addresses: int = 1) -> list[str]:
        """Start it and return the addresses it says it listens at; raises Died when it does not.

        It runs in `folder` with `environ` alone; `addresses` says for how many to wait.
        """
        private_folder(self._log.parent)
        self._log.touch(0o600)
        self._log.chmod(0o600)  # of an earlier run, it may be less
        self._child = subprocess.Popen(
            command, cwd=folder, env=environ, text=True, encoding="utf-8", errors="replace",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            umask=0o077,  # what it writes is what people said to the line
            start_new_session=True,  # Ctrl-C is for the one who started it, who then ends it in order
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )  # fmt: skip
        announced: SimpleQueue[str | None] = SimpleQueue()
        threading.Thread(target=self._read, args=(self._child, announced), daemon=True).start()
        return [self._next_address(announced) for _ in range(addresses)]

    def _read(self, child: subprocess.Popen[str], addresses: SimpleQueue[str | None]) -> None:
        assert child.stdout is not None  # noqa: S101 -- it was asked for above
        with child.stdout, self._log.open("a", encoding="utf-8") as log:
            for line in child.stdout:
                log.write(line)
                log.flush()
                if found := _LISTENING.search(line):
                    addresses.put(found[1])
                if self._on_output is not None:
                    self._on_output(line.rstrip())
        addresses.put(None)

    def _next_address(self, addresses: SimpleQueue[str | None]) -> str:
        try:
            address = addresses.get(timeout=STARTS_S)
        except Empty:
            address = None
        if address is None:
            self.kill()
            raise Died(f"{self.name} did not start. Its last lines, from {self._log}:\n{self.last_lines()}")
        return address

    def last_lines(self) -> str:
        """Return the end of what it printed."""
        lines = self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []
        return "\n".join(f"  {line}" for line in lines[-LAST_LINES:])

    @property
    def is_running(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int:
        """The process's number, 0 before it was started."""
        return self._child.pid if self._child else 0

    def end(self) -> None:
        """End it in order: its standard input ends, which it takes as the sign; by force when it does not."""
        if self._child is None:
            return
        self._close_input()
        try:
            self._child.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._close_input()

    def _close_input(self) -> None:
        if self._child is not None and self._child.stdin is not None:
            self._child.stdin.close()


def private_folder(folder: Path) -> None:
    """Make a folder that nobody else on this machine can look into; one that is there becomes so."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


# Of some other line; in capitals, which names are in on Windows.
FOREIGN = ("TWILIO_", "AHOY_", "PUBLIC_BASE_URL", "AZUREWEBJOBSSTORAGE", "PYTHON_THREADPOOL", "FUNCTIONS_")
ALWAYS = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}  # what a child prints is UTF-8 on Windows, too


def quiet_environment(**values: str) -> dict[str, str]:
    """Return this process's environment without what belongs to some other line, and with `values`."""
    given = {name.upper() for name in values}  # Windows knows no case, and would be told the same name twice
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(FOREIGN) and name.upper() not in given
    }
    loopback.keep_direct(kept)
    return kept | ALWAYS | values
