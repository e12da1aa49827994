"""Verbs of an owner's own: functions in verbs.py beside the flow file, imported only when the file uses one."""

import inspect
import sys
import typing
from collections.abc import Callable, Iterator
from copy import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import msgspec

from shared.flow.document import Mapping, Node, Sequence, Text
from shared.flow.hints import suggestion
from shared.flow.model import Own
from shared.flow.scalars import flag
from shared.flow.values import Reading
from shared.flow.verb_api import FILE, MARK, Call, Message, Scene


class Verbs:
    """The verbs of one verbs.py by name; the file is imported when the first is asked for."""

    def __init__(self, *folders: Path) -> None:
        self._paths = [folder / FILE for folder in folders]
        self._functions: dict[str, Callable[..., Any]] | None = None
        self.failure = ""

    def __contains__(self, name: str) -> bool:
        return name in self._loaded()

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded())

    def __getitem__(self, name: str) -> Callable[..., Any]:
        return self._loaded()[name]

    def _loaded(self) -> dict[str, Callable[..., Any]]:
        if self._functions is None:
            path = next((path for path in self._paths if path.is_file()), None)
            self._functions = self._imported(path) if path else {}
        return self._functions

    def _imported(self, path: Path) -> dict[str, Callable[..., Any]]:
        try:
            spec = spec_from_file_location("ahoy_verbs", path)
            assert spec  # noqa: S101 -- a .py file has a loader
            assert spec.loader  # noqa: S101 -- as above
            module = module_from_spec(spec)
            sys.modules[spec.name] = module
            spec.loader.exec_module(module)
        except Exception as e:  # noqa: BLE001 -- whatever an owner's file does, the line starts
            self.failure = f"{path.name} cannot be imported: {type(e).__name__}: {e}"
            return {}
        return {name: value for name, value in vars(module).items() if getattr(value, MARK, False)}


def step(name: Text, value: Node, reading: Reading, verbs: Verbs, takes: type[Call | Message] = Call) -> Own | None:
    """Read an own verb with its arguments, converted to the types that the function declares.

    `name` and `value` are as the file has them, `verbs` the owner's functions, `takes` what the first argument must be
    (Call or Message). Mistakes go to `reading`.
    """
    function = verbs[name.value]
    try:
        hints = typing.get_type_hints(function)
        first, *parameters = inspect.signature(function).parameters.values()
    except (NameError, TypeError, ValueError) as e:
        reading.wrong(name, f'"{name.value}" cannot be used: {e}', "expected a function that takes a Call or a Message")
        return None
    if hints.get(first.name, takes) is not takes:
        reading.wrong(
            name,
            f'"{name.value}" takes a {getattr(hints[first.name], "__name__", hints[first.name])}',
            f"here it is given a {takes.__name__}",
        )
        return None
    known = {parameter.name: (hints.get(parameter.name, Any), parameter.default) for parameter in parameters}
    pairs = _pairs(name, value, list(known), reading)
    own = Own(name.value, function, _arguments(name, pairs, known, reading), _scenes(pairs, known, reading))
    return _with_defaults(own, name, {key.value for key, _ in pairs}, known, reading)


type _Known = dict[str, tuple[Any, Any]]  # parameter -> its type and what it is when nothing is written


def _arguments(name: Text, pairs: list[tuple[Text, Node]], known: _Known, reading: Reading) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for key, node in pairs:
        if key.value not in known:
            reading.wrong(key, f'"{name.value}" takes no "{key.value}"', suggestion(key.value, known))
            continue
        try:
            arguments[key.value] = _converted(node, known[key.value][0])
        except (ValueError, TypeError) as e:  # msgspec.ValidationError is a ValueError
            reading.wrong(node, f'"{key.value}" does not fit', str(e))
    return arguments


def _scenes(pairs: list[tuple[Text, Node]], known: _Known, reading: Reading) -> dict[str, tuple[str, ...]]:
    """Return the scenes that arguments name, by parameter or by the key of a map."""
    found: dict[str, tuple[str, ...]] = {}
    for key, node in pairs:
        for label, text in _named(key.value, node, known.get(key.value, (Any, None))[0]):
            found[label] = (*found.get(label, ()), reading.scene(text, f'"{label}"'))
    return found


def _named(label: str, node: Node, hint: Any) -> Iterator[tuple[str, Text]]:
    """Return the texts in an argument that its type says are scenes."""
    inner = typing.get_args(hint)
    match node:
        case Text() if not node.is_none and Scene in {hint, *inner}:
            yield label, node
        case Sequence(items=items):
            yield from (found for item in items for kind in inner for found in _named(label, item, kind))
        case Mapping(pairs=pairs):
            kinds = [kind for kind in (hint, *inner) if len(typing.get_args(kind)) > 1]  # of a dict: key and value
            for kind in kinds:
                value = typing.get_args(kind)[-1]
                yield from (found for key, item in pairs for found in _named(key.value, item, value))


def _with_defaults(own: Own, name: Text, written: set[str], known: _Known, reading: Reading) -> Own:
    """Return the verb with the scenes that parameters name when nothing is written for them."""
    scenes = dict(own.scenes)
    for parameter in known.keys() - written:
        hint, default = known[parameter]
        if default is inspect.Parameter.empty:
            reading.wrong(name, f'"{name.value}" needs "{parameter}"')
        elif isinstance(default, str) and Scene in {hint, *typing.get_args(hint)}:
            scenes[parameter] = (default,)
            if default not in reading.scenes:
                reading.wrong(name, f'"{name.value}" goes to "{default}" by itself; there is no such scene',
                              f"write {parameter}: SCENE")  # fmt: skip
    return replace(own, scenes=scenes)


def _pairs(name: Text, value: Node, known: list[str], reading: Reading) -> list[tuple[Text, Node]]:
    if isinstance(value, Mapping):
        return value.pairs
    if isinstance(value, Text) and value.is_none:
        return []
    if known:
        return [(Text(value.line, value.column, known[0]), value)]
    reading.wrong(value, f'"{name.value}" takes no value')
    return []


def _converted(node: Node, hint: Any) -> Any:
    if hint is bool and isinstance(node, Text):
        return flag(node.value)
    return msgspec.convert(_plain(node), hint, strict=False)


def _plain(node: Node) -> Any:
    match node:
        case Text():
            return None if node.is_none else node.value
        case Sequence(items=items):
            return [_plain(item) for item in items]
        case Mapping(pairs=pairs):
            return {key.value: _plain(value) for key, value in pairs}
