"""On which systems a line finds wheels of all that is pinned: asked of the package index, for each system in turn.

Nothing is installed. What has no wheel would have to be compiled, and a newcomer has no compiler.
"""

import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from local.bootstrap import environment, node, quiet, uv


@dataclass(frozen=True, slots=True)
class System:
    """A system and a processor, with the names that uv has for them: for wheels, and for the Python that it brings."""

    name: str
    processor: str
    platform: str
    python: str


SYSTEMS = (
    System("Linux, glibc 2.28 on", "x86-64", "x86_64-unknown-linux-gnu", "linux-x86_64-gnu"),
    System("Linux, glibc 2.28 on", "ARM64", "aarch64-unknown-linux-gnu", "linux-aarch64-gnu"),
    System("Alpine (musl)", "x86-64", "x86_64-unknown-linux-musl", "linux-x86_64-musl"),
    System("Alpine (musl)", "ARM64", "aarch64-unknown-linux-musl", "linux-aarch64-musl"),
    System("macOS 13 on", "Apple silicon", "aarch64-apple-darwin", "macos-aarch64-none"),
    System("macOS 13 on", "Intel", "x86_64-apple-darwin", "macos-x86_64-none"),
    System("Windows 10 on", "x86-64", "x86_64-pc-windows-msvc", "windows-x86_64-none"),
    System("Windows 11", "ARM64", "aarch64-pc-windows-msvc", "windows-aarch64-none"),
)
START = (environment.LINE, node.LOCK, uv.LOCK)
TEST = (environment.TESTS,)


@dataclass(frozen=True, slots=True)
class Support:
    """What keeps the two commands from a system: names of what has no wheel; empty where all have one.

    `brings_python` tells whether uv has a Python 3.13 for it, for machines that have none.
    """

    system: System
    start: str
    test: str
    brings_python: bool


@cache
def look() -> tuple[Support, ...]:
    """Return what each system has, as the index said when first asked. Raises quiet.NotReady when it cannot be."""
    everywhere = ("--only-downloads", "--all-platforms", "--all-arches")
    pythons = uv.run("uv does not say what it can bring", "python", "list", "3.13", *everywhere)
    return tuple(_support(system, pythons) for system in SYSTEMS)


def table(found: Iterable[Support]) -> str:
    """Return it as a table in Markdown."""
    rows = ["| system | processor | `start` | `test` | Python 3.13 is brought |", "|---|---|---|---|---|"]
    for one in found:
        cells = [one.system.name, one.system.processor, _cell(one.start), _cell(one.start or one.test),
                 "yes" if one.brings_python else "no: install it"]  # fmt: skip
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _cell(missing: str) -> str:
    return f"no: {missing} has no wheel" if missing else "yes"


def _support(system: System, pythons: str) -> Support:
    is_brought = re.search(rf"^cpython-3\.13\.\d+-{re.escape(system.python)}\s", pythons, re.MULTILINE) is not None
    return Support(system, _missing(system, START), _missing(system, TEST), is_brought)


def _missing(system: System, locks: tuple[Path, ...]) -> str:
    """Return the name of the first pinned package without a wheel for the system, empty when all have one."""
    on = ("--python-platform", system.platform, "--python-version", "3.13", "--python", environment.interpreter())
    command = ("pip", "install", *uv.LOCKED, "--no-deps", "--dry-run", *on)
    with tempfile.TemporaryDirectory() as nowhere:
        for lock in locks:
            try:
                uv.run("wheels", *command, "--target", nowhere, "-r", lock)
            except quiet.NoWheel as e:
                return e.name
    return ""
