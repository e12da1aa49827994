"""A flow as Mermaid text, which GitHub and others draw themselves."""

from collections.abc import Iterator

from local.draw import contents
from local.draw.contents import Box
from shared.flow.model import Flow

# What Mermaid would read as its own language, as Markdown or as HTML, in its own escapes.
ESCAPES = str.maketrans({character: f"#{ord(character)};" for character in '#"&<>`*'} | {"\n": " "})
EDGES = {contents.CALL: ("([", "])"), contents.TEXT: ("(", ")"), contents.SCENE: ("[", "]")}


def mermaid(of: Flow) -> str:
    """Return the flow as Mermaid text."""
    boxes = contents.boxes(of)
    number = {box.key: f"b{index}" for index, box in enumerate(boxes)}
    lines = ["flowchart LR"]
    for box in boxes:
        left, right = EDGES[box.kind]
        lines.append(f'  {number[box.key]}{left}"{"<br/>".join(_lines(box))}"{right}')
    for box, way in contents.ways(boxes):
        arrow = "-.->" if way.is_aside else "-->"
        label = f'|"{_escaped(way.label)}"|' if way.label else ""
        lines.append(f"  {number[box.key]} {arrow}{label} {number[way.target]}")
    return "\n".join(lines) + "\n"


def _lines(box: Box) -> Iterator[str]:
    yield _escaped(box.title)
    for item in box.items:
        details = f"({item.details})" if item.details else ""
        if item.lead:
            yield _escaped(" ".join(filter(None, [f"{item.lead}:" if item.text else item.lead, item.text, details])))
    if box.ending:
        yield _escaped(box.ending)


def _escaped(text: str) -> str:
    return text.translate(ESCAPES)
