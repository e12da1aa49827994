#!/usr/bin/env python3
"""Make strangers' machines and run the README's two commands in them.

A stranger's machine has the Python that its release comes with, and nothing else: no pip, no git, no Node, no compiler.
Root on a Debian or Ubuntu machine is needed. Each stranger lives in namespaces of its own (mounts, processes) over a
folder, and nothing of them stays but the logs. Exit code 1 when a promise was not kept; a machine that cannot be had
here is neither green nor red.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import bases
from bases import NotToBeHad
from people import Result, Stranger
from program import Failed, say, step
from stories import knows, lives
from strangers import STRANGERS

ROOT = Path(__file__).parents[2]
FOLDER = Path("/var/tmp/ahoy-strangers")  # noqa: S108 -- the system's place for what is large and survives a restart
TOOLS = ("unshare", "mount", "chroot", "setsid", "prlimit", "tar", "du")
WORKS, FAILS, NOT_HAD, NOT_ASKED = "works", "FAILS", "cannot be had here", "not asked"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments."""
    whole = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    whole.add_argument("names", nargs="*", metavar="NAME", help="which strangers (default: all; --list names them)")
    whole.add_argument("--list", action="store_true", help="list the strangers and end")
    whole.add_argument("--only", choices=("start", "test"), default="", help="one of the two commands")
    whole.add_argument("--keep", action="store_true", help="leave the machines there, for a look and a faster next run")
    whole.add_argument("--project", type=Path, default=ROOT, help="the clone whose HEAD they get (default: this one)")
    whole.add_argument("--folder", type=Path, default=FOLDER, help="where machines and logs are (default: %(default)s)")
    whole.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    return whole


def main() -> int:
    """Visit each stranger; return the exit code."""
    given = parser().parse_args()
    if given.inside:
        return inside(given)
    if given.list:
        for one in STRANGERS.values():
            say(f"{one.name:<16} {one.what}")
        return 0
    names = given.names or [name for name, one in STRANGERS.items() if given.only != "test" or one.is_tested]
    if unknown := [name for name in names if name not in STRANGERS]:
        sys.exit(f"There is no stranger named {', '.join(unknown)}; --list names all.")
    if os.geteuid():
        sys.exit("Only root can make machines: start this with sudo.")
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        sys.exit(f"This machine lacks {', '.join(missing)}, of util-linux and coreutils.")
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, interrupted)
    return visit([STRANGERS[name] for name in names], given)


