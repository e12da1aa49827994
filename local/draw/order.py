"""The order in which a picture is read: a way leads on wherever it can, and back only where scenes go round in circles.

The layout takes it from here which ways lead back. It would otherwise put first whatever saves it a line.
"""

from collections.abc import Iterable

from local.draw import contents
from local.draw.contents import Box

Edge = tuple[str, str]


def ordered(boxes: list[Box]) -> list[Box]:
    """Return the boxes so that few ways, and those nearest to where calls begin, lead to one before."""
    near = _distances(boxes)
    edges = [(box.key, way.target) for box, way in contents.ways(boxes) if way.target != box.key]
    onward: dict[str, list[str]] = {box.key: [] for box in boxes}
    for origin, target in sorted(dict.fromkeys(edges), key=lambda edge: near[edge[0]] - near[edge[1]]):
        if origin not in _reached([target], onward):
            onward[origin].append(target)
    ranks = _ranks(list(near), onward)
    return sorted(boxes, key=lambda box: ranks[box.key])


def _distances(boxes: list[Box]) -> dict[str, int]:
    """Return how many ways each box is from the first one that leads to it, nearest first."""
    onward = {box.key: [way.target for _, way in contents.ways([box])] for box in boxes}
    near: dict[str, int] = {}
    for box in boxes:
        if box.key not in near:
            near |= {key: distance for key, distance in _reached([box.key], onward).items() if key not in near}
    return near


def _reached(starts: Iterable[str], onward: dict[str, list[str]]) -> dict[str, int]:
    """Return what ways lead to from some boxes, nearest first, each with the number of ways."""
    found = dict.fromkeys(starts, 0)
    todo = list(found)
    for key in todo:
        for target in onward[key]:
            if target not in found:
                found[target] = found[key] + 1
                todo.append(target)
    return found


def _ranks(keys: list[str], onward: dict[str, list[str]]) -> dict[str, int]:
    """Return the place of each box after all that lead on to it, else in the order of `keys`."""
    before = {key: sum(key in targets for targets in onward.values()) for key in keys}
    ranks: dict[str, int] = {}
    while len(ranks) < len(keys):
        key = next(key for key in keys if key not in ranks and not before[key])
        ranks[key] = len(ranks)
        for target in onward[key]:
            before[target] -= 1
    return ranks
