"""A flow as a picture: scenes as boxes, what leads from one to another on the arrows; SVG, or Mermaid text."""

from html import escape
from itertools import groupby

import msgspec

from shared.flow import graph
from shared.flow.model import Bridge, Callers, Element, Flow, Gather, Hours, Own, Record, Step, Template

WIDTH, GAP_X, GAP_Y, LINE = 230, 60, 90, 18
MARGIN = 40
STYLE = """
 svg{background:#fff;font:13px system-ui,sans-serif} rect{fill:#f5f8ff;stroke:#2f5bd0;stroke-width:1.3}
 .start rect{fill:#2f5bd0} .start text{fill:#fff} .name{font-weight:600;font-size:14px} .step{fill:#445}
 .start .step{fill:#dde6ff} path{fill:none;stroke:#7a869a;stroke-width:1.4} .label{font-size:12px;fill:#223}
 .plate{fill:#fff;stroke:none;opacity:.92}
"""


class Box(msgspec.Struct):
    """A scene and where it stands."""

    name: str
    lines: list[str]
    x: float = 0
    y: float = 0

    @property
    def height(self) -> int:
        """How tall it is."""
        return 34 + LINE * len(self.lines)


def arrows(of: Flow) -> list[tuple[str, str, str]]:
    """Return each pair of scenes that are joined, with everything that leads from one to the other."""
    every = sorted((way.origin, way.target) for way in graph.ways(of))
    joined: list[tuple[str, str, str]] = []
    for (origin, target), _ in groupby(every):
        labels = [way.label for way in graph.ways(of) if (way.origin, way.target) == (origin, target) and way.label]
        joined.append((origin, target, ", ".join(dict.fromkeys(labels))))
    return joined


def mermaid(of: Flow) -> str:
    """Return the flow as Mermaid text."""
    number = {name: f"s{index}" for index, name in enumerate(of.scenes)}
    lines = ["flowchart TD"]
    for name in of.scenes:
        left, right = ("([", "])") if name in of.starts() else ("[", "]")
        lines.append(f'  {number[name]}{left}"{_quoted(name)}"{right}')
    for origin, target, label in arrows(of):
        arrow = f'-->|"{_quoted(label)}"|' if label else "-->"
        lines.append(f"  {number[origin]} {arrow} {number[target]}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text.replace("&", "#38;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")


def svg(of: Flow) -> str:
    """Return the flow as an SVG picture: scenes in rows by how far they are from where calls begin."""
    boxes = {name: Box(name, [_step(step) for step in steps][:6]) for name, steps in of.scenes.items()}
    width, height = _place(boxes, _rows(of))
    joined = arrows(of)
    drawn = [_arrow(boxes[origin], boxes[target], label) for origin, target, label in joined]
    body = "".join(drawn) + "".join(_box(box, is_start=box.name in of.starts()) for box in boxes.values())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}"><style>{STYLE}</style><defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" '
        'markerWidth="8" markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z" style="fill:#7a869a;stroke:none"/>'
        f"</marker></defs>{body}</svg>\n"
    )


def _rows(of: Flow) -> list[list[str]]:
    ways = graph.ways(of)
    rows, seen = [list(of.starts())], set(of.starts())
    while rows[-1]:
        reached = [way.target for name in rows[-1] for way in ways if way.origin == name and way.target not in seen]
        rows.append(list(dict.fromkeys(reached)))
        seen |= set(reached)
    rows[-1] = [name for name in of.scenes if name not in seen]
    return [row for row in rows if row]


def _place(boxes: dict[str, Box], rows: list[list[str]]) -> tuple[float, float]:
    widest = max(len(row) for row in rows) if rows else 1
    width = widest * WIDTH + (widest - 1) * GAP_X + 2 * MARGIN + 60
    y = float(MARGIN)
    for row in rows:
        used = len(row) * WIDTH + (len(row) - 1) * GAP_X
        for column, name in enumerate(row):
            boxes[name].x = (width - 60 - used) / 2 + column * (WIDTH + GAP_X)
            boxes[name].y = y
        y += max(boxes[name].height for name in row) + GAP_Y
    return width, y - GAP_Y + MARGIN


def _box(box: Box, *, is_start: bool) -> str:
    lines = "".join(
        f'<text class="step" x="{box.x + 12:.0f}" y="{box.y + 22 + LINE * (n + 1):.0f}">{escape(line)}</text>'
        for n, line in enumerate(box.lines)
    )
    return (
        f'<g class="{"start" if is_start else "scene"}"><rect x="{box.x:.0f}" y="{box.y:.0f}" width="{WIDTH}" '
        f'height="{box.height}" rx="9"/><text class="name" x="{box.x + 12:.0f}" y="{box.y + 22:.0f}">'
        f"{escape(box.name)}</text>{lines}</g>"
    )


def _arrow(origin: Box, target: Box, label: str) -> str:
    """Downwards from bottom to top; sideways and back up along the right side."""
    if target.y > origin.y:
        x1, y1, x2, y2 = origin.x + WIDTH / 2, origin.y + origin.height, target.x + WIDTH / 2, target.y
        middle = (y1 + y2) / 2
        path = f"M{x1:.0f},{y1:.0f} C{x1:.0f},{middle:.0f} {x2:.0f},{middle:.0f} {x2:.0f},{y2 - 2:.0f}"
        at = x1 + 0.784 * (x2 - x1), y1 + 0.676 * (y2 - y1)  # the curve at 0.7
    else:
        x1, y1, x2, y2 = origin.x + WIDTH, origin.y + 22, target.x + WIDTH, target.y + 14
        out = max(x1, x2) + 42
        path = f"M{x1:.0f},{y1:.0f} C{out:.0f},{y1:.0f} {out:.0f},{y2:.0f} {x2 + 2:.0f},{y2:.0f}"
        at = out - 12, (y1 + y2) / 2
    return f'<path d="{path}" marker-end="url(#tip)"/>' + (_label(label, *at) if label else "")


def _label(text: str, x: float, y: float) -> str:
    text = text if len(text) <= 34 else text[:33] + "…"
    wide = 7 * len(text) + 8
    return (
        f'<rect class="plate" x="{x - wide / 2:.0f}" y="{y - 10:.0f}" width="{wide}" height="17"/>'
        f'<text class="label" text-anchor="middle" x="{x:.0f}" y="{y + 3:.0f}">{escape(text)}</text>'
    )


def _step(step: Step) -> str:
    """Say a step in a few words."""
    match step:
        case Hours():
            text = "open? otherwise closed"
        case Callers():
            text = "who calls?"
        case Own(name=name):
            text = name
        case Element():
            text = f"{step.name}: {_content(step)}".rstrip(": ")
        case Gather() | Bridge() | Record():
            text = f"{step.element.name}: {_content(step.element)}".rstrip(": ")
    return text if len(text) <= 29 else text[:28] + "…"


def _content(element: Element) -> str:
    for value in element.attributes.values():
        if isinstance(value, Template):
            return value.text
        if isinstance(value, str) and value.startswith("+"):
            return value
    parts = [part.text if isinstance(part, Template) else _content(part) for part in element.parts]
    return ", ".join(part for part in parts if part)
