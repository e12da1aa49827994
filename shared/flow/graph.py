"""The ways through a flow: which scene leads where, by which key; what nothing reaches; where nobody gets out."""

from collections.abc import Iterator

import msgspec

from shared.flow.grammar import WAITING
from shared.flow.model import Bridge, Callers, Element, Flow, Gather, Hours, Own, Record, SceneUrl, Step


class Way(msgspec.Struct, frozen=True):
    """One way from a scene to another; `waits` when somebody could speak, press, answer or hang up before it."""

    origin: str
    target: str
    label: str
    waits: bool


def ways(flow: Flow) -> list[Way]:
    """Return every way of a flow."""
    return [way for name, steps in flow.scenes.items() for way in _of_scene(name, steps)]


def _of_scene(name: str, steps: tuple[Step, ...]) -> Iterator[Way]:
    waited = False
    for step in steps:
        waited = waited or waits(step)
        for label, target in exits(step):
            if target:
                yield Way(name, target, label, waited)


def waits(step: Step) -> bool:
    """Whether a person has a say in how a step goes on; an own verb is trusted to leave room for one."""
    match step:
        case Element(name=name):
            return name in WAITING
        case Hours() | Callers():
            return False
        case Gather() | Bridge() | Record() | Own():
            return True


def exits(step: Step) -> Iterator[tuple[str, str]]:
    """Return the ways out of a step as label and scene."""
    match step:
        case Gather(choices=choices):
            yield from choices.items()
            yield from [("any input", step.then), ("wrong", step.wrong), ("no input", step.no_input)]
        case Bridge(outcomes=outcomes):
            yield from ((OUTCOMES[status], name) for status, name in outcomes.items() if status in OUTCOMES)
            yield from (("whisper" if label == "url" else label, name) for label, name in _linked(step.element))
        case Record():
            yield from [("recorded", step.then), ("no input", step.no_input)]
        case Hours():
            yield from [("open", step.then), ("closed", step.closed)]
        case Callers():
            yield from [("matching callers", step.then), ("other callers", step.otherwise)]
        case Element():
            yield from _linked(step)
        case Own(scenes=scenes):
            yield from ((label, name) for label, names in scenes.items() for name in names)


# One status for each word of the file; the others of a word lead to the same scene.
OUTCOMES = {"completed": "then", "no-answer": "unanswered", "busy": "busy", "failed": "failed",
             "bridged": "then", "leave": "left", "queue-full": "full", "error": "failed"}  # fmt: skip


def _linked(element: Element) -> Iterator[tuple[str, str]]:
    for name, value in element.attributes.items():
        if isinstance(value, SceneUrl):
            yield ("" if element.name == "redirect" else "then" if name == "action" else name), value.scene
    for part in element.parts:
        if isinstance(part, Element):
            yield from _linked(part)


def reached(starts: list[str], every: list[Way]) -> set[str]:
    """Return the scenes that can be reached from `starts`."""
    found: set[str] = set()
    todo = list(starts)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [way.target for way in every if way.origin == name]
    return found


def traps(every: list[Way]) -> list[list[str]]:
    """Return each circle of scenes that goes round without anybody having a say."""
    straight: dict[str, list[str]] = {}
    for way in every:
        if not way.waits:
            straight.setdefault(way.origin, []).append(way.target)
    circles: list[list[str]] = []
    for start in straight:
        circle = _back_to(start, straight)
        if circle and not any(set(circle) <= set(known) for known in circles):
            circles.append(circle)
    return circles


def _back_to(start: str, straight: dict[str, list[str]]) -> list[str]:
    """Return the shortest way from a scene back to itself, or nothing."""
    came_from: dict[str, str] = {}
    todo = [start]
    for name in todo:
        for target in straight.get(name, []):
            if target == start:
                path = [name]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return path[::-1]
            if target not in came_from:
                came_from[target] = name
                todo.append(target)
    return []
