"""The log as Azure shows it: levels of host.json by category, and a mark on each line that would not arrive there.

The host drops what a worker logs outside of a running invocation: while the app is imported, and from work that goes on
after its invocation has ended. Source: azure-functions-host, GrpcWorkerChannel.Log. Categories have the level of the
longest name in `logLevel` that they begin with, whole segments or not; without one it is `default`'s. Source:
Microsoft.Extensions.Logging, LoggerRuleSelector.
"""

import contextlib
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from local.host.host_json import HostJson

LOST = " (lost in Azure)"
FORMAT = "%(asctime)s %(levelname)s %(name)s%(mark)s: %(message)s"
USER = "Function.{}.User"  # the category of what a function logs
# Loggers of the worker library and of the SDK; what they say goes another way. Source: azure-functions-python-worker
SYSTEM = ("azure_functions_runtime", "azure_functions_worker", "azure.functions")
HOST = ("Host.", "Function.")  # how categories of the host begin; what its server says is always written
LEVELS = {
    "trace": logging.NOTSET, "debug": logging.DEBUG, "information": logging.INFO, "warning": logging.WARNING,
    "error": logging.ERROR, "critical": logging.CRITICAL, "none": logging.CRITICAL + 1,
}  # fmt: skip

_at_work: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Levels:
    """From which level on the lines of a category are written."""

    by_prefix: Mapping[str, int]

    @classmethod
    def of(cls, host_json: HostJson) -> "Levels":
        """Read them; raises ValueError for a level of no such name."""
        return cls({name: _level(str(level)) for name, level in host_json.below("logging", "logLevel").items()})

    def of_category(self, category: str) -> int:
        """Return the lowest level that is written."""
        prefixes = [name for name in self.by_prefix if category.lower().startswith(name)]
        return self.by_prefix[max(prefixes, key=len)] if prefixes else self.by_prefix.get("default", logging.INFO)


def _level(name: str) -> int:
    if name.lower() not in LEVELS:
        raise ValueError(f'host.json: "{name}" is no log level; expected one of {", ".join(LEVELS)}')
    return LEVELS[name.lower()]


@contextlib.contextmanager
def running(invocation_id: str, name: str) -> Iterator[None]:
    """Let an invocation be at work while the block runs: what is logged with its id is not lost."""
    _at_work[invocation_id] = name
    try:
        yield
    finally:
        del _at_work[invocation_id]


def begin_worker(levels: Levels, current: Callable[[], str | None], instance: str = "") -> None:
    """Write what the app logs; `current` says in which invocation the code that calls it is."""

    def shown(record: logging.LogRecord) -> bool:
        mark = record.mark = f" [{instance}]" if instance else ""
        if record.name.startswith(SYSTEM):
            return record.levelno >= logging.WARNING
        function = _at_work.get(current() or "")
        if function is None:
            record.mark = mark + LOST
            return True
        return record.levelno >= levels.of_category(USER.format(function))

    _begin(shown)


def begin_host(levels: Levels) -> None:
    """Write what the host logs; its loggers are named as its categories are."""

    def shown(record: logging.LogRecord) -> bool:
        record.mark = ""
        return not record.name.startswith(HOST) or record.levelno >= levels.of_category(record.name)

    _begin(shown)
    logging.getLogger("azure").setLevel(logging.WARNING)


def _begin(shown: Callable[[logging.LogRecord], bool]) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(shown)
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
