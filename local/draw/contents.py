"""What a picture of a flow shows: boxes of items, and what leads from an item to another box."""

from collections.abc import Iterable, Iterator

import msgspec

from local.draw import words
from local.draw.endings import endings
from local.draw.words import Exit, Item
from shared.flow.model import Flow

CALL, TEXT, SCENE = "call", "text", "scene"  # kinds of boxes


class Box(msgspec.Struct, frozen=True):
    """A scene, or what comes in or leaves. `ending` says what follows where nothing in it leads on."""

    key: str
    kind: str
    title: str
    items: tuple[Item, ...] = ()
    ending: str = ""


def boxes(of: Flow) -> list[Box]:
    """Return the boxes of a flow: calls and texts that come in, calls that the line places, then the scenes."""
    after = endings(of)
    scenes = [
        Box(name, SCENE, name, tuple(words.of_step(step) for step in steps), after[name])
        for name, steps in of.scenes.items()
    ]
    return [*_beginnings(of), *scenes]


def ways(drawn: Iterable[Box]) -> list[tuple[Box, Exit]]:
    """Return every way out of some boxes, in their order."""
    return [(box, way) for box in drawn for item in box.items for way in item.exits]


def told(drawn: Iterable[Box]) -> str:
    """Return all that boxes show as sentences, for who does not see them."""
    return " ".join(f"{box.title}: {'; '.join(_told(box))}." for box in drawn)


def _told(box: Box) -> Iterator[str]:
    for item in box.items:
        if said := " ".join(f"{item.lead} {item.text} {item.details}".split()):
            yield said
        for way in item.exits:
            yield f"{way.label} goes to {way.target}".strip()
    if box.ending:
        yield box.ending


def _beginnings(of: Flow) -> Iterator[Box]:
    lines = [("", of.line), *of.lines.items()]
    for start, numbers in _together((line.start, number) for number, line in lines):
        if start:
            yield Box(f">call {numbers[0]}", CALL, _title("A call", numbers, of), (Item("", exits=(Exit("", start),)),))
    for messages, numbers in _together((line.messages, number) for number, line in lines):
        if items := tuple(words.of_messages(messages)):
            yield Box(f">text {numbers[0]}", TEXT, _title("A text", numbers, of), items)
    if of.entrances:
        exits = tuple(Exit(name, name) for name in dict.fromkeys(of.entrances))
        yield Box(">placed", CALL, "The line places a call", (Item("", exits=exits),))


def _together[T](pairs: Iterable[tuple[T, str]]) -> list[tuple[T, list[str]]]:
    """Return each value once, with all the numbers that have it."""
    found: list[tuple[T, list[str]]] = []
    for value, number in pairs:
        known = next((numbers for other, numbers in found if other == value), None)
        if known is None:
            found.append((value, [number]))
        else:
            known.append(number)
    return found


def _title(what: str, numbers: list[str], of: Flow) -> str:
    """Say what arrives at which numbers; the empty one is every number that the file does not name."""
    if len(numbers) == len(of.lines) + 1:
        return f"{what} comes in"
    named = ", ".join(filter(None, numbers))
    return f"{what} to {' or '.join(filter(None, [named, '' if numbers[0] else 'any other number']))}"
