"""The steps of a scene: one-key maps `verb: value`, read into typed steps."""

import re
from collections.abc import Callable

from shared.flow import hours, library, own
from shared.flow.document import Mapping, Node, Sequence, Text
from shared.flow.fill import spoken
from shared.flow.model import Callers, Dial, Element, Gather, Hours, Record, SceneUrl, Step, Template, Value
from shared.flow.values import Reading, shown, suggestion
from shared.flow.words import (
    ATTRIBUTES,
    CALLERS,
    ENDING,
    HIDDEN,
    HOURS,
    NEEDED,
    OF_ELEMENT,
    OURS,
    RENAMED,
    SAID_OTHERWISE,
    SAY_CHARACTERS,
    Filled,
    Free,
    Kind,
)

ONE_KEY = "expected one verb with its value, such as - say: Hello"
_SHORT_HINT = {"dial": "number", "gather": "prompt"}


def scene(node: Node, reading: Reading, verbs: own.Verbs) -> tuple[Step, ...]:
    """Read the list of steps of a scene."""
    if not isinstance(node, Sequence):
        reading.wrong(node, "a scene is not a list of steps", "begin each step with a dash, such as - say: Hello")
        return ()
    steps: list[Step] = []
    ended_by = ""
    for item in node.items:
        if ended_by:
            reading.wrong(item, f'this step never runs, "{ended_by}" before it ends the scene')
            break
        pair = one_key(item, reading)
        if pair and (read := step(*pair, reading, verbs)):
            steps.append(read)
            ended_by = pair[0].value if pair[0].value in ENDING else ""
    return tuple(steps)


def one_key(node: Node, reading: Reading) -> tuple[Text, Node] | None:
    """Give the verb and the value of a step."""
    if isinstance(node, Text) and not node.is_none and not node.is_quoted and " " not in node.value:
        return node, Text(node.line, node.column, "")  # `- hangup` is as good as `- hangup:`
    if isinstance(node, Mapping) and len(node.pairs) == 1:
        return node.pairs[0]
    several = isinstance(node, Mapping) and len(node.pairs) > 1
    reading.wrong(node, "a step holds several verbs" if several else "this is no step", ONE_KEY)
    return None


def step(verb: Text, value: Node, reading: Reading, verbs: own.Verbs) -> Step | None:
    """Read one step."""
    if special := _SPECIAL.get(verb.value):
        return special(value, reading)
    if verb.value in library.spec().nested:
        return element((verb.value,), value, reading)
    if verb.value in verbs:
        return own.step(verb, value, reading, verbs)
    known = {*library.spec().nested, *_SPECIAL, *verbs}
    reading.unknown(verb, "verb", known)
    return None


def element(path: tuple[str, ...], node: Node, reading: Reading, ours: dict[str, Kind] | None = None) -> Element:
    """Read a verb or noun with its attributes and everything nested in it; words in `ours` are for the caller."""
    spec, name = library.spec(*path), path[-1]
    built = library.spec(*path[:-1]).nested[name]
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
            parts += _parts(path, value, reading)
        elif _said_otherwise(name, key.value) or word not in {*spec.attributes, *spec.nested}:
            _unknown(key, name, spec, ours or {}, reading)
        elif _is_nested(name, word, spec, pairs):
            items = value.items if isinstance(value, Sequence) else [value]
            parts += [element((*path, word), item, reading) for item in items]
        elif (read := reading.value(_kind(name, key.value), value, f'"{key.value}"')) is not None:
            attributes[spec.attributes[word]] = read
    _complete(node, name, spec, {key.value for key, _ in pairs}, reading)
    return Element(built, attributes, tuple(parts))


def _is_nested(name: str, word: str, spec: library.Spec, pairs: list[tuple[Text, Node]]) -> bool:
    """Whether a word is an element; some are attributes as well, which will do when nothing else is nested."""
    if word not in spec.attributes or name == "dial":
        return word in spec.nested
    return word in spec.nested and sum(key.value in spec.nested for key, _ in pairs) > 1


def _complete(node: Node, name: str, spec: library.Spec, written: set[str], reading: Reading) -> None:
    needed = NEEDED.get(name) or ((_ours(name, spec.required),) if spec.required else ())
    if needed and not written & {*needed, "parts", *spec.nested}:
        reading.wrong(node, f'"{name}" has no "{needed[0]}"', f"expected {name}: {{{needed[0]}: ...}}")


def _pairs(node: Node, name: str, spec: library.Spec, reading: Reading) -> list[tuple[Text, Node]]:
    """Give the pairs of an element's map; a bare value stands for the element's short attribute."""
    if isinstance(node, Mapping):
        return node.pairs
    if isinstance(node, Text) and node.is_none:
        return []
    short = _SHORT_HINT.get(name) or (_ours(name, spec.short) if spec.short else "")
    if short and (isinstance(node, Text) or short in {"number", "prompt"}):
        return [(Text(node.line, node.column, short), node)]
    wanted = sorted({*spec.attributes, *spec.nested} - {"action"})
    reading.wrong(node, f'the value of "{name}" is not a map', f"expected {', '.join(wanted[:8]) or 'no value'}")
    return []


