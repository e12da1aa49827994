"""A chart of a few measured lines, both axes logarithmic, as SVG."""

import math
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 80, 190, 50, 60  # margins; what a line is called stands right of its end
NAME_HEIGHT = 17
COLOURS = ("#1f6feb", "#bf3989", "#1a7f37", "#9a6700", "#cf222e", "#57606a")


class Series(NamedTuple):
    """A line: what it is called, with its unit, and its points (x, y), from left to right."""

    name: str
    points: Sequence[tuple[float, float]]


class _Axes(NamedTuple):
    """The decades that the chart shows: 10**x0 to 10**x1, 10**y0 to 10**y1."""

    x0: int
    x1: int
    y0: int
    y1: int

    def x(self, value: float) -> float:
        return LEFT + (math.log10(value) - self.x0) / (self.x1 - self.x0) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (math.log10(value) - self.y0) / (self.y1 - self.y0) * (HEIGHT - TOP - BOTTOM)


def drawn(title: str, x_name: str, lines: Sequence[Series]) -> str:
    """Return the chart as an SVG document. All values are above zero."""
    axes = _axes([point for line in lines for point in line.points])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 26, title, size=16),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, x_name, anchor="middle"),
        *_grid(axes),
    ]
    coloured = list(zip(lines, COLOURS[: len(lines)], strict=True))
    for line, colour in coloured:
        parts += _line(axes, line, colour)
    parts += _names(axes, coloured)  # last, so that no line goes through them
    return "\n".join([*parts, "</svg>", ""])


def _axes(points: Sequence[tuple[float, float]]) -> _Axes:
    xs, ys = zip(*points, strict=True)
    lows = [math.floor(math.log10(min(values))) for values in (xs, ys)]
    highs = [max(math.ceil(math.log10(max(values))), low + 1) for values, low in zip((xs, ys), lows, strict=True)]
    return _Axes(lows[0], highs[0], lows[1], highs[1])


def _grid(axes: _Axes) -> list[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = []
    for n in range(axes.x0, axes.x1 + 1):
        x = axes.x(10**n)
        parts += [_stroke((x, TOP), (x, bottom), "#d0d7de"), _text(x, bottom + 20, f"{10**n:,}", anchor="middle")]
    for n in range(axes.y0, axes.y1 + 1):
        y = axes.y(10**n)
        parts += [_stroke((LEFT, y), (right, y), "#d0d7de"), _text(LEFT - 8, y + 4, f"{10**n:,}", anchor="end")]
    return parts


def _line(axes: _Axes, line: Series, colour: str) -> list[str]:
    places = [(axes.x(x), axes.y(y)) for x, y in line.points]
    parts = [_stroke(one, other, colour, 2) for one, other in pairwise(places)]
    return parts + [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]


def _names(axes: _Axes, lines: Sequence[tuple[Series, str]]) -> list[str]:
    """Write what each line is called beside its end; names that would stand on each other move apart."""
    parts: list[str] = []
    free = {x: float(TOP) for line, _ in lines for x, _ in line.points[-1:]}  # from where on a name may stand there
    for line, colour in sorted(lines, key=lambda one: axes.y(one[0].points[-1][1])):
        x, y = line.points[-1]
        at = max(axes.y(y), free[x])
        free[x] = at + NAME_HEIGHT
        parts.append(_text(axes.x(x) + 10, at + 4, line.name, fill=colour))
    return parts


def _stroke(one: tuple[float, float], other: tuple[float, float], colour: str, width: float = 1) -> str:
    (x1, y1), (x2, y2) = one, other
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def _text(x: float, y: float, text: str, **style: str | int) -> str:
    """Write a text; `style` is text-anchor (as `anchor`), font-size (as `size`) and fill."""
    anchor, size, fill = style.get("anchor", "start"), style.get("size", 13), style.get("fill", "#1f2328")
    halo = 'stroke="#ffffff" stroke-width="4" paint-order="stroke"'
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
    return f'<text {place} fill="{fill}" {halo}>{escape(text)}</text>'
