"""A stranger: a machine, a person's surroundings, and what they do; and how it went."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from machine import Machine


@dataclass(slots=True)
class Result:
    """How it went; what a number is None for was not tried."""

    start_s: float | None = None
    again_s: float | None = None
    test_s: float | None = None
    megabytes: float | None = None
    elsewhere: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # promises that were not kept, and yet the story went on


@dataclass(frozen=True, slots=True)
class Stranger:
    """A machine and its person. `again` is what has changed in the surroundings when they start a second time."""

    name: str
    what: str
    base: str = "debian-13"
    story: Callable[["Stranger", Machine, Result], None] | None = None
    folder: str = "ahoy-main"  # what GitHub's zip unpacks to
    is_root: bool = True
    has_terminal: bool = True
    umask: int = 0o022
    open_files: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    again: dict[str, str] = field(default_factory=dict)
    is_unplugged: bool = False
    is_started: bool = True
    is_tested: bool = False

    def machine(self, folder: Path, logs: Path) -> Machine:
        """Return the machine, still to appear."""
        return Machine(
            folder, logs, f"/srv/{self.folder}", is_root=self.is_root, has_terminal=self.has_terminal,
            umask=self.umask, open_files=self.open_files, environ=dict(self.environ),
        )  # fmt: skip
