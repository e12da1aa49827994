"""Ways that cross or run side by side can be told apart."""

from itertools import combinations, pairwise, product

from local.draw import contents
from local.draw.colours import DARK, LIGHT, colours
from local.draw.layout import Route, layout
from local.draw.words import Exit


def straight(target, y):
    return Route(contents.Box("start", contents.SCENE, "start"), Exit("", target), ((0, y), (100, y)))


def test_each_screen_has_a_colour_for_each():
    assert len(set(LIGHT)) == len(LIGHT) == len(DARK) == len(set(DARK))


def test_ways_to_one_box_are_alike_and_neighbours_differ():
    routes = tuple(straight(target, y) for target, y in [("a", 0), ("b", 20), ("a", 40), ("c", 60), ("d", 500)])
    assert colours(routes) == {"a": 0, "b": 1, "c": 2, "d": 3}


def test_colours_are_used_evenly_when_there_are_not_enough():
    found = colours(tuple(straight(f"s{number}", number) for number in range(2 * len(LIGHT))))
    assert sorted(found.values()) == sorted([*range(len(LIGHT))] * 2)


def test_of_fourteen_scenes_no_two_colours_cross(hotel):
    placed = layout(contents.boxes(hotel))
    found = colours(placed.routes)
    for one, other in combinations(placed.routes, 2):
        if one.way.target != other.way.target and found[one.way.target] == found[other.way.target]:
            assert not any(cross(*pair) for pair in product(pairwise(one.corners), pairwise(other.corners)))


def cross(some, others):
    """Whether two straight lines have a point in common, each between two points."""
    (left, right), (top, bottom) = (sorted(ends) for ends in zip(*some, strict=True))
    (left2, right2), (top2, bottom2) = (sorted(ends) for ends in zip(*others, strict=True))
    return left <= right2 and left2 <= right and top <= bottom2 and top2 <= bottom
