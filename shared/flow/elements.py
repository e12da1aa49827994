"""Verbs and nouns of the twilio library as the file writes them: a bare value or a map of attributes and parts."""

from shared.flow import twiml_spec
from shared.flow.document import Mapping, Node, Sequence, Text
from shared.flow.grammar import (
    ATTRIBUTES,
    METHOD_OF,
    NEEDED,
    OF_ELEMENT,
    OURS,
    RENAMED,
    SAID_OTHERWISE,
    SAY_CHARACTERS,
    SHORT,
    Free,
    Kind,
)
from shared.flow.model import Element, SceneUrl, Template, Value
from shared.flow.values import Reading


def element(path: tuple[str, ...], node: Node, reading: Reading, ours: dict[str, Kind] | None = None) -> Element:
    """Read the verb or noun at `path` (`("dial", "number")`) from `node`, with its attributes and what it nests.

    Words in `ours` are for the caller to read. Mistakes go to `reading`; None when there are any that stop its use.
    """
    spec, name = twiml_spec.spec(*path), path[-1]
    built = twiml_spec.spec(*path[:-1]).nested[name]
    attributes: dict[str, Value] = {}
    parts: list[Element | Template] = []
    pairs = _pairs(node, name, spec, reading)
    for key, value in pairs:
        word = RENAMED.get(name, {}).get(key.value, key.value)
        if key.value in (ours or {}):
            continue
        if key.value == "then" and "action" in spec.attributes:
            attributes["action"] = SceneUrl(reading.scene(value, '"then"'))
        elif key.value == "parts" and spec.nested:
            parts += parts_of(path, value, reading)
        elif _said_otherwise(name, key.value) or word not in {*spec.attributes, *spec.nested}:
            _unknown(key, name, spec, ours or {}, reading)
        elif _is_nested(name, word, spec, pairs):
            items = value.items if isinstance(value, Sequence) else [value]
            parts += [element((*path, word), item, reading) for item in items]
        elif (read := reading.value(_kind(name, key.value), value, f'"{key.value}"')) is not None:
            attributes[spec.attributes[word]] = read
    _look_at_methods(name, attributes, pairs, reading)
    _complete(node, name, spec, {key.value for key, _ in pairs}, reading)
    return Element(built, attributes, tuple(parts), spec.tag, spec.content)


def _look_at_methods(name: str, attributes: dict[str, Value], pairs: list[tuple[Text, Node]], reading: Reading) -> None:
    """Note that a scene is asked for by GET: the line answers POST, whose parameters are signed."""
    for key, value in pairs:
        asked = [attributes.get(word) for word in METHOD_OF.get(key.value, ())]
        is_ours = any(isinstance(address, SceneUrl) for address in asked) or (name in OURS and key.value == "method")
        if is_ours and isinstance(value, Text) and value.value == "GET":
            reading.wrong(value, f'"{key.value}" is "GET"', "a scene is asked for by POST")


def _is_nested(name: str, word: str, spec: twiml_spec.Spec, pairs: list[tuple[Text, Node]]) -> bool:
    """Whether a word is an element; some are attributes as well, which will do when nothing else is nested."""
    if word not in spec.attributes or name == "dial":
        return word in spec.nested
    return word in spec.nested and sum(key.value in spec.nested for key, _ in pairs) > 1


def _complete(node: Node, name: str, spec: twiml_spec.Spec, written: set[str], reading: Reading) -> None:
    short = _short(name, spec)
    if {short, "parts"} <= written:
        reading.wrong(node, f'"{name}" has "{short}" and "parts"', "write all of it in parts")
    needed = NEEDED.get(name) or ((_ours(name, spec.required),) if spec.required else ())
    if needed and not written & {*needed, "parts", *spec.nested}:
        reading.wrong(node, f'"{name}" has no "{needed[0]}"', f"expected {name}: {{{needed[0]}: ...}}")