def _ours(name: str, word: str) -> str:
    return next((ours for ours, theirs in RENAMED.get(name, {}).items() if theirs == word), word)


def _said_otherwise(name: str, word: str) -> str:
    """Give how a word of the library is written here."""
    ours = _ours(name, word)
    return (
        SAID_OTHERWISE.get((name, word)) or SAID_OTHERWISE.get(("", word)) or (f"write {ours}" if ours != word else "")
    )


def _kind(name: str, word: str) -> Kind:
    return OF_ELEMENT.get((name, word)) or ATTRIBUTES.get(word) or Free()


def _unknown(key: Text, name: str, spec: library.Spec, ours: dict[str, Kind], reading: Reading) -> None:
    if hint := _said_otherwise(name, key.value):
        reading.wrong(key, f'"{key.value}" is not written in "{name}"', hint)
        return
    words = {*(_ours(name, word) for word in spec.attributes), *spec.nested, *ours}
    known = {word for word in words if not _said_otherwise(name, word)}
    reading.unknown(key, f'attribute of "{name}":', known | ({"then"} if "action" in spec.attributes else set()))


def _parts(path: tuple[str, ...], node: Node, reading: Reading) -> list[Element | Template]:
    """Read texts and nested elements in the order in which they are written."""
    spec = library.spec(*path)
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


def _gather(node: Node, reading: Reading) -> Step:
    ours = {**OURS["gather"], "prompt": Filled(), "choices": Free()}
    read = _words(node, "gather", ours, reading)
    base = element(("gather",), node, reading, ours)
    prompt = tuple(_prompt(read["prompt"], reading)) if "prompt" in read else ()
    choices = _choices(read["choices"], reading) if "choices" in read else {}
    otherwise = _scene(read, "otherwise", reading)
    return Gather(
        element=Element(base.name, _asked(base.attributes, choices), (*base.parts, *prompt)),
        choices=choices,
        then=_scene(read, "then", reading),
        wrong=_scene(read, "wrong", reading) or otherwise,
        no_input=_scene(read, "no_input", reading) or otherwise,
        attempts=_whole(read, "attempts", reading),
    )


def _asked(attributes: dict[str, Value], choices: dict[str, str]) -> dict[str, Value]:
    """Add what the choices imply: keys or speech, how many keys, which words are likely."""
    keys = [choice for choice in choices if is_keys(choice)]
    words = [choice for choice in choices if not is_keys(choice)]
    implied: dict[str, Value] = {"action_on_empty_result": True}
    if words:
        implied |= {"input": "dtmf speech" if keys else "speech", "hints": ", ".join(words)}
    if keys and len({len(key) for key in keys}) == 1 and "finish_on_key" not in attributes:
        implied["num_digits"] = len(keys[0])
    return implied | attributes


def is_keys(choice: str) -> bool:
    """Whether a choice is pressed; others are spoken."""
    return all(character in "0123456789*#" for character in choice)


def _prompt(node: Node, reading: Reading) -> list[Element | Template]:
    if isinstance(node, Text):
        return [element(("gather", "say"), node, reading)]
    return _parts(("gather",), node, reading)


def _choices(node: Node, reading: Reading) -> dict[str, str]:
    mapping = reading.mapping(node, '"choices"', 'expected {"1": SCENE, "2": SCENE}')
    return {spoken(key.value): reading.scene(value, "a choice") for key, value in mapping.pairs} if mapping else {}


def _dial(node: Node, reading: Reading) -> Step:
    ours = OURS["dial"]
    read = _words(node, "dial", ours, reading)
    base = element(("dial",), node, reading, ours)
    if not base.parts:
        reading.wrong(node, '"dial" calls nobody', "expected number, client, sip, conference or queue")
    if whisper := _scene(read, "whisper", reading):
        base = Element(base.name, base.attributes, tuple(_whispered(part, whisper) for part in base.parts))
    unanswered = _scene(read, "unanswered", reading)
    then = _scene(read, "then", reading)
    busy, failed = (_scene(read, word, reading) or unanswered for word in ("busy", "failed"))
    outcomes = {"completed": then, "answered": then, "no-answer": unanswered, "canceled": unanswered,
                "busy": busy, "failed": failed}  # fmt: skip
    return Dial(element=base, outcomes={status: name for status, name in outcomes.items() if name})


def _whispered(part: Element | Template, whisper: str) -> Element | Template:
    if isinstance(part, Template) or part.name == "conference":
        return part
    return Element(part.name, {"url": SceneUrl(whisper)} | part.attributes, part.parts)