def interrupted(_number: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does."""
    raise KeyboardInterrupt


def visit(strangers: list[Stranger], given: argparse.Namespace) -> int:
    """Visit them one after the other, show the table, clear up."""
    logs = given.folder / "logs" / time.strftime("%Y-%m-%d-%H%M%S")
    logs.mkdir(parents=True)
    rows = []
    try:
        archive = export(given.project, given.folder)
        for one in strangers:
            rows.append((one, meet(one, archive, logs / one.name, given)))  # noqa: PERF401 -- kept when interrupted
    except KeyboardInterrupt:
        say("\nInterrupted.")
    finally:
        if not given.keep:
            for name in ("machines", "bases", "project.tar"):
                bases.remove(given.folder / name)
    say(table(rows))
    say(f"\nLogs: {logs}")
    return 0 if len(rows) == len(strangers) and all(row["outcome"] != FAILS for _, row in rows) else 1


def export(project: Path, folder: Path) -> Path:
    """Return an archive of a clone's HEAD, as the forge's zip has it: no .git, nothing that is not committed."""
    archive = folder / "project.tar"
    command = ["git", "-C", str(project), "archive", "--format=tar", f"--output={archive}", "HEAD"]
    subprocess.run(command, check=True)
    head = subprocess.run(
        ["git", "-C", str(project), "log", "-1", "--format=%h %s"], capture_output=True, encoding="utf-8", check=True
    ).stdout.strip()
    say(f"The project: {head}")
    return archive


def meet(one: Stranger, archive: Path, logs: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Make a stranger's machine and live there in its namespaces; return the row of the table."""
    logs.mkdir()
    say(f"\n{one.name}: {one.what}")
    if given.only == "test" and not one.is_tested:
        return {"outcome": NOT_ASKED, "why": "it runs no tests"}
    machine = given.folder / "machines" / one.name
    bases.remove(machine)
    try:
        with step(f"the base {one.base}"):
            base = bases.make(bases.BASES[one.base], given.folder / "bases", logs / "debootstrap.log")
    except NotToBeHad as e:
        row: dict[str, Any] = {"outcome": NOT_HAD, "why": str(e)}
    else:
        machine.mkdir(parents=True)
        places = {"base": base, "archive": archive, "folder": machine, "logs": logs}
        order = {"name": one.name} | {name: str(place) for name, place in places.items()}
        row = in_namespaces(order, given.only)
        if not given.keep:
            bases.remove(machine)
    say(f"  {row['outcome']}{': ' + row['why'] if row.get('why') else ''}")
    return row


def in_namespaces(order: dict[str, str], only: str) -> dict[str, Any]:
    """Run this file again with mounts and processes of its own, which end with it; return what it wrote."""
    told, written = Path(order["folder"], "order.json"), Path(order["folder"], "result.json")
    told.write_text(json.dumps(order), encoding="utf-8")
    command = [
        "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
        sys.executable, __file__, "--inside", str(told), *(["--only", only] if only else []),
    ]  # fmt: skip
    child = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, encoding="utf-8")
    with ended(child):
        for line in child.stdout or ():
            say(line.rstrip("\n"))
    return json.loads(written.read_text("utf-8")) if written.exists() else {"outcome": FAILS, "why": "it died"}


@contextlib.contextmanager
def ended(child: "subprocess.Popen[str]") -> Iterator[None]:
    """End the namespaces' first process, and with it all others, however the block ends."""
    try:
        yield
    finally:
        if child.poll() is None:
            child.kill()
        if child.stdout:
            child.stdout.read()  # ends when the last of its processes has
        child.wait()


def inside(given: argparse.Namespace) -> int:
    """Live as a stranger; this is the first process of its namespace."""
    order = json.loads(given.inside.read_text("utf-8"))
    one = STRANGERS[order["name"]]
    one = dataclasses.replace(one, is_started=given.only != "test", is_tested=one.is_tested and given.only != "start")
    result = Result()
    machine = one.machine(Path(order["folder"]), Path(order["logs"]))
    row: dict[str, Any] = {"outcome": WORKS}
    try:
        with step("the machine"):
            machine.appear(Path(order["base"]), Path(order["archive"]))
        say(f"  {knows(machine)}")
        (one.story or lives)(one, machine, result)
    except NotToBeHad as e:
        row = {"outcome": NOT_HAD, "why": str(e)}
    except Failed as e:
        result.broken.append(str(e))
    if result.broken:
        row = {"outcome": FAILS, "why": "; ".join(result.broken)}
    machine.keep_logs()
    row |= dataclasses.asdict(result)
    Path(order["folder"], "result.json").write_text(json.dumps(row), encoding="utf-8")
    return 0


def table(rows: list[tuple[Stranger, dict[str, Any]]]) -> str:
    """Return the table of all: seconds until `start` runs, the second time, and of `test`; MB brought."""
    lines = [f"\n{'stranger':<16} {'outcome':<18} {'start s':>8} {'again s':>8} {'test s':>8} {'MB':>8}"]
    for one, row in rows:
        numbers = [row.get(name) for name in ("start_s", "again_s", "test_s", "megabytes")]
        cells = [f"{'-' if number is None else format(number, '.0f'):>8}" for number in numbers]
        lines.append(" ".join([f"{one.name:<16} {row['outcome']:<18}", *cells]))
        lines += [f"  {note}" for note in (row.get("why"), *row.get("notes", [])) if note]
        lines += [f"  elsewhere: {place} {mb:.2f} MB" for place, mb in sorted((row.get("elsewhere") or {}).items())]
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
