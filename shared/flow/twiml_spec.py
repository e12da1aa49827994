"""What the installed twilio library can build. A new release brings new nouns and attributes without new code here."""

import inspect
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
from twilio.twiml import TwiML
from twilio.twiml.voice_response import VoiceResponse

_OF_EVERY_ELEMENT = {name for name in vars(TwiML) if not name.startswith("_")}  # add_child, append, nest ...


class Spec(msgspec.Struct, frozen=True):
    """A verb or noun: its attributes and what it nests, by the names of the flow file and by those of the library.

    `tag` is its name in XML, and `content` the library's name of the attribute that stands between the tags.
    """

    tag: str
    attributes: dict[str, str]
    nested: dict[str, str]
    content: str = ""
    short: str = ""  # the attribute that a bare value stands for
    required: str = ""


@cache
def spec(*path: str) -> Spec:
    """Return the spec at a path of file names: `spec("dial", "number")`; the root's nested ones are the verbs."""
    element: TwiML = VoiceResponse()
    method: Callable[..., Any] | None = None
    for name in path:
        method = getattr(element, _builders(element)[name])
        element = _built(method)
    parameters = _parameters(method) if method else []
    first = parameters[0] if parameters else None
    filled = _built(method, **{parameter.name: parameter.name for parameter in parameters}) if method else element
    return Spec(
        tag=element.name,
        content=filled.value or "",
        attributes={public(parameter.name): parameter.name for parameter in parameters},
        nested=_builders(element),
        short=public(first.name) if first and _is_short(method, first, len(parameters)) else "",
        required=public(first.name) if first and first.default is inspect.Parameter.empty else "",
    )


def public(name: str) -> str:
    """Return the library's name as the file has it: snake_case, no underscore at the end."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().rstrip("_")


def _builders(element: TwiML) -> dict[str, str]:
    names = (name for name in dir(type(element)) if not name.startswith("_") and name not in _OF_EVERY_ELEMENT)
    return {public(name): name for name in names if inspect.isfunction(getattr(type(element), name))}


def _parameters(method: Callable[..., Any]) -> list[inspect.Parameter]:
    every = inspect.signature(method).parameters.values()
    return [parameter for parameter in every if parameter.kind is not inspect.Parameter.VAR_KEYWORD]


def _built(method: Callable[..., Any], /, **given: str) -> TwiML:
    needed = {p.name: "" for p in _parameters(method) if p.default is inspect.Parameter.empty}
    built = method(**needed | given)
    assert isinstance(built, TwiML)  # noqa: S101 -- what a builder of this library is for
    return built


def _is_short(method: Callable[..., Any] | None, first: inspect.Parameter, count: int) -> bool:
    """A bare value is the content of the element, or the one attribute that it has or needs."""
    assert method  # noqa: S101 -- parameters come from a method
    if first.default is inspect.Parameter.empty or count == 1:
        return True
    return bool(_built(method, **{first.name: "x"}).value == "x")
