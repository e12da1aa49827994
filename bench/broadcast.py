"""What one text to many costs on this machine, and from that what 100,000 would.

    .ahoy/venv/bin/python -m bench.broadcast [100 1000 10000] [--write]

Real processes: the app, the local Twilio and the storage emulator share this machine's cores, so the figures show how
cost grows, not what Azure does. Storage requests are counted from the emulator's own log. With --write they go into
docs/performance.md and its chart.
"""

import argparse
import contextlib
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx

from bench import hundred_thousand
from bench.chart import Series, drawn
from bench.requests_made import QUEUE, READS, TRANSACTIONS, WRITES, Told, counted
from shared.outbound.broadcasts import MAX_RECIPIENTS

ROOT = Path(__file__).parent.parent
PAGE, CHART = ROOT / "docs" / "performance.md", ROOT / "docs" / "performance-broadcasts.svg"
BEGIN, END = "<!-- made by bench.broadcast -->\n", "<!-- until here -->\n"
LIMITS = dict.fromkeys(("AHOY_HOURLY_LIMIT", "AHOY_DAILY_LIMIT", "AHOY_PERSON_HOURLY_LIMIT"), "9999999")
SHUT = {"AHOY_DAILY_LIMIT": "0"}  # accepted, and nothing is sent
LOOK_S = 1.0
QUIET_S, PATIENCE_S = 3, 600  # the history is complete when nothing was written for so long; for at most so long
_CALLBACK = re.compile(r"message-status POST \S+ -> (\d+)")


class Run(NamedTuple):
    """One broadcast. `cpu_s` is by process until the last text is sent; `requests` until the history is complete."""

    recipients: int
    accepted_s: float
    done_s: float
    memory_mb: int
    accepting: Counter[str]
    requests: Counter[str]
    cpu_s: dict[str, float]
    callbacks: Counter[str]  # by the status with which the app answered; 0 when it did not in 15 s
    half: tuple[int, float]  # seconds left: as the app said when half was done, and as it then was


def main() -> None:
    """Measure and print, and write the page when asked."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("sizes", nargs="*", type=int, default=[100, 1000], help="recipients (default: 100 1000)")
    arguments.add_argument("--write", action="store_true", help="rewrite the figures in docs/performance.md")
    given = arguments.parse_args()
    runs = []
    for size in given.sizes:
        runs.append(measured(size))
        print(runs[-1], file=sys.stderr, flush=True)
    text = described(runs, accepted(MAX_RECIPIENTS))
    print(text)
    if given.write:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(head + BEGIN + text + END + rest.partition(END)[2], encoding="utf-8")
        CHART.write_text(chart(runs), encoding="utf-8")


def people(count: int) -> list[str]:
    """Return valid numbers; the range kept for fiction has only a hundred, and these reach nobody but the stand-in."""
    return [f"+1202{200 + n // 10_000:03d}{n % 10_000:04d}" for n in range(count)]


def measured(count: int) -> Run:
    """Send to so many."""
    with line(LIMITS) as (running, http):
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
def line(settings: dict[str, str]) -> Iterator[tuple[Told, httpx.Client]]:
    """Run a line while the block runs; return it and a client of its API."""
    with tempfile.TemporaryDirectory() as folder:
        running = Told(Path(folder))
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


def callbacks(running: Told) -> Counter[str]:
    """Return how the app answered Twilio's callbacks."""
    return Counter(_CALLBACK.findall((running.folder / "logs" / "twilio.log").read_text(encoding="utf-8")))


def cpu_s(running: Told) -> dict[str, float]:
    """Return the seconds of a processor that each process has used."""
    processes = {"the app": running.host, "the local Twilio": running.twilio, "the emulator": running.emulator}
    return {name: _cpu_s(process.pid) for name, process in processes.items()}


def _cpu_s(pid: int) -> float:
    if sys.platform != "linux":
        sys.exit("bench.broadcast reads what Linux says of processes in /proc; run it there")
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mb(running: Told) -> int:
    """Return the most memory that the app has had."""
    status = Path(f"/proc/{running.host.pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def described(runs: list[Run], all_: Run) -> str:
    """Return the figures as the page has them."""
    times = [
        f"| {run.recipients:,} | {run.accepted_s:.2f} | {run.accepting.total()} | {run.done_s:.1f} "
        f"| {run.recipients / run.done_s:.0f} | {run.memory_mb} | {_half(run)} |\n"
        for run in runs
    ]
    kinds = (READS, WRITES, TRANSACTIONS, QUEUE)
    requests = [
        f"| {run.recipients:,} | {' | '.join(f'{run.requests[kind]:,}' for kind in kinds)} "
        f"| {run.requests.total() / run.recipients:.1f} |\n"
        for run in runs
    ]
    last = runs[-1]
    shares = ",\n".join(
        f"{name} {seconds / last.done_s:.2f} ({1000 * seconds / last.recipients:.0f} ms for each)"
        for name, seconds in last.cpu_s.items()
    )
    calculated = hundred_thousand.calculated(
        accepted_s=all_.accepted_s, memory_mb=all_.memory_mb, accepting=all_.accepting.total(),
        each=last.requests.total() / last.recipients, cpu_ms=1000 * last.cpu_s["the app"] / last.recipients,
    )  # fmt: skip
    return f"""
| recipients | accepted, s | by requests | done, s | a second | peak MB | s left at half: said, was |
|---|---|---|---|---|---|---|
{"".join(times)}
| recipients | {" | ".join(kinds)} | for each recipient |
|---|---|---|---|---|---|
{"".join(requests)}
Cores in use at {last.recipients:,}: {shares}.
Of {last.callbacks.total():,} callbacks {last.callbacks.total() - last.callbacks["204"]:,} got no answer in time.

{calculated}
"""


def _half(run: Run) -> str:
    estimate_s, was_s = run.half
    return f"{estimate_s}, {was_s:.0f}" if estimate_s else "-"


def chart(runs: list[Run]) -> str:
    """Draw how time, memory and requests grow."""
    return drawn(
        "One text to many, on two shared cores",
        "recipients",
        [
            Series("storage requests", [(run.recipients, run.requests.total()) for run in runs]),
            Series("seconds until all is sent", [(run.recipients, run.done_s) for run in runs]),
            Series("peak memory, MB", [(run.recipients, run.memory_mb) for run in runs]),
            Series("seconds until accepted", [(run.recipients, run.accepted_s) for run in runs]),
        ],
    )


if __name__ == "__main__":
    main()
