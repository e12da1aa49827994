"""How long a caller waits for a cold app, and how many webhooks a warm one answers.

    .ahoy/venv/bin/python -m bench.start [--runs 20] [--requests 2000] [--before COMMIT] [--json] [--write]

Compared, in turn and each in a fresh process that has the worker library loaded: this app as `dev.py package` makes it,
the same without the bytecode in it (which Azure could not keep either: it mounts the package read-only), an app of one
function, and an app written the usual way (clients made when the module is loaded). "libraries" is what the first text
or call that the line makes loads beside. `--before` adds this app as it was at another commit, packaged the same way.
On Linux the packages are those of the package.
"""

import argparse
import asyncio
import base64
import hmac
import io
import json
import logging
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from local.host.protocol import Function, Request

ROOT = Path(__file__).parent.parent
COLD_AT_MOST, WARM_AT_LEAST = 0.17, 0.75  # the goals: of the usual app's time; of the one-function app's answers
NAMES = {"ahoy": "this one", "hello": "one function", "usual": "the usual way"}
APPS = {"hello": ROOT / "bench/apps/hello", "usual": ROOT / "bench/apps/usual"}
LIBRARIES = ("phonenumbers", "azure.identity", "azure.data.tables", "azure.storage.queue", "twilio.rest.api.v2010")
PACKAGES = """
import sys
from pathlib import Path
from local import package
package.write(*map(Path, sys.argv[1:]))
"""
URL = "https://ahoy.example.com/api/voice"
TOKEN = "0123456789abcdef0123456789abcdef"  # noqa: S105 -- signs nothing but these requests
CALL = {
    "CallSid": "CA0123456789abcdef0123456789abcdef", "AccountSid": "AC0123456789abcdef0123456789abcdef",
    "From": "+12025550122", "To": "+12025550100", "Caller": "+12025550122", "Called": "+12025550100",
    "CallStatus": "ringing", "Direction": "inbound", "ApiVersion": "2010-04-01", "FromCity": "WASHINGTON",
    "FromState": "DC", "FromZip": "", "FromCountry": "US", "ToCity": "", "ToState": "DC", "ToZip": "",
    "ToCountry": "US",
}  # fmt: skip
ENVIRON = {
    "TWILIO_ACCOUNT_SID": "AC0123456789abcdef0123456789abcdef",
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_PHONE_NUMBER": "+12025550100",
    "PUBLIC_BASE_URL": "https://ahoy.example.com",
    "AzureWebJobsStorage": "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:1/a;",
}


