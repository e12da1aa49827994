"""How long a caller waits for a cold app, measured from outside of its process.

    .ahoy/venv/bin/python -m bench.cold [--runs 20] [--before COMMIT] [--json] [--write]

Beside bench.start, which measures from inside and with the worker of the local host. Here the process has nothing of
ours in it: bench/driver.py asks Microsoft's library as its gRPC channel asks it, in a Python without site-packages,
with the packages of the deployed package, and their bytecode, for every app. The clock runs here, from the moment in
which the waiting worker is given its app until the first signed webhook is answered. The apps take turns, each in a
fresh process, the order reversed in every second round. So all that an app alone brings into the process counts, also
what the local host has loaded before in the other bench, such as msgspec. For Linux: the packages are those of Azure.
"""

import argparse
import compileall
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench import page, start
from local.wheels import LIES_IN

DRIVER = Path(__file__).with_name("driver.py")
WORKER = ("azure_functions_runtime", "azurefunctions")


def main() -> None:
    """Measure and print the figures and their ratio."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--runs", type=int, default=20, help="fresh processes for each app (default: %(default)s)")
    arguments.add_argument("--before", metavar="COMMIT", help="measure this app as it was at a commit, too")
    arguments.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments.add_argument("--write", action="store_true", help="rewrite the figures in docs/performance.md")
    given = arguments.parse_args()
    figures = compared(given.runs, given.before)
    print(json.dumps(figures | {"goals": start.goals(figures)}) if given.json else described(figures))
    if given.write:
        page.write("bench.cold", start.listed(figures))


def compared(runs: int, before: str | None = None) -> dict[str, dict[str, float]]:
    """Return the medians of each app over `runs` rounds, in ms; `before` is a commit to compare with."""
    with tempfile.TemporaryDirectory() as folder:
        apps = _laid(Path(folder), before)
        for _, app, path in apps:
            _run(app, path)  # what the disk has read
        rows: dict[str, list[dict[str, float]]] = {name: [] for name, _, _ in apps}
        for number in range(runs):
            for name, app, path in apps if number % 2 else reversed(apps):
                rows[name].append(_run(app, path))
            if sys.stderr.isatty():
                print(f"\rround {number + 1} of {runs}", end="", file=sys.stderr, flush=True)
    return {
        name: {figure: statistics.median(row[figure] for row in measured) for figure in measured[0]}
        for name, measured in rows.items()
    }


def _laid(folder: Path, before: str | None) -> list[tuple[str, Path, list[Path]]]:
    """Return the apps, each with the folders of its worker's path: the worker and the packages of the deployed app."""
    worker = folder / "worker"
    for package in WORKER:
        found = find_spec(package)
        assert found, package  # noqa: S101 -- pinned
        shutil.copytree(next(iter(found.submodule_search_locations or ())), worker / package)
    for name, source in start.APPS.items():
        shutil.copytree(source, folder / name)
        compileall.compile_dir(folder / name, quiet=1)
    compileall.compile_dir(worker, quiet=1)
    packages = start.packaged(start.ROOT, folder) / LIES_IN
    apps = [("ahoy", folder / "app"), *((name, folder / name) for name in start.APPS)]
    path = [worker, packages]
    laid = [(name, app, path) for name, app in apps]
    if before:
        (folder / "then").mkdir()
        then = start.packaged(start.checked_out(before, folder / "then"), folder / "then")
        laid.append(("before", then, [worker, then / LIES_IN]))
    return laid


def _run(app: Path, path: list[Path]) -> dict[str, float]:
    """Return the times of one fresh process: until it waits for an app, has loaded it, has answered its first call."""
    command = [sys.executable, "-I", "-S", str(DRIVER), *map(str, path)]
    began = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=start.ENVIRON, encoding="utf-8"
    ) as worker:
        _line(worker)
        waits = time.perf_counter()
        functions = _line(worker, {"app": str(app)})
        loaded = time.perf_counter()
        answer = _line(worker, {"function": functions["voice"], "request": _request()})
        answered = time.perf_counter()
        worker.communicate()
    if answer["status"] != 200 or "<Response>" not in str(answer["body"]):
        sys.exit(f"{app} answered {answer}")
    figures = {
        "worker_ms": waits - began,
        "load_ms": loaded - waits,
        "first_ms": answered - loaded,
        "cold_ms": answered - waits,
    }
    return {name: 1000 * seconds for name, seconds in figures.items()}


def _line(worker: "subprocess.Popen[str]", asked: dict[str, object] | None = None) -> dict[str, Any]:
    """Return what the worker says next, after it was asked for something."""
    assert worker.stdin and worker.stdout  # noqa: S101, PT018 -- both are pipes
    if asked:
        worker.stdin.write(json.dumps(asked) + "\n")
        worker.stdin.flush()
    said = worker.stdout.readline()
    if not said:
        sys.exit("the worker ended")
    answer: dict[str, Any] = json.loads(said)
    return answer


def _request() -> dict[str, object]:
    webhook = start.webhook()
    return {"method": webhook.method, "url": webhook.url, "headers": webhook.headers, "body": webhook.body.decode()}


def described(figures: dict[str, dict[str, float]]) -> str:
    """Return the figures as a person reads them, and whether the goal is reached."""
    lines = [f"{'':8}{'loaded':>10}{'first answer':>14}{'cold':>10}{'worker alone':>14}"]
    for name, row in figures.items():
        times = zip(("load_ms", "first_ms", "cold_ms", "worker_ms"), (7, 11, 7, 11), strict=True)
        lines.append(f"{name:8}" + "".join(f"{row[figure]:>{width}.1f} ms" for figure, width in times))
    if "before" in figures:
        ratio = figures["before"]["cold_ms"] / figures["usual"]["cold_ms"]
        lines.append(f"cold start of the commit before against the usual app: {ratio:.2f}")
    return "\n".join([*lines, *start.reached(figures)])


if __name__ == "__main__":
    main()
