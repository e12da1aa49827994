"""A flow as an SVG picture: for the screen in light or dark, for the printer, and for who has it read aloud."""

from collections.abc import Iterator
from html import escape

from local.draw import contents
from local.draw.colours import DARK, LIGHT, colours
from local.draw.layout import Layout, Point, Route, Standing, layout
from local.draw.typesetting import MARGIN, OUT, PLAIN, SMALL, TITLE, Line
from shared.flow.model import Flow
from shared.flow.placeholders import clean

FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif'


def _classes(of: tuple[str, ...]) -> str:
    return "\n".join(f".to{number}{{color:{colour}}}" for number, colour in enumerate(of))


STYLE = f"""
text{{font:{PLAIN:g}px {FONTS};fill:#1c2733}}
.title{{font-weight:600;font-size:{TITLE:g}px}}
.lead{{font-weight:600}}
.detail{{font-size:{SMALL:g}px;fill:#566273}}
.out{{fill:#1a4fb0}}
.ending{{fill:#9a2233}}
.paper,.box{{fill:#fff}}
.box{{stroke:#76859a;stroke-width:1.3}}
.rule{{stroke:#d3dae4}}
.call .box{{fill:#1a4fb0;stroke:#1a4fb0}}
.call text{{fill:#fff}}
.text .box{{fill:#eef8f1;stroke:#3c8558}}
.text .rule{{stroke:#c3dfcd}}
.way{{fill:none;stroke:currentColor;stroke-width:1.6}}
.aside{{stroke-dasharray:5 4}}
.tip{{fill:currentColor}}
{_classes(LIGHT)}
@media screen and (prefers-color-scheme:dark){{
text{{fill:#e3e9f1}}
.detail{{fill:#a3afbf}}
.out{{fill:#8fb8ff}}
.ending{{fill:#ff9aa8}}
.paper{{fill:#12171e}}
.box{{fill:#1b222c;stroke:#7d8ca1}}
.rule{{stroke:#36414f}}
.call .box{{fill:#2b5fc4;stroke:#2b5fc4}}
.text .box{{fill:#16261d;stroke:#4f9d6d}}
.text .rule{{stroke:#2c4a38}}
{_classes(DARK)}
}}
@page{{size:landscape;margin:8mm}}
@media print{{svg{{width:100%;height:100vh}}}}
"""
TIP = 9.0  # how long the head of an arrow is
ROUND = 6.0  # radius of a corner


def svg(of: Flow, name: str) -> str:
    """Return the picture of the flow that `name` is called. Raises NotReady when it cannot be laid out."""
    return of_boxes(contents.boxes(of), name)


def of_boxes(boxes: list[contents.Box], name: str) -> str:
    """Return the picture of some boxes. Raises NotReady when it cannot be laid out."""
    return written(layout(boxes), name, contents.told(boxes))


def written(of: Layout, title: str, description: str) -> str:
    """Return a picture as SVG; title and description are for who cannot see it."""
    width, height = round(of.width), round(of.height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"',
        'role="img" aria-labelledby="title description">',
        f'<title id="title">{_text(title)}</title>',
        f'<desc id="description">{_text(description)}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{width}" height="{height}"/>',
    ]
    by_target = colours(of.routes)
    for route in of.routes:
        lines += _route(route, by_target[route.way.target])
    for standing in of.boxes:
        lines += _box(standing)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _text(text: str) -> str:
    return escape(clean(text), quote=False)


def _route(route: Route, colour: int) -> Iterator[str]:
    x, y = route.corners[-1]
    kind = "way aside" if route.way.is_aside else "way"
    yield f'<g class="to{colour}">'
    yield f'<path class="{kind}" d="{_path((*route.corners[:-1], (x - TIP, y)))}"/>'
    yield f'<path class="tip" d="M{x:g},{y:g}l-{TIP:g},-4.5v9z"/>'
    for x, y in route.junctions:
        yield f'<circle class="tip" cx="{x:g}" cy="{y:g}" r="2.6"/>'
    yield "</g>"


def _path(corners: tuple[Point, ...]) -> str:
    """Return a line with round corners, as the d of a path."""
    drawn = f"M{corners[0][0]:g},{corners[0][1]:g}"
    for before, (x, y), after in zip(corners, corners[1:], corners[2:], strict=False):
        (x1, y1), (x2, y2) = _towards((x, y), before), _towards((x, y), after)
        drawn += f"L{x1:g},{y1:g}Q{x:g},{y:g} {x2:g},{y2:g}"
    return f"{drawn}L{corners[-1][0]:g},{corners[-1][1]:g}"


def _towards(corner: Point, other: Point) -> Point:
    """Return the point where the rounding of a corner begins, on the way to the other one."""
    across, down = other[0] - corner[0], other[1] - corner[1]
    length = abs(across) + abs(down)
    share = min(ROUND, length / 2) / length if length else 0
    return corner[0] + across * share, corner[1] + down * share


def _box(standing: Standing) -> Iterator[str]:
    made = standing.made
    yield f'<g class="{made.box.kind}" transform="translate({standing.x:g},{standing.y:g})">'
    yield f'<rect class="box" width="{made.width:g}" height="{made.height:g}" rx="8"/>'
    for y in made.rules:
        yield f'<path class="rule" d="M0,{y:g}h{made.width:g}"/>'
    for line in made.lines:
        yield _line(line, made.width)
    yield "</g>"


def _line(line: Line, width: float) -> str:
    lead = f'<tspan class="lead">{_text(line.lead)}</tspan> ' if line.lead else ""
    place = f'x="{width - MARGIN:g}" text-anchor="end"' if line.kind == OUT else f'x="{MARGIN:g}"'
    return f'<text class="{line.kind}" {place} y="{line.y:g}">{lead}{_text(line.text)}</text>'