def _pairs(node: Node, name: str, spec: twiml_spec.Spec, reading: Reading) -> list[tuple[Text, Node]]:
    """Return the pairs of an element's map; a bare value stands for the element's short attribute."""
    if isinstance(node, Mapping):
        return node.pairs
    if isinstance(node, Text) and node.is_none:
        return []
    short = _short(name, spec)
    if short and (isinstance(node, Text) or short in {"number", "prompt"}):
        return [(Text(node.line, node.column, short), node)]
    wanted = sorted({*spec.attributes, *spec.nested} - {"action"})
    reading.wrong(node, f'the value of "{name}" is not a map', f"expected {', '.join(wanted[:8]) or 'no value'}")
    return []


def _short(name: str, spec: twiml_spec.Spec) -> str:
    """Return the word that a bare value stands for, empty when there is none."""
    return SHORT.get(name) or (_ours(name, spec.short) if spec.short else "")


def _ours(name: str, word: str) -> str:
    return next((ours for ours, theirs in RENAMED.get(name, {}).items() if theirs == word), word)


def _said_otherwise(name: str, word: str) -> str:
    """Return how a word of the library is written here."""
    ours = _ours(name, word)
    return (
        SAID_OTHERWISE.get((name, word)) or SAID_OTHERWISE.get(("", word)) or (f"write {ours}" if ours != word else "")
    )


def _kind(name: str, word: str) -> Kind:
    return OF_ELEMENT.get((name, word)) or ATTRIBUTES.get(word) or Free()


def _unknown(key: Text, name: str, spec: twiml_spec.Spec, ours: dict[str, Kind], reading: Reading) -> None:
    if hint := _said_otherwise(name, key.value):
        word = _ours(name, key.value)
        mend = word if word != key.value else ""
        reading.wrong(key, f'"{key.value}" is not written in "{name}"', hint, mend)
        return
    words = {*(_ours(name, word) for word in spec.attributes), *spec.nested, *ours}
    known = {word for word in words if not _said_otherwise(name, word)}
    reading.unknown(key, f'attribute of "{name}":', known | ({"then"} if "action" in spec.attributes else set()))


def parts_of(path: tuple[str, ...], node: Node, reading: Reading) -> list[Element | Template]:
    """Return what stands in the element at `path`: texts and nested elements, in the order in which `node` has them.

    Mistakes go to `reading`.
    """
    spec = twiml_spec.spec(*path)
    parts: list[Element | Template] = []
    for item in node.items if isinstance(node, Sequence) else [node]:
        if isinstance(item, Text) and not item.is_none:
            parts.append(reading.filled(item, "the text", SAY_CHARACTERS))
        elif isinstance(item, Mapping) and len(item.pairs) == 1:
            key, value = item.pairs[0]
            if key.value in spec.nested:
                parts.append(element((*path, key.value), value, reading))
            else:
                reading.unknown(key, f'part of "{path[-1]}":', spec.nested)
        else:
            reading.wrong(item, f'this is no part of "{path[-1]}"', "expected a text or one element with its value")
    return parts


def words_of(
    node: Node, name: str, known: dict[str, Kind], reading: Reading, *, is_whole: bool = False
) -> dict[str, Node]:
    """Return the words of ours in `node`, the map of the element `name`; `known` gives each word's kind of value.

    With `is_whole` there may be no others. Mistakes go to `reading`.
    """
    if not isinstance(node, Mapping):
        if is_whole:
            reading.wrong(node, f'the value of "{name}" is not a map', f"expected {', '.join(known)}")
        elif isinstance(node, (Text, Sequence)) and SHORT.get(name) in known:
            return {SHORT[name]: node}
        return {}
    if is_whole:
        for key, _ in node.pairs:
            if key.value not in known:
                reading.unknown(key, f'attribute of "{name}":', known)
    return {key.value: value for key, value in node.pairs if key.value in known}


def scene_of(read: dict[str, Node], word: str, reading: Reading) -> str:
    """Return the scene that `word` names among those that were `read`, empty when it is not written.

    A name that no scene has goes to `reading` as a mistake.
    """
    return reading.scene(read[word], f'"{word}"') if word in read else ""
