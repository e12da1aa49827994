"""Which function answers an address: templates as ASP.NET Core reads them, tried in the order of the functions' names.

The first that fits wins, however many parameters it has. Source: azure-functions-host, FunctionMetadataManager (order),
ScriptHost.ValidateFunction (what cannot be loaded), WebScriptHostHttpRoutesManager (methods).
"""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass

from local.host.protocol import Function

RESERVED = ("admin", "runtime")
WHOLE = r"[+-]?[0-9]+"
CONSTRAINTS = {
    "int": WHOLE, "long": WHOLE, "alpha": r"[A-Za-z]+", "guid": r"[0-9A-Fa-f-]{36}", "bool": "true|false",
}  # fmt: skip

log = logging.getLogger("Host.Startup")

_PARAMETER = re.compile(r"\{(\*{0,2})(\w+)(?::(\w+))?(\??)\}")


class Unroutable(Exception):
    """A function cannot be loaded because of its route; the message says why."""


@dataclass(frozen=True, slots=True)
class Route:
    """An HTTP function's address. Several functions may share one, with different methods; none means all methods."""

    template: str
    pattern: re.Pattern[str]
    methods: frozenset[str]
    level: str
    function: Function

    def conflicts_with(self, other: "Route") -> bool:
        """Whether both have the same template, and a method in common."""
        is_same = self.template.strip("/").lower() == other.template.strip("/").lower()
        return is_same and (not self.methods or not other.methods or bool(self.methods & other.methods))

    def parameters(self, method: str, path: str) -> dict[str, str] | None:
        """Return the parameters of an address that is its own, None for any other."""
        found = self.pattern.fullmatch(path)
        if not found or (self.methods and method not in self.methods):
            return None
        return {name: value for name, value in found.groupdict().items() if value}


def table(functions: Iterable[Function], prefix: str) -> list[Route]:
    """Return the routes of HTTP functions in the order in which they are tried; one in error is logged and has none."""
    routes: list[Route] = []
    for function in sorted(functions, key=lambda function: function.name.lower()):
        try:
            routes.append(_loaded(function, prefix, routes))
        except Unroutable as e:
            log.error("The '%s' function is in error: %s", function.name, e)  # noqa: TRY400 -- that is all
    return routes


def _loaded(function: Function, prefix: str, before: list[Route]) -> Route:
    route = _route(function, prefix)
    if route.template.strip("/").lower().startswith(RESERVED):
        raise Unroutable("The specified route conflicts with one or more built in routes.")
    for other in before:
        if route.conflicts_with(other):
            raise Unroutable(
                f"The route specified conflicts with the route defined by function '{other.function.name}'."
            )
    return route


def _route(function: Function, prefix: str) -> Route:
    template = function.trigger.get("route") or function.name
    segments = [segment for segment in f"{prefix}/{template}".split("/") if segment]
    return Route(
        template=template,
        pattern=re.compile("".join(_segment(segment) for segment in segments) + "/?", re.IGNORECASE),
        methods=frozenset(method.upper() for method in function.trigger.get("methods") or ()),
        level=str(function.trigger.get("authLevel") or "function").lower(),
        function=function,
    )


def _segment(segment: str) -> str:
    """Return the pattern of one segment: `text`, `{name}`, `{name?}`, `{name:constraint}`, `{*rest}`, `{a}.{b}`."""
    if whole := _PARAMETER.fullmatch(segment):
        rest, name, constraint, optional = whole.groups()
        pattern = f"/{_parameter(name, constraint, '.*' if rest else '[^/]+')}"
        return f"(?:{pattern})?" if optional or rest else pattern
    parts, end = ["/"], 0
    for found in _PARAMETER.finditer(segment):
        parts += [_literal(segment[end : found.start()]), _parameter(found[2], found[3], "[^/]+?")]
        end = found.end()
    return "".join([*parts, _literal(segment[end:])])


def _parameter(name: str, constraint: str | None, usual: str) -> str:
    if constraint and constraint not in CONSTRAINTS:
        raise Unroutable(f"The constraint '{constraint}' is not served here, only {', '.join(CONSTRAINTS)}.")
    return f"(?P<{name}>{CONSTRAINTS[constraint] if constraint else usual})"


def _literal(text: str) -> str:
    if "{" in text or "}" in text:
        raise Unroutable(f"The route has '{text}', which is not served here.")
    return re.escape(text)
