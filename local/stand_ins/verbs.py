"""Verb by verb and attribute by attribute: Twilio's from its library's builders, what is executed from the engine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from local.paths import ROOT
from local.stand_ins.reading import ANY, Code
from local.twilio import library, server  # it brings the modules of all verbs
from local.twilio.engine import replies
from local.twilio.engine.others import accept
from local.twilio.engine.run import VERBS
from local.twilio.library import Element

TITLE = "TwiML: verb by verb, attribute by attribute"
TWILIO = ROOT / "local" / "twilio"
HEAD = """\
Elements and attributes are those that Twilio's own library can build. **Executed**: the local Twilio acts on it.
**Noted**: it changes nothing of the call, though perhaps how a `Say` sounds; it stands with its document in the call's
transcript (`GET /_local/calls/{sid}/transcript` of the local Twilio). **Refused**: it becomes an entry of the owner's
log, as each element, attribute and value does that Twilio does not know: [below](#what-is-not-taken).
"""
TABLE = """\
| element | executed | noted | refused |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Row:
    """An element by its path, and what becomes of it and of each of its attributes."""

    path: tuple[str, ...]
    itself: str
    executed: tuple[str, ...]
    noted: tuple[str, ...]

    def __str__(self) -> str:
        """Return its row in the table."""
        of_verb = "the element" if self.executed or self.noted else "yes"
        cells = {"executed": list(self.executed), "noted": list(self.noted), "refused": list[str]()}
        cells[self.itself].insert(0, of_verb)
        return f"| `{' '.join(self.path)}` | {' | '.join(', '.join(names) for names in cells.values())} |"


def text() -> str:
    """Return the section."""
    voice, answers = "\n".join(map(str, rows())), "\n".join(map(str, rows_of_messages()))
    return f"{HEAD}\n### Calls\n\n{TABLE}{voice}\n\n### Answers to a text\n\n{TABLE}{answers}\n"


def rows() -> Iterator[Row]:
    """Yield each element of voice documents; a verb that stands in another is as it is by itself."""
    for path in library.every(library.VOICE):
        if len(path) == 1 or VERBS.get(path[-1]) in {None, accept}:
            yield _row(path, library.at(library.VOICE, path))


def rows_of_messages() -> Iterator[Row]:
    """Yield each element of answers to a text."""
    follow = f"{replies.__name__}.follow"
    for path in library.every(library.MESSAGES):
        attributes = library.at(library.MESSAGES, path).attributes
        executed = attributes & _reads(follow, "element", path[1:])
        yield Row(path, "executed", tuple(sorted(executed)), tuple(sorted(attributes - executed)))


def _row(path: tuple[str, ...], element: Element) -> Row:
    verb = VERBS.get(path[0])
    if not verb:
        return Row(path, "refused", (), ())
    read = reads(verb, path[1:])
    executed = element.attributes & read
    itself = "executed" if (read if path[1:] else verb is not accept) else _otherwise(path)
    return Row(path, itself, tuple(sorted(executed)), tuple(sorted(element.attributes - executed)))


def _otherwise(path: tuple[str, ...]) -> str:
    """Return what becomes of an element that is not executed: Dial refuses nouns that it does not know."""
    return "refused" if path[:-1] == ("Dial",) else "noted"


def reads(verb: Callable[..., Any], path: tuple[str, ...]) -> set[str]:
    """Return what a verb's function reads of the elements at a path below it; () is the verb itself."""
    function = f"{verb.__module__}.{verb.__qualname__}"
    return _reads(function, engine().functions[function].parameters[1], path)


def _reads(function: str, parameter: str, path: tuple[str, ...]) -> set[str]:
    if path and path[-1] not in engine().texts:
        return set()
    found = engine().reads(function, parameter)
    return set().union(*(names for at, names in found.items() if _fits(at, path)))


def _fits(at: tuple[str, ...], path: tuple[str, ...]) -> bool:
    return len(at) == len(path) and all(part in {ANY, name} for part, name in zip(at, path, strict=True))


@cache
def engine() -> Code:
    """Return the code that plays documents."""
    assert server  # noqa: S101 -- imported for the verbs that it brings
    engine = {f"local.twilio.engine.{path.stem}": path for path in sorted((TWILIO / "engine").glob("[a-z]*.py"))}
    return Code(engine | {"local.twilio.twiml": TWILIO / "twiml.py"})
