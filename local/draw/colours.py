"""Which colour each way has: ways to one box the same, ways that cross or run side by side different ones."""

from itertools import pairwise

from local.draw.layout import Route

LIGHT = ("#3f5068", "#0b7a6f", "#7048a8", "#8f590b", "#1f5fb0", "#a8345c", "#556b12", "#8a4b32")
DARK = ("#b3c0d2", "#4cc3b5", "#bb9bea", "#e0ad5c", "#7fb2f5", "#f08fb0", "#b4cc6a", "#e3a78e")
BESIDE = 16.0  # pixels within which an eye could go astray

Edges = tuple[float, float, float, float]  # left, top, right, bottom


def colours(routes: tuple[Route, ...]) -> dict[str, int]:
    """Return the number of the colour of all ways to a box, by the box's key."""
    parts: dict[str, list[Edges]] = {}
    for route in routes:
        parts.setdefault(route.way.target, []).extend(_parts(route))
    found: dict[str, int] = {}
    for target, own in parts.items():
        beside = [number for other, number in found.items() if _are_near(own, parts[other])]
        used = list(found.values())
        found[target] = min(range(len(LIGHT)), key=lambda number: (beside.count(number), used.count(number), number))
    return found


def _parts(route: Route) -> list[Edges]:
    return [(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)) for (x1, y1), (x2, y2) in pairwise(route.corners)]


def _are_near(some: list[Edges], others: list[Edges]) -> bool:
    return any(
        left - BESIDE < right2 and left2 < right + BESIDE and top - BESIDE < bottom2 and top2 < bottom + BESIDE
        for left, top, right, bottom in some
        for left2, top2, right2, bottom2 in others
    )
