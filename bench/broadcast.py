"""What one text to many costs on this machine, and from that what 100,000 would.

    .ahoy/venv/bin/python -m bench.broadcast [100 1000 10000] [--before COMMIT] [--write]

Real processes: the app, the local Twilio and the storage emulator share this machine's cores, so the figures show how
cost grows, not what Azure does. Storage requests are counted from the emulator's own log. `--before` sends with the app
of a commit, too, in turn with this one, at the sizes of 1,000 and below; both have this Twilio and this emulator. With
--write the figures go into docs/performance.md and its chart.
"""

import argparse
import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

from bench import hundred_thousand, page
from bench.broadcast_runs import ROOT, Run, accepted, checked_out, measured, pace
from bench.chart import Series, drawn
from bench.requests_made import QUEUE, READS, TRANSACTIONS, WRITES
from shared.outbound.broadcasts import MAX_RECIPIENTS

CHART = ROOT / "docs" / "performance-broadcasts.svg"
MOST_BEFORE = 1000  # recipients of the commit before: enough for a ratio, and few enough to wait for
KINDS = (READS, WRITES, TRANSACTIONS, QUEUE)


def main() -> None:
    """Measure and print, and write the page when asked."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("sizes", nargs="*", type=int, default=[100, 1000], help="recipients (default: 100 1000)")
    arguments.add_argument("--before", metavar="COMMIT", help="send with the app as it was at a commit, too")
    arguments.add_argument("--write", action="store_true", help="rewrite the figures in docs/performance.md")
    given = arguments.parse_args()
    with checked_out(given.before) if given.before else contextlib.nullcontext() as root:
        runs, before = in_turn(sorted(given.sizes), root)
    text = described(runs, accepted(MAX_RECIPIENTS)) + (compared(runs, before, given.before) if before else "")
    print(text)
    if given.write:
        page.write("bench.broadcast", "\n" + text.lstrip("\n"))
        CHART.write_text(chart(runs, before), encoding="utf-8")


def in_turn(sizes: list[int], root: Path | None) -> tuple[list[Run], list[Run]]:
    """Return the runs of this app and those of the one at `root`, if any; the largest size of both is sent twice."""
    common = [size for size in sizes if root and size <= MOST_BEFORE]
    turns = [(size, app) for size in common for app in (root, ROOT)]
    turns += [(size, app) for size in common[-1:] for app in (ROOT, root)]
    turns += [(size, ROOT) for size in sizes if size not in common]
    runs: list[Run] = []
    before: list[Run] = []
    for size, app in turns:
        side, whose = (before, "the app before") if app and app != ROOT else (runs, "this app")
        print(f"{whose}, {size:,} recipients ...", file=sys.stderr, flush=True)
        side.append(measured(size, app or ROOT))
        print(f"  {side[-1]}", file=sys.stderr, flush=True)
    return runs, before


def described(runs: list[Run], all_: Run) -> str:
    """Return the figures as the page has them."""
    times = [
        f"| {run.recipients:,} | {run.accepted_s:.2f} | {run.accepting.total()} | {run.done_s:.1f} "
        f"| {run.recipients / run.done_s:.0f} | {run.memory_mb} | {_half(run)} |\n"
        for run in runs
    ]
    requests = [
        f"| {run.recipients:,} | {' | '.join(f'{run.requests[kind]:,}' for kind in KINDS)} | {run.each:.1f} |\n"
        for run in runs
    ]
    last = runs[-1]
    shares = ",\n".join(
        f"{name} {seconds / last.done_s:.2f} ({1000 * seconds / last.recipients:.0f} ms for each)"
        for name, seconds in last.cpu_s.items()
    )
    calculated = hundred_thousand.calculated(
        accepted_s=all_.accepted_s, memory_mb=all_.memory_mb, accepting=all_.accepting.total(),
        each=last.each, cpu_ms=1000 * last.cpu_s["the app"] / last.recipients,
    )  # fmt: skip
    return f"""
| recipients | accepted, s | by requests | done, s | a second | peak MB | s left at half: said, was |
|---|---|---|---|---|---|---|
{"".join(times)}
| recipients | {" | ".join(KINDS)} | for each recipient |
|---|---|---|---|---|---|
{"".join(requests)}
Cores in use at {last.recipients:,}: {shares}.
Of {last.callbacks.total():,} callbacks {last.callbacks.total() - last.callbacks["204"]:,} got no answer in time.

{calculated}
"""


def _half(run: Run) -> str:
    estimate_s, was_s = run.half
    return f"{estimate_s}, {was_s:.0f}" if estimate_s else "-"


def compared(runs: list[Run], before: list[Run], commit: str) -> str:
    """Return what this app costs beside the one at a commit, each at the largest size that both were sent."""
    most = max(run.recipients for run in before)
    now, then = ([run for run in side if run.recipients == most] for side in (runs, before))
    rows = (
        ("people a second", pace(now), pace(then), ".0f"),
        ("storage requests for each", fmean(run.each for run in now), fmean(run.each for run in then), ".1f"),
        ("the app's ms of processor for each", _cpu_ms(now), _cpu_ms(then), ".1f"),
        ("peak MB", max(run.memory_mb for run in now), max(run.memory_mb for run in then), ".0f"),
    )
    table = "".join(f"| {name} | {one:{how}} | {other:{how}} | {one / other:.2f} |\n" for name, one, other, how in rows)
    last, at_most = runs[-1], max(run.memory_mb for run in now)
    growth = f"Memory at {last.recipients:,} recipients over that at {most:,}: {last.memory_mb / at_most:.2f}.\n"
    return f"""
**Against commit {commit}**, at {most:,} recipients, in turn, {len(now)} runs each:

| | now | before | ratio |
|---|---|---|---|
{table}
{growth}
"""


def _cpu_ms(runs: list[Run]) -> float:
    return 1000 * sum(run.cpu_s["the app"] for run in runs) / sum(run.recipients for run in runs)


def chart(runs: list[Run], before: list[Run]) -> str:
    """Draw how requests, time and memory grow, now and before."""
    return drawn(
        "One text to many, on two shared cores",
        "recipients",
        [
            *_series("", runs),
            *_series(", before", before),
            Series("peak memory, MB", _points(runs, lambda run: run.memory_mb)),
        ],
    )


def _series(suffix: str, runs: list[Run]) -> list[Series]:
    if not runs:
        return []
    return [
        Series(f"storage requests{suffix}", _points(runs, lambda run: run.requests.total())),
        Series(f"seconds until sent{suffix}", _points(runs, lambda run: run.done_s)),
    ]


def _points(runs: list[Run], value: Callable[[Run], float]) -> list[tuple[float, float]]:
    """Return the mean at each size."""
    sizes = sorted({run.recipients for run in runs})
    return [(size, fmean(value(run) for run in runs if run.recipients == size)) for size in sizes]


if __name__ == "__main__":
    main()