def main() -> None:
    """Measure and print the figures and their ratios."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--runs", type=int, default=20, help="fresh processes for each app (default: %(default)s)")
    arguments.add_argument("--requests", type=int, default=2000, help="warm webhooks a run (default: %(default)s)")
    arguments.add_argument("--before", metavar="COMMIT", help="measure this app as it was at a commit, too")
    arguments.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments.add_argument("--write", action="store_true", help="rewrite the figures in docs/performance.md")
    arguments.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.measure:
        print(json.dumps(asyncio.run(measured(given.measure, given.requests))))
        return
    figures = compared(given.runs, given.requests, given.before)
    print(json.dumps(figures | {"goals": goals(figures)}) if given.json else described(figures))
    if given.write:
        from bench import page  # a process that is measured has this file alone

        page.write("bench.start", table(figures) + listed(figures))


def table(figures: dict[str, dict[str, float]]) -> str:
    """Return the figures of the apps as the page shows them."""
    lines = ["", "| app | index | first answer | cold | warm, a second |", "|---|---|---|---|---|"]
    lines += [
        f"| {NAMES[name]} | {row['index_ms']:.0f} ms | {row['first_ms']:.1f} ms | {row['cold_ms']:.0f} ms"
        f" | {row['per_second']:,.0f} |"
        for name, row in figures.items()
        if name in NAMES
    ]
    return "\n".join([*lines, ""])


def listed(figures: dict[str, dict[str, float]]) -> str:
    """Return whether each goal is reached as the page shows it."""
    return "\n" + "".join(f"- {line}\n" for line in reached(figures)) + "\n"


def compared(runs: int, requests: int, before: str | None = None) -> dict[str, dict[str, float]]:
    """Return the medians of each app over `runs` rounds, all apps in each round, `before` (a commit) among them."""
    with tempfile.TemporaryDirectory() as bytecode, tempfile.TemporaryDirectory() as folder:
        apps = {"ahoy": packaged(ROOT, Path(folder)), "bare": _without_bytecode(Path(folder))} | APPS
        if before:
            (Path(folder) / "then").mkdir()
            apps["before"] = packaged(checked_out(before, Path(folder) / "then"), Path(folder) / "then")
        rows: dict[str, list[dict[str, float]]] = {name: [] for name in apps}
        left = {"PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"}
        environ = {name: value for name, value in os.environ.items() if name not in left} | ENVIRON
        own = {"ahoy": {}, "bare": {"PYTHONDONTWRITEBYTECODE": "1"}}
        environs = {name: environ | own.get(name, {"PYTHONPYCACHEPREFIX": bytecode}) for name in apps}
        for name in apps:
            _run(name, 1, environs[name], apps[name])  # leaves the bytecode, and what the disk has read
        for number in range(runs):
            for name in apps:
                rows[name].append(_run(name, requests, environs[name], apps[name]))
            if sys.stderr.isatty():
                print(f"\rround {number + 1} of {runs}", end="", file=sys.stderr, flush=True)
    return {
        name: {figure: statistics.median(row[figure] for row in measured_) for figure in measured_[0]}
        for name, measured_ in rows.items()
    }


def checked_out(commit: str, folder: Path) -> Path:
    """Return the files of a commit, in the folder."""
    command = ["git", "archive", "--format=zip", commit]
    archive = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        files.extractall(folder / "source")
    return folder / "source"


def packaged(source: Path, folder: Path) -> Path:
    """Return the app of a source as it is deployed, packaged by its own code, unpacked in the folder."""
    from local import package, wheels

    packages = wheels.bring(ROOT / "requirements.txt", package.MOUNTED_AT)
    command = [sys.executable, "-c", PACKAGES, *map(str, (source, folder / "ahoy.zip", packages))]
    subprocess.run(command, cwd=source, check=True)
    with zipfile.ZipFile(folder / "ahoy.zip") as made:
        made.extractall(folder / "app")
    return folder / "app"


def _without_bytecode(folder: Path) -> Path:
    """Return a copy of the packaged app in the folder, less all that is compiled."""
    return Path(shutil.copytree(folder / "app", folder / "bare", ignore=shutil.ignore_patterns("__pycache__")))


def _run(name: str, requests: int, environ: dict[str, str], folder: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--measure", str(folder), "--requests", str(requests)]
    done = subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def described(figures: dict[str, dict[str, float]]) -> str:
    """Return the figures as a person reads them."""
    lines = [f"{'':8}{'index':>10}{'first answer':>14}{'cold':>10}{'warm':>12}{'libraries':>13}"]
    lines += [
        f"{name:8}{row['index_ms']:>7.0f} ms{row['first_ms']:>11.1f} ms{row['cold_ms']:>7.0f} ms"
        f"{row['per_second']:>10.0f}/s{row['libraries_ms']:>10.0f} ms"
        for name, row in figures.items()
    ]
    if "before" in figures:
        ratio = figures["before"]["cold_ms"] / figures["usual"]["cold_ms"]
        lines.append(f"cold start of the commit before against the usual app: {ratio:.2f}")
    slower = {figure: figures["bare"][figure] / value for figure, value in figures["ahoy"].items()}
    return "\n".join([
        *lines,
        f"without its bytecode a cold start takes {slower['cold_ms']:.1f} times as long",
        f"and loading the libraries {slower['libraries_ms']:.1f} times as long",
        *reached(figures),
    ])  # fmt: skip


def reached(figures: dict[str, dict[str, float]]) -> list[str]:
    """Return of each goal a line that says whether it is reached."""
    return [
        f"{what}: {found['is']:.2f} ({found['goal']}, {'reached' if found['holds'] else 'missed'})"
        for what, found in goals(figures).items()
    ]


def goals(figures: dict[str, dict[str, float]]) -> dict[str, dict[str, Any]]:
    """Return by what is wanted how much it is, how much it should be, and whether that holds."""
    cold = figures["ahoy"]["cold_ms"] / figures["usual"]["cold_ms"]
    found = {"cold start against the usual app": goal(cold, COLD_AT_MOST, is_most=True)}
    if "per_second" in figures["ahoy"]:
        warm = figures["ahoy"]["per_second"] / figures["hello"]["per_second"]
        found["warm webhooks a second against the one-function app"] = goal(warm, WARM_AT_LEAST, is_most=False)
    return found


def goal(ratio: float, wanted: float, *, is_most: bool) -> dict[str, Any]:
    """Return a ratio with what was wanted of it, at most or at least, and whether that holds."""
    holds = ratio <= wanted if is_most else ratio >= wanted
    return {"is": ratio, "goal": f"goal: at {'most' if is_most else 'least'} {wanted:.2f}", "holds": holds}


async def measured(folder: Path, requests: int) -> dict[str, float]:
    """Return the times of one app in this process: index it, answer one signed webhook, then many."""
    sys.path.append(str(ROOT))  # for `local`; an app's own modules come first
    from local.host import worker
    from local.wheels import LIES_IN

    if sys.platform == "linux" and (folder / LIES_IN).is_dir():
        sys.path.insert(0, str(folder / LIES_IN))  # as the worker in Azure does
    logging.disable(logging.INFO)  # the library's line about what it indexed is no part of the app
    worker.start()
    given = webhook()
    began = time.perf_counter()
    functions = {function.name: function for function in worker.load(folder)}
    indexed = time.perf_counter()
    await _answered(worker, functions["voice"], given)
    answered = time.perf_counter()
    for _ in range(requests):
        await _answered(worker, functions["voice"], given)
    done = time.perf_counter()
    for library in LIBRARIES:
        import_module(library)
    loaded = time.perf_counter()
    return {
        "index_ms": (indexed - began) * 1000,
        "first_ms": (answered - indexed) * 1000,
        "cold_ms": (answered - began) * 1000,
        "per_second": requests / (done - answered),
        "libraries_ms": (loaded - done) * 1000,
    }


def webhook() -> "Request":
    """Return the signed request that a call begins with."""
    from local.host import protocol

    body = urlencode(CALL).encode()
    signed = URL + "".join(name + CALL[name] for name in sorted(CALL))
    signature = base64.b64encode(hmac.digest(TOKEN.encode(), signed.encode(), "sha1")).decode()
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": str(len(body)),
        "x-twilio-signature": signature,
    }
    return protocol.Request("POST", URL, headers, {}, {}, body)


async def _answered(worker: ModuleType, function: "Function", given: "Request") -> None:
    from local.host import protocol

    name = function.trigger["name"]
    outcome = await worker.call(protocol.Invocation("1", function.id, function.name, name, "http", given, {}))
    answer = outcome.returned
    if outcome.error or answer.status != 200 or b"<Response>" not in answer.body:
        sys.exit(f"{function.name} answered {outcome}")


if __name__ == "__main__":
    main()
