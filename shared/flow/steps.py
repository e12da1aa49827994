"""The steps of a scene: one-key maps `verb: value`, read into typed steps."""

from collections.abc import Callable
from copy import replace

from shared import routes
from shared.flow import conditions, custom_verbs, twiml_places
from shared.flow.choices import doubt as doubt_choices
from shared.flow.choices import is_keys
from shared.flow.document import Mapping, Node, Sequence, Text
from shared.flow.elements import element, parts_of, scene_of, words_of
from shared.flow.grammar import ALSO, MEANT, OURS, Filled, Free
from shared.flow.model import ENDING, Bridge, Element, Gather, Hours, Record, RouteUrl, SceneUrl, Step, Template, Value
from shared.flow.values import Reading
from shared.words import folded

ONE_KEY = "expected one verb with its value, such as - say: Hello"


def scene(node: Node, reading: Reading, verbs: custom_verbs.Verbs) -> tuple[Step, ...]:
    """Read the list of steps of a scene from `node`; `verbs` are the owner's own. Mistakes go to `reading`.

    A scene without a name of its own may be one step without a dash.
    """
    if reading.within in reading.inline and not isinstance(node, Sequence):
        node = Sequence(node.line, node.column, [node])
    if not isinstance(node, Sequence):
        reading.wrong(node, "a scene is not a list of steps", "begin each step with a dash, such as - say: Hello")
        return ()
    steps: list[Step] = []
    ended_by = ""
    for item in node.items:
        if ended_by:
            reading.wrong(item, f'this step never runs, "{ended_by}" before it ends the scene')
            break
        if pair := one_key(item, reading):
            verb = _in_one_word(pair[0], verbs)
            if read := step(verb, pair[1], reading, verbs):
                steps.append(reading.placed(read, verb))
                ended_by = verb.value if verb.value in ENDING or _has_both_ways(read) else ""
    return tuple(steps)


def _in_one_word(verb: Text, verbs: custom_verbs.Verbs) -> Text:
    """Return a verb by the word that it has here, when it is written by another."""
    usual = ALSO.get(verb.value)
    return replace(verb, value=usual) if usual and verb.value not in verbs else verb


def _has_both_ways(step: Step) -> bool:
    return isinstance(step, Hours) and bool(step.then and step.closed)


def one_key(node: Node, reading: Reading) -> tuple[Text, Node] | None:
    """Return the verb and the value of a step."""
    if isinstance(node, Text) and not node.is_none and not node.is_quoted and " " not in node.value:
        return node, Text(node.line, node.column, "")  # `- hangup` is as good as `- hangup:`
    if isinstance(node, Mapping) and len(node.pairs) == 1:
        return node.pairs[0]
    several = isinstance(node, Mapping) and len(node.pairs) > 1
    reading.wrong(node, "a step holds several verbs" if several else "this is no step", ONE_KEY)
    return None


def step(verb: Text, value: Node, reading: Reading, verbs: custom_verbs.Verbs) -> Step | None:
    """Read one step, `verb: value`; `verbs` are the owner's own.

    Mistakes go to `reading`; None when it cannot be used.
    """
    if special := _SPECIAL.get(verb.value):
        return special(value, reading)
    if verb.value in twiml_places.VERBS:
        return element((verb.value,), value, reading)
    if verb.value in verbs:
        return custom_verbs.step(verb, value, reading, verbs)
    if home := twiml_places.home(verb.value):
        reading.wrong(verb, f'"{verb.value}" is no verb of its own', home)
    elif meant := MEANT.get(verb.value):
        reading.wrong(verb, f'unknown verb "{verb.value}"', f'did you mean "{meant}"?')
    else:
        reading.unknown(verb, "verb", {*twiml_places.VERBS, *_SPECIAL, *verbs})
    return None


def _gather(node: Node, reading: Reading) -> Step:
    ours = {**OURS["gather"], "prompt": Filled(), "choices": Free()}
    read = words_of(node, "gather", ours, reading)
    base = element(("gather",), node, reading, ours)
    prompt = tuple(_prompt(read["prompt"], reading)) if "prompt" in read else ()
    choices = _choices(read["choices"], reading) if "choices" in read else {}
    phrases = _phrases(read["choices"]) if "choices" in read else []
    if "choices" in read:
        doubt_choices(read["choices"], base.attributes, reading)
    otherwise = scene_of(read, "otherwise", reading)
    return Gather(
        element=replace(base, attributes=_asked(base.attributes, choices, phrases), parts=(*base.parts, *prompt)),
        choices=choices,
        then=scene_of(read, "then", reading),
        wrong=scene_of(read, "wrong", reading) or otherwise,
        no_input=scene_of(read, "no_input", reading) or otherwise,
        attempts=_attempts(read, reading),
    )


def _attempts(read: dict[str, Node], reading: Reading) -> int:
    value = reading.value(OURS["gather"]["attempts"], read["attempts"], '"attempts"') if "attempts" in read else 1
    return value if isinstance(value, int) else 1


def _asked(attributes: dict[str, Value], choices: dict[str, str], phrases: list[str]) -> dict[str, Value]:
    """Add what the choices imply: keys or speech, how many keys, which phrases are likely."""
    keys = [choice for choice in choices if is_keys(choice)]
    implied: dict[str, Value] = {"action_on_empty_result": True}
    if phrases:
        implied |= {"input": "dtmf speech" if keys else "speech", "hints": ", ".join(phrases)}
    if keys and len({len(key) for key in keys}) == 1 and "finish_on_key" not in attributes:
        implied["num_digits"] = len(keys[0])
    if any("#" in key for key in keys):
        implied["finish_on_key"] = ""  # else Twilio takes it for the end of the input and keeps it
    return implied | attributes


