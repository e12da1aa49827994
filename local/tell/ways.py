"""The ways of a flow that stories can go: each outcome of a step, each keyword; where it stands in the file."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from shared.flow import graph, reader
from shared.flow.model import Callers, Flow, Hours, Messages

type Key = tuple[str, int, str]  # scene, number of the step, label of the way out of it

TEXTS = ">texts"  # stands where a scene does; the number is that of the line, a label is a keyword
OTHER = "any other text"
_ON = "goes on"  # where a way has no scene of its own


class Way(msgspec.Struct, frozen=True):
    """One way, and the line and column of the step that it leaves."""

    key: Key
    target: str
    line: int
    column: int

    def __str__(self) -> str:
        """Return it as a person reads it: `14:9 start: no input -> sales`."""
        scene, _, label = self.key
        where = "texts" if scene == TEXTS else scene
        return f"{self.line}:{self.column} {where}: {label or 'next'} -> {self.target}"


def ways(path: Path) -> list[Way]:
    """Return every way of a flow file, in the order of the file."""
    result = reader.read(path)
    found = [*_of_scenes(result), *_of_texts(result)]
    return sorted(found, key=lambda way: (way.line, way.column))


def answering(flow: Flow) -> list[Messages]:
    """Return the answers to texts of each line that has its own, in the order of the file."""
    every = [flow.line.messages, *(line.messages for line in flow.lines.values())]
    return [messages for number, messages in enumerate(every) if not any(messages is one for one in every[:number])]


def _of_scenes(result: reader.Result) -> Iterator[Way]:
    for scene, steps in result.flow.scenes.items():
        for number, step in enumerate(steps):
            place = result.place_of(step)
            for label, target in graph.exits(step):
                if target or isinstance(step, Hours | Callers):  # a condition has two ways, wherever they lead
                    yield Way((scene, number, label), target or _ON, place.line, place.column)


def _of_texts(result: reader.Result) -> Iterator[Way]:
    for number, messages in enumerate(answering(result.flow)):
        labels = [*messages.keywords.items(), *([(OTHER, messages.otherwise)] if messages.otherwise else [])]
        for label, answer in labels:
            place = result.place_of(answer)
            yield Way((TEXTS, number, label), answer.call or "an answer", place.line, place.column)
