"""What TwiML is made of, by the signatures of Twilio's own builders: elements, their attributes, what they hold."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twilio.twiml import TwiML
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

_OF_EVERY_ELEMENT = {name for name in vars(TwiML) if not name.startswith("_")}  # add_child, append, nest ...
_MARK = "given by nobody"


@dataclass(frozen=True, slots=True)
class Element:
    """An element as XML has it: its name, the names of its attributes, and the class that builds what it holds."""

    name: str
    attributes: frozenset[str]
    built_by: type[object]

    @property
    def nested(self) -> Mapping[str, "Element"]:
        """The elements that it may hold, by name."""
        return _nested(self.built_by)


_known: dict[type[object], dict[str, Element]] = {}
VOICE = Element("Response", frozenset(), VoiceResponse)
MESSAGES = Element("Response", frozenset(), MessagingResponse)


def every(root: Element) -> Iterator[tuple[str, ...]]:
    """Yield the path of each element below `root`, such as `("Dial", "Number")`.

    What an element holds is not opened again where it stands in one that holds it too: speech in a Gather, for one.
    """
    for name, verb in root.nested.items():
        yield (name,)
        yield from _below(verb, (name,), _held(root), set())


def _below(
    element: Element, path: tuple[str, ...], verbs: set[type[object]], held: set[type[object]]
) -> Iterator[tuple[str, ...]]:
    for name, nested in element.nested.items():
        if nested.built_by in held:
            continue
        yield (*path, name)
        if nested.built_by not in verbs:
            yield from _below(nested, (*path, name), verbs, held | _held(element))


def _held(element: Element) -> set[type[object]]:
    return {nested.built_by for nested in element.nested.values()}


def at(root: Element, path: tuple[str, ...]) -> Element:
    """Return the element at a path; raises KeyError."""
    for name in path:
        root = root.nested[name]
    return root


def _nested(kind: type[object]) -> dict[str, Element]:
    if kind in _known:
        return _known[kind]
    names = (name for name in dir(kind) if not name.startswith("_") and name not in _OF_EVERY_ELEMENT)
    methods = (method for name in names if inspect.isfunction(method := getattr(kind, name)))
    _known[kind] = {element.name: element for element in map(_element, methods)}
    return _known[kind]


def _element(method: Callable[..., Any]) -> Element:
    parameters = list(inspect.signature(method).parameters.values())[1:]
    named = [parameter.name for parameter in parameters if parameter.kind is not inspect.Parameter.VAR_KEYWORD]
    built = method(TwiML(), **dict.fromkeys(named, _MARK))
    return Element(built.name, frozenset(built.attrs), type(built))
