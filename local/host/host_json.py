"""host.json, and the settings that win over it: `AzureFunctionsJobHost__extensions__queues__batchSize`.

The host knows no case in either, and Windows gives all names of settings in capitals.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

OVERRIDE = "azurefunctionsjobhost__"
# As on Flex Consumption without functionTimeout. Source: azure-functions-host, ScriptJobHostOptionsSetup
FUNCTION_TIMEOUT = "00:30:00"

_TIME_SPAN = re.compile(r"(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)")


class HostJson:
    """What the host of an app is told."""

    def __init__(self, document: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        self._told = dict(_flat(document))
        for name, text in environ.items():
            if name.lower().startswith(OVERRIDE):
                self._told[tuple(name.lower().removeprefix(OVERRIDE).split("__"))] = text

    @classmethod
    def read(cls, app: Path, environ: Mapping[str, str]) -> "HostJson":
        """Read the one of an app's folder; without one all is as the host has it."""
        file = app / "host.json"
        return cls(json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}, environ)

    def get(self, *path: str, default: Any = None) -> Any:
        """Return one value."""
        return self._told.get(tuple(name.lower() for name in path), default)

    def below(self, *path: str) -> dict[str, Any]:
        """Return all values below a section, by their names in small letters."""
        start = tuple(name.lower() for name in path)
        return {".".join(at[len(start) :]): value for at, value in self._told.items() if at[: len(start)] == start}

    @property
    def prefix(self) -> str:
        """The first segment of all routes."""
        return str(self.get("extensions", "http", "routePrefix", default="api"))

    @property
    def timeout_s(self) -> float | None:
        """How long an invocation may take; None: as long as it likes."""
        text = str(self.get("functionTimeout", default=FUNCTION_TIMEOUT))
        return None if text == "-1" else seconds(text)


def seconds(time_span: str) -> float:
    """Return the seconds of a time span: `00:05:00`, `1.00:00:00`, `00:00:01.5`. Raises ValueError."""
    if not (found := _TIME_SPAN.fullmatch(time_span)):
        raise ValueError(f'host.json: "{time_span}" is no time span such as 00:05:00')
    days, hours, minutes, rest = found.groups(default="0")
    return int(days) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(rest)


def _flat(document: Mapping[str, Any], at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in document.items():
        if isinstance(value, Mapping):
            yield from _flat(value, (*at, name.lower()))
        else:
            yield (*at, name.lower()), value