def _record(node: Node, reading: Reading) -> Step:
    read = _words(node, "record", OURS["record"], reading)
    base = element(("record",), node, reading, OURS["record"])
    return Record(element=base, then=_scene(read, "then", reading), no_input=_scene(read, "no_input", reading))


def _hours(node: Node, reading: Reading) -> Step | None:
    read = _words(node, "hours", HOURS, reading, is_whole=True)
    missing = [word for word in ("open", "timezone", "closed") if word not in read]
    if missing:
        reading.wrong(node, f'"hours" has no "{missing[0]}"', "expected open, timezone and closed")
        return None
    spans = [span for text in reading.texts(read["open"], '"open"') for span in _spans(text, reading)]
    days = (
        [_holiday(text, reading) for text in reading.texts(read["holidays"], "a holiday")] if "holidays" in read else []
    )
    week = hours.Week(tuple(spans), _zone(read["timezone"], reading), frozenset(days))
    return Hours(week, _scene(read, "closed", reading))


def _spans(text: Text, reading: Reading) -> list[hours.Span]:
    try:
        return hours.spans(text.value)
    except ValueError as e:
        reading.wrong(text, f'"{shown(text.value)}" are no opening hours', str(e))
        return []


def _holiday(text: Text, reading: Reading) -> str:
    try:
        return hours.holiday(text.value)
    except ValueError:
        reading.wrong(text, f'"{shown(text.value)}" is no day', "expected 2026-12-25, or 12-25 for each year")
        return ""


def _zone(node: Node, reading: Reading) -> str:
    text = reading.text(node, '"timezone"')
    if text is None:
        return "UTC"
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(text.value)
    except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError; OSError: a folder or too long a name
        reading.wrong(text, f'unknown time zone "{shown(text.value)}"', _zone_hint(text.value, available_timezones()))
        return "UTC"
    return text.value


def _zone_hint(name: str, zones: set[str]) -> str:
    by_lower = {zone.lower(): zone for zone in zones}
    meant = re.search('"(.*)"', suggestion(name, by_lower))
    return f'did you mean "{by_lower[meant[1]]}"?' if meant else "expected a name such as Europe/Paris"


def _callers(node: Node, reading: Reading) -> Step | None:
    read = _words(node, "callers", CALLERS, reading, is_whole=True)
    if "match" not in read or not {"then", "otherwise"} & set(read):
        reading.wrong(node, '"callers" needs "match" and a scene', "expected {match: [NUMBER, +1900*], then: SCENE}")
        return None
    texts = reading.texts(read["match"], '"match"')
    prefixes = [text for text in texts if text.value.endswith("*")]
    exact = [text for text in texts if not text.value.endswith("*") and text.value != HIDDEN]
    numbers = [reading.phone(text, '"match"') for text in exact]
    return Callers(
        numbers=frozenset(str(number) for number in numbers if number),
        prefixes=tuple(_prefix(text, reading) for text in prefixes),
        is_hidden_matched=any(text.value == HIDDEN for text in texts),
        then=_scene(read, "then", reading),
        otherwise=_scene(read, "otherwise", reading),
    )


def _prefix(text: Text, reading: Reading) -> str:
    prefix = text.value[:-1]
    if not (prefix.startswith("+") and prefix[1:].isascii() and prefix[1:].isdigit()):
        reading.wrong(text, f'"{shown(text.value)}" is no beginning of a number', 'expected "+1900*"')
    return prefix


def _words(
    node: Node, name: str, known: dict[str, Kind], reading: Reading, *, is_whole: bool = False
) -> dict[str, Node]:
    """Give the words of ours in a map; with `is_whole` there are no others."""
    if not isinstance(node, Mapping):
        if is_whole:
            reading.wrong(node, f'the value of "{name}" is not a map', f"expected {', '.join(known)}")
        elif isinstance(node, (Text, Sequence)) and _SHORT_HINT.get(name) in known:
            return {_SHORT_HINT[name]: node}
        return {}
    if is_whole:
        for key, _ in node.pairs:
            if key.value not in known:
                reading.unknown(key, f'attribute of "{name}":', known)
    return {key.value: value for key, value in node.pairs if key.value in known}


def _scene(read: dict[str, Node], word: str, reading: Reading) -> str:
    return reading.scene(read[word], f'"{word}"') if word in read else ""


def _whole(read: dict[str, Node], word: str, reading: Reading) -> int:
    value = reading.value(OURS["gather"][word], read[word], f'"{word}"') if word in read else None
    return value if isinstance(value, int) else 1


_SPECIAL: dict[str, Callable[[Node, Reading], Step | None]] = {
    "gather": _gather,
    "dial": _dial,
    "record": _record,
    "hours": _hours,
    "callers": _callers,
}
