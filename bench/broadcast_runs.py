"""Broadcasts that are really sent, by real processes, and what each cost: of this version, or as of another commit."""

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx

from bench.requests_made import WRITES, Told, counted

ROOT = Path(__file__).parent.parent
LIMITS = dict.fromkeys(("AHOY_HOURLY_LIMIT", "AHOY_DAILY_LIMIT", "AHOY_PERSON_HOURLY_LIMIT"), "9999999")
SHUT = {"AHOY_DAILY_LIMIT": "0"}  # accepted, and nothing is sent
LOOK_S = 1.0
ELSEWHERE = "bench.broadcast reads what Linux says of processes in /proc; run it there"
QUIET_S, PATIENCE_S = 3, 600  # the history is complete when nothing was written for so long; for at most so long
_CALLBACK = re.compile(r"message-status POST \S+ -> (\d+)")
_RECONCILED = re.compile(r"reconcile (?:done|stopped)")


class Run(NamedTuple):
    """One broadcast. `cpu_s` is by process until the last text is sent; `requests` until each has its price."""

    recipients: int
    accepted_s: float
    done_s: float
    memory_mb: int
    accepting: Counter[str]
    requests: Counter[str]
    cpu_s: dict[str, float]
    callbacks: Counter[str]  # by the status with which the app answered; 0 when it did not in 15 s
    half: tuple[int, float]  # seconds left: as the app said when half was done, and as it then was

    @property
    def each(self) -> float:
        """Return how many storage requests each recipient cost."""
        return self.requests.total() / self.recipients


@contextlib.contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """Have the files of a commit in a folder while the block runs; exits with git's own word when there is none."""
    command = ["git", "archive", "--format=zip", commit]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if made.returncode:
        sys.exit(f"git knows no {commit}: {made.stderr.decode().strip()}")
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(io.BytesIO(made.stdout)) as files:
            files.extractall(folder)
        yield Path(folder)


def people(count: int) -> list[str]:
    """Return valid numbers; the range kept for fiction has only a hundred, and these reach nobody but the stand-in."""
    return [f"+1202{200 + n // 10_000:03d}{n % 10_000:04d}" for n in range(count)]


def measured(count: int, root: Path = ROOT) -> Run:
    """Send to so many with the app at `root`, then let the history learn the prices."""
    with line(LIMITS, root) as (running, http):
        before, used = counted(running.folder), cpu_s(running)
        began = time.monotonic()
        name = started(http, count)
        accepted_s = time.monotonic() - began
        accepting = counted(running.folder) - before
        half: tuple[float, int] = (began, 0)
        while (broadcast := http.get(f"/api/broadcasts/{name}").json())["state"] != "done":
            if not half[1] and broadcast["counts"]["waiting"] <= count / 2:
                half = (time.monotonic(), broadcast["left_s"] or 0)
            time.sleep(LOOK_S)
        ended = time.monotonic()
        if broadcast["counts"]["sent"] != count:
            sys.exit(f"{count} were asked for: {broadcast}")
        used = {process: seconds - used[process] for process, seconds in cpu_s(running).items()}
        until_quiet(running)
        reconcile(running, http)
        return Run(
            count, accepted_s, ended - began, peak_mb(running), accepting, counted(running.folder) - before, used,
            callbacks(running), (half[1], ended - half[0]),
        )  # fmt: skip


def accepted(count: int) -> Run:
    """Have so many accepted and none sent."""
    with line(SHUT) as (running, http):
        before, began = counted(running.folder), time.monotonic()
        name = started(http, count)
        took_s = time.monotonic() - began
        requests = counted(running.folder) - before
        http.post(f"/api/broadcasts/{name}", json={"state": "canceled"}).raise_for_status()
        return Run(count, took_s, 0, peak_mb(running), requests, requests, {}, Counter(), (0, 0))


@contextlib.contextmanager
def line(settings: dict[str, str], root: Path = ROOT) -> Iterator[tuple[Told, httpx.Client]]:
    """Run a line, its app and host from `root`, while the block runs; return it and a client of its API."""
    with tempfile.TemporaryDirectory() as folder:
        running = Told(Path(folder))
        running.root = root
        try:
            running.start(0, "real", settings)
            headers = {"x-functions-key": running.line.function_key}
            with httpx.Client(base_url=running.line.app, headers=headers, timeout=230) as http:
                yield running, http
        finally:
            running.end()


def started(http: httpx.Client, count: int) -> str:
    """Start a broadcast; return its id."""
    document = {"body": "hello", "to": people(count)}
    return str(http.post("/api/broadcasts", json=document).raise_for_status().json()["id"])


def until_quiet(running: Told) -> None:
    """Wait until Twilio's callbacks are written down."""
    deadline, seen = time.monotonic() + PATIENCE_S, -1
    while (now := counted(running.folder)[WRITES]) != seen and time.monotonic() < deadline:
        seen = now
        time.sleep(QUIET_S)


def reconcile(running: Told, http: httpx.Client) -> None:
    """Run the timer, which brings the prices of Twilio's log, until it has ended."""
    deadline, before = time.monotonic() + PATIENCE_S, _reconciled(running)
    headers = {"x-functions-key": running.line.master_key}
    http.post("/admin/functions/reconcile", headers=headers, json={}).raise_for_status()
    while _reconciled(running) == before and time.monotonic() < deadline:
        time.sleep(LOOK_S)


def _reconciled(running: Told) -> int:
    return len(_RECONCILED.findall((running.folder / "logs" / "app.log").read_text(encoding="utf-8")))


def callbacks(running: Told) -> Counter[str]:
    """Return how the app answered Twilio's callbacks."""
    return Counter(_CALLBACK.findall((running.folder / "logs" / "twilio.log").read_text(encoding="utf-8")))


def cpu_s(running: Told) -> dict[str, float]:
    """Return the seconds of a processor that each process has used; in Azure the local host is Azure's own."""
    own = {"the local host": running.host, "the local Twilio": running.twilio, "the emulator": running.emulator}
    app = sum(_cpu_s(pid) for pid in _workers(running))
    return {"the app": app} | {name: _cpu_s(process.pid) for name, process in own.items()}


def _cpu_s(pid: int) -> float:
    if sys.platform == "win32":
        sys.exit(ELSEWHERE)
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mb(running: Told) -> int:
    """Return the most memory that the app has had."""
    status = [Path(f"/proc/{pid}/status").read_text(encoding="utf-8") for pid in _workers(running)]
    return sum(int(text.partition("VmHWM:")[2].split()[0]) for text in status) // 1024


def _workers(running: Told) -> list[int]:
    """Return the processes in which the host runs the app."""
    if sys.platform != "linux":
        sys.exit(ELSEWHERE)
    tasks = Path(f"/proc/{running.host.pid}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text(encoding="utf-8").split()]


def pace(runs: list[Run]) -> float:
    """Return people a second over several runs."""
    return sum(run.recipients for run in runs) / sum(run.done_s for run in runs)
