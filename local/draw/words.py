"""What a step of a scene, or an answer to a text, is called in a picture."""

from collections.abc import Container, Iterator
from itertools import pairwise

import msgspec

from shared.flow import graph
from shared.flow.grammar import RENAMED
from shared.flow.hours import DAY_MINUTES, Week
from shared.flow.model import (
    Answer,
    Bridge,
    Callers,
    Element,
    Gather,
    Hours,
    Messages,
    Own,
    Record,
    RouteUrl,
    SceneUrl,
    Step,
    Template,
    Value,
)
from shared.flow.timetable import SHORT_DAYS
from shared.words import folded

# By the library's names: attributes that are what an element is about and are said without their name, attributes in
# seconds, and what the choices of a gather imply.
UNNAMED = frozenset(
    {"message", "phone_number", "name", "identity", "sip_url", "url", "digits", "reason", "body", "length"}
)
SECONDS = frozenset({"timeout", "time_limit", "max_length", "length", "max_speech_time"})
UNASKED = frozenset({"action_on_empty_result"})
IMPLIED = UNASKED | {"hints", "input", "num_digits"}
# What stands between the parts of an element, and parts that need no name.
JOINTS = {"dial": ", ", "connect": ", ", "start": ", ", "gather": "\n"}
PLAIN_PARTS = ("say", "number")
NOT_CHOSEN = ("wrong", "no input")
ASIDE = ("whisper", "wait_url")  # ways to what somebody else hears, or the caller while waiting
# The file's words for several ways out that lead to one scene.
TOGETHER = {"otherwise": NOT_CHOSEN, "unanswered": ("unanswered", "busy", "failed")}


class Exit(msgspec.Struct, frozen=True):
    """A way to a scene, and when it is taken; `is_aside` when the caller's own call does not move there."""

    label: str
    target: str
    is_aside: bool = False


class Item(msgspec.Struct, frozen=True):
    """A step or an answer: `lead` is its verb or keyword, `details` is what matters less, `exits` are its ways out."""

    lead: str
    text: str = ""
    details: str = ""
    exits: tuple[Exit, ...] = ()


def of_step(step: Step) -> Item:
    """Return a step in words."""
    ways = tuple(exits(step))
    match step:
        case Hours(week=week):
            return Item("hours", _open(week), _days_off(week), ways)
        case Callers():
            hidden = ["hidden"] if step.is_hidden_matched else []
            matched = [*step.numbers, *(f"{prefix}*" for prefix in step.prefixes), *hidden]
            return Item("callers", ", ".join(matched), "", ways)
        case Own():
            return _own(step)
        case Gather(element=element):
            asked = [f"{step.attempts} attempts"] if step.attempts > 1 else []
            details = [*_details(element, IMPLIED if step.choices else UNASKED), *asked]
            return Item("gather", _text(element), ", ".join(details), ways)
        case Bridge(element=element) | Record(element=element):
            return Item(element.name, _text(element), ", ".join(_details(element)), ways)
        case Element():
            return Item(step.name, _text(step), ", ".join(_details(step)), ways)


def of_messages(messages: Messages) -> Iterator[Item]:
    """Return the answer to each keyword, and to all other texts, in words."""
    for keyword, answer in messages.keywords.items():
        yield _answer(keyword, answer)
    if messages.otherwise:
        yield _answer("any other text" if messages.keywords else "any text", messages.otherwise)


def _answer(keyword: str, answer: Answer) -> Item:
    said = [f"with {_value('media', address)}" for address in answer.media]
    said += [f"joins the list {name}" for name in answer.subscribe]
    said += [f"leaves the list {name}" for name in answer.unsubscribe]
    said += [f"forwarded to {phone}" for phone in answer.forward]
    ways: tuple[Exit, ...] = (Exit("calls back", answer.call),) if answer.call else ()
    if answer.own:
        own = _own(answer.own)
        said.append(f"{own.lead} {own.text}".strip())
        ways += own.exits
    return Item(keyword, answer.reply, ", ".join(said), ways)


def _own(step: Own) -> Item:
    said = [_named(word, value) for word, value in step.arguments.items() if word not in step.scenes]
    return Item(step.name, ", ".join(said), "", tuple(exits(step)))