def _prompt(node: Node, reading: Reading) -> list[Element | Template]:
    parts: list[Element | Template] = []
    for item in node.items if isinstance(node, Sequence) else [node]:
        if isinstance(item, Text) or (isinstance(item, Mapping) and (item.get("text") or item.get("parts"))):
            parts.append(element(("gather", "say"), item, reading))
        elif isinstance(item, Mapping) and len(item.pairs) > 1 and item.get("say"):
            reading.wrong(item, "a prompt holds several verbs", "write {text: ..., voice: ..., language: ...}")
        else:
            parts += parts_of(("gather",), item, reading)
    return parts


def _choices(node: Node, reading: Reading) -> dict[str, str]:
    mapping = reading.mapping(node, '"choices"', 'expected {"1": SCENE, "2": SCENE}')
    choices: dict[str, str] = {}
    for key, value in mapping.pairs if mapping else []:
        choice = reading.compared(key, "choice", choices)
        choices[choice] = reading.scene(value, f"choice {key.value}")
    return choices


def _phrases(node: Node) -> list[str]:
    """Return the choices that are spoken, as they are written: what is compared is nobody's spelling."""
    written = [key.value for key, _ in node.pairs] if isinstance(node, Mapping) else []
    return [phrase for phrase in written if not is_keys(folded(phrase))]


def _dial(node: Node, reading: Reading) -> Step:
    ours = OURS["dial"]
    read = words_of(node, "dial", ours, reading)
    base = element(("dial",), node, reading, ours)
    if not base.parts:
        reading.wrong(node, '"dial" calls nobody', "expected number, client, sip, conference or queue")
    if len(base.parts) > 1 and _names(base.parts) & {"conference"}:
        reading.wrong(node, "a conference is dialled alone", "put it into a dial of its own")  # Twilio's error 13000
    if whisper := scene_of(read, "whisper", reading):
        base = replace(base, parts=tuple(_whispered(part, whisper) for part in base.parts))
    if read.get("whisper") and _names(base.parts) <= {"conference"}:
        reading.wrong(read["whisper"], "nobody hears a whisper in a conference", "expected number, client or sip")
    parts = tuple(_recorded(part) if isinstance(part, Element) else part for part in base.parts)
    base = _recorded(replace(base, parts=parts))
    unanswered = scene_of(read, "unanswered", reading)
    then = scene_of(read, "then", reading)
    busy, failed = (scene_of(read, word, reading) or unanswered for word in ("busy", "failed"))
    outcomes = {"completed": then, "answered": then, "no-answer": unanswered, "canceled": unanswered,
                "busy": busy, "failed": failed}  # fmt: skip
    return Bridge(element=base, told_by="DialCallStatus", outcomes=_named(outcomes))


def _names(parts: tuple[Element | Template, ...]) -> set[str]:
    return {part.name for part in parts if isinstance(part, Element)}


def _named(outcomes: dict[str, str]) -> dict[str, str]:
    return {status: name for status, name in outcomes.items() if name}


def _recorded(part: Element) -> Element:
    """Ask to be told of a recording, of a conversation or of a conference, so that the call's record has it."""
    if part.attributes.get("record", "do-not-record") == "do-not-record":
        return part
    if part.name == "conference" and "status_callback" not in part.attributes:
        part = replace(part, attributes=part.attributes | _JOINED)
    return _recording(part)


def _recording(element: Element) -> Element:
    return replace(element, attributes=_TOLD | element.attributes)


_TOLD: dict[str, Value] = {"recording_status_callback": RouteUrl(routes.RECORDING_STATUS)}
# Twilio does not say of a conference's recording who took part.
_JOINED: dict[str, Value] = {
    "status_callback": RouteUrl(routes.RECORDING_STATUS),
    "status_callback_event": "join",
}


def _whispered(part: Element | Template, whisper: str) -> Element | Template:
    if isinstance(part, Template) or part.name == "conference":
        return part
    return replace(part, attributes={"url": SceneUrl(whisper)} | part.attributes)


def _enqueue(node: Node, reading: Reading) -> Step:
    read = words_of(node, "enqueue", OURS["enqueue"], reading)
    base = element(("enqueue",), node, reading, OURS["enqueue"])
    then, left, full, failed = (scene_of(read, word, reading) for word in OURS["enqueue"])
    outcomes = {"bridged": then, "bridging-in-process": then, "leave": left, "queue-full": full,
                "error": failed, "system-error": failed}  # fmt: skip
    return Bridge(element=base, told_by="QueueResult", outcomes=_named(outcomes))


def _record(node: Node, reading: Reading) -> Step:
    read = words_of(node, "record", OURS["record"], reading)
    base = element(("record",), node, reading, OURS["record"])
    told: dict[str, Value] = _TOLD | base.attributes
    if base.attributes.get("transcribe"):
        told["transcribe_callback"] = RouteUrl(routes.RECORDING_STATUS)
    base = replace(base, attributes=told)
    return Record(element=base, then=scene_of(read, "then", reading), no_input=scene_of(read, "no_input", reading))


def _started(node: Node, reading: Reading) -> Step:
    base = element(("start",), node, reading)
    parts = [
        _recording(part) if isinstance(part, Element) and part.name == "recording" else part for part in base.parts
    ]
    return replace(base, parts=tuple(parts))


_SPECIAL: dict[str, Callable[[Node, Reading], Step | None]] = {
    "gather": _gather,
    "dial": _dial,
    "enqueue": _enqueue,
    "record": _record,
    "start": _started,
    "hours": conditions.hours_step,
    "callers": conditions.callers_step,
}
