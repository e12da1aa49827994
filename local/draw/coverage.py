"""The picture of a flow with what its stories go: a told way is solid, with their number; an untold one is dashed."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import msgspec

from local.draw import contents, words
from local.draw.contents import Box
from local.draw.words import Exit, Item
from shared.flow import graph
from shared.flow.model import Flow, Messages, Step

type Key = tuple[str, int, str]  # scene, number of the step, label of the way out
type Gone = Mapping[Key, AbstractSet[int]]  # the numbers of the stories that go a way


def boxes(of: Flow, gone: Gone, texts: str) -> list[Box]:
    """Return the boxes of a flow; `texts` stands in a key where a scene does, for which answer a text gets."""
    answering = _answering(of)
    drawn = []
    for box in contents.boxes(of):
        items = box.items
        if box.kind == contents.SCENE:
            steps = enumerate(of.scenes[box.key])
            items = tuple(_step(item, step, (box.key, at), gone) for item, (at, step) in zip(items, steps, strict=True))
        elif box.kind == contents.TEXT:
            places = [(texts, number) for number in answering.pop(0)]
            items = tuple(_answer(item, {one for at in places for one in _of(gone, at, item.lead)}) for item in items)
        drawn.append(msgspec.structs.replace(box, items=items))
    return drawn


def _of(gone: Gone, place: tuple[str, int], label: str) -> AbstractSet[int]:
    return gone.get((*place, "any other text" if label == "any text" else label), frozenset())


def _answering(of: Flow) -> list[list[int]]:
    """Return, for each box of texts in its order, the numbers of the answers that keys have for it."""
    different: list[Messages] = []
    for line in [of.line, *of.lines.values()]:
        if not any(line.messages is one for one in different):
            different.append(line.messages)
    alike: list[tuple[Messages, list[int]]] = []
    for number, messages in enumerate(different):
        known = next((numbers for one, numbers in alike if one == messages), None)
        if known is None:
            alike.append((messages, [number]))
        else:
            known.append(number)
    return [numbers for messages, numbers in alike if messages.answers()]


def _step(item: Item, step: Step, place: tuple[str, int], gone: Gone) -> Item:
    exits: list[Exit] = []
    for is_told in (True, False):
        labels = {label for label, _ in graph.exits(step) if bool(gone.get((*place, label))) == is_told}
        for way in words.exits(step, labels):
            leading = [label for label, target in graph.exits(step) if label in labels and target == way.target]
            stories = {one for label in leading for one in gone.get((*place, label), ())}
            exits.append(_counted(way, len(stories)))
    return msgspec.structs.replace(item, exits=tuple(exits))


def _answer(item: Item, stories: AbstractSet[int]) -> Item:
    details = ", ".join(filter(None, [item.details, f"stories: {len(stories)}"]))
    return msgspec.structs.replace(
        item, details=details, exits=tuple(_counted(way, len(stories)) for way in item.exits)
    )


def _counted(way: Exit, stories: int) -> Exit:
    return Exit(f"{way.label} ({stories})".strip(), way.target, is_aside=not stories)