def exits(step: Step, among: Container[str] | None = None) -> Iterator[Exit]:
    """Return the ways out of a step, or some by their labels; those of one sort that lead to one scene are one way."""
    phrases = _phrases(step) if isinstance(step, Gather) else {}
    together: dict[tuple[str, bool, bool], list[str]] = {}
    for label, target in graph.exits(step):
        if target and (among is None or label in among):
            together.setdefault((target, label in NOT_CHOSEN, label in ASIDE), []).append(phrases.get(label, label))
    for (target, _, is_aside), labels in together.items():
        yield Exit(_joined(labels), target, is_aside=is_aside)


def _phrases(step: Gather) -> dict[str, str]:
    """Return what may be said as it is written, by what it is compared as."""
    return {folded(phrase): phrase for phrase in str(step.element.attributes.get("hints", "")).split(", ")}


def _joined(labels: list[str]) -> str:
    for word, several in TOGETHER.items():
        if set(several) <= set(labels):
            labels = [word, *(label for label in labels if label not in several)]
    return ", ".join(dict.fromkeys(labels)).replace("wait_url", "while waiting").replace("_", " ")


def _text(element: Element) -> str:
    """Return what is said, shown or called by an element and its parts."""
    own = [_value(name, value) for name, value in element.attributes.items() if name in UNNAMED and _is_shown(value)]
    parts = [part.text if isinstance(part, Template) else _part(part) for part in element.parts]
    return " ".join([*own, JOINTS.get(element.name, " ").join(parts)]).strip()


def _part(part: Element) -> str:
    said = _text(part) if part.name in PLAIN_PARTS else f"{part.name} {_text(part)}".strip()
    details = ", ".join(_details(part))
    return f"{said} ({details})" if details and part.name != "say" else said


def _details(element: Element, unsaid: frozenset[str] = frozenset()) -> list[str]:
    words = {theirs: ours for ours, theirs in RENAMED.get(element.name, {}).items()}
    return [
        _named(words.get(name, name), value)
        for name, value in element.attributes.items()
        if name not in UNNAMED | unsaid and _is_shown(value)
    ]


def _is_shown(value: Value) -> bool:
    return not isinstance(value, SceneUrl | RouteUrl)


def _named(name: str, value: object) -> str:
    word = name.strip("_").replace("_", " ")
    if isinstance(value, bool):
        return word if value else f"{word} off"
    return f"{word} {_value(name, value)}"


def _value(name: str, value: object) -> str:
    match value:
        case Template(text=text):
            return text
        case list() | tuple():
            return ", ".join(str(item) for item in value)
        case dict():
            return ", ".join(f"{key}: {item}" for key, item in value.items())
        case _:
            return f"{value}{' s' if name in SECONDS else ''}"


def _open(week: Week) -> str:
    """Return the opening hours as the file has them, a line for each."""
    days: dict[str, list[int]] = {}
    for span in week.spans:
        clock = f"{_clock(span.opens)}-{_clock(span.closes - 1, 1)}"
        days.setdefault(clock, []).append(span.day)
    return "\n".join(f"{_days(found)} {clock}" for clock, found in days.items())


def _clock(minute: int, after: int = 0) -> str:
    """Return a minute of the week as on a clock, or one that is `after` it on the same day, which ends at 24:00."""
    of_day = minute % DAY_MINUTES + after
    return f"{of_day // 60:02}:{of_day % 60:02}"


def _days(numbers: list[int]) -> str:
    """Return days as Mon-Fri, Sat."""
    days = sorted(set(numbers))
    if len(days) == len(SHORT_DAYS):
        return "Daily"
    breaks = [0, *(at for at, (one, other) in enumerate(pairwise(days), 1) if other != one + 1), len(days)]
    names = [SHORT_DAYS[day] for day in days]
    runs = [names[first:last] for first, last in pairwise(breaks)]
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)


def _days_off(week: Week) -> str:
    holidays = f", not on {', '.join(week.holidays)}" if week.holidays else ""
    return f"{week.timezone}{holidays}"
