"""In every picture nothing crosses a box, each word is in its box and on no other, and each way has its own line."""

from itertools import combinations, pairwise

import pytest

from local.bootstrap import emulator
from local.bootstrap.quiet import NotReady
from local.draw import contents
from local.draw.layout import layout
from local.draw.typesetting import HEAD, MARGIN, OUT, PLAIN, SIZES
from shared.flow import reader

ABOVE, BELOW = 0.8, 0.25  # how far letters reach from their base line, in sizes of the font; "Åg" of DejaVu Sans


@pytest.fixture(scope="module")
def picture(path):
    return layout(contents.boxes(reader.read(path).flow))


def frame(standing):
    """Return the edges of a box: left, top, right, bottom."""
    return standing.x, standing.y, standing.x + standing.made.width, standing.y + standing.made.height


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def segments(route):
    """Return the straight parts of a way, each as left, top, right, bottom."""
    return [(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)) for (x1, y1), (x2, y2) in pairwise(route.corners)]


def letters(standing, line):
    """Return the edges of a line of text at its widest."""
    size = SIZES.get(line.kind, PLAIN)
    left = standing.x + (standing.made.width - MARGIN - line.width if line.kind == OUT else MARGIN)
    base = standing.y + line.y
    return left, base - ABOVE * size, left + line.width, base + BELOW * size


def test_boxes_stand_apart_and_within_the_picture(picture):
    frames = [frame(standing) for standing in picture.boxes]
    assert not [pair for pair in combinations(frames, 2) if overlap(*pair)]
    assert all(left >= 10 and top >= 10 for left, top, _, _ in frames)
    assert all(right <= picture.width - 10 and bottom <= picture.height - 10 for _, _, right, bottom in frames)


def test_no_way_runs_behind_a_box(picture):
    for route in picture.routes:
        for standing in picture.boxes:
            crossed = [part for part in segments(route) if overlap(part, frame(standing))]
            assert not crossed, f"{route.origin.key} -> {route.way.target} crosses {standing.made.box.key}"


def test_a_way_goes_straight_from_its_words_to_the_head_of_its_scene(picture):
    by_key = {standing.made.box.key: standing for standing in picture.boxes}
    for route in picture.routes:
        origin, target = by_key[route.origin.key], by_key[route.way.target]
        assert route.corners[0][0] == frame(origin)[2]
        assert route.corners[0][1] in [origin.y + out for out in origin.made.outs]
        assert route.corners[-1] == (target.x, target.y + HEAD / 2)
        assert all(x1 == x2 or y1 == y2 for (x1, y1), (x2, y2) in pairwise(route.corners))


def test_the_words_of_a_way_stand_where_it_begins(picture):
    for standing in picture.boxes:
        labels = [way.label or way.target for _, way in contents.ways([standing.made.box])]
        for label, out in zip(labels, standing.made.outs, strict=True):
            beside = [line for line in standing.made.lines if line.kind == OUT and 0 < line.y - out < 6]
            assert standing.made.box.kind == contents.CALL or label.endswith(beside[0].text)


def test_ways_to_different_scenes_never_share_a_line(picture):
    lines = [(route.way.target, part) for route in picture.routes for part in segments(route)]
    for (one, (left, top, right, bottom)), (other, part) in combinations(lines, 2):
        wide = (left - 2, top - 2, right + 2, bottom + 2)
        is_parallel = (left == right) == (part[0] == part[2])
        assert one == other or not is_parallel or not overlap(wide, part), f"to {one} and {other}"


def test_every_word_is_in_its_box_and_on_no_other(picture):
    for standing in picture.boxes:
        left, top, right, bottom = frame(standing)
        placed = [letters(standing, line) for line in standing.made.lines]
        assert all(at[0] >= left + 10 and at[2] <= right - 10 for at in placed)
        assert all(at[1] >= top and at[3] <= bottom for at in placed)
        assert not [pair for pair in combinations(placed, 2) if overlap(*pair)]
        rules = [(left, standing.y + y, right, standing.y + y) for y in standing.made.rules]
        assert not [at for at in placed for rule in rules if overlap(at, rule)]


def test_every_word_of_a_box_is_written(picture):
    for standing in picture.boxes:
        box = standing.made.box
        said = "".join(f"{line.lead}{line.text}" for line in standing.made.lines)
        shown = [box.title, box.ending, *(f"{item.lead}{item.text}{item.details}" for item in box.items)]
        assert sorted("".join(said.split())) == sorted("".join("".join([*shown, *standing_labels(standing)]).split()))


def standing_labels(standing):
    if not any(line.kind == OUT for line in standing.made.lines):
        return []
    return [way.label or way.target for _, way in contents.ways([standing.made.box])]


def test_a_layout_that_cannot_be_made_is_told_in_a_sentence(monkeypatch, boxes):
    monkeypatch.setattr(emulator, "LAYOUT", emulator.FOLDER / "nowhere.js")
    with pytest.raises(NotReady, match=r"^The picture cannot be laid out: .*nowhere.js"):
        layout(list(boxes("voice: {start: [hangup]}").values()))


@pytest.mark.timeout(45)
def test_a_flow_of_eighty_scenes_is_drawn_while_one_waits(boxes):
    choices = [f'"1": s{2 * at % 80}, "2": s{(2 * at + 1) % 80}, "9": start' for at in range(1, 80)]
    scenes = [f"s{at}: [{{gather: {{prompt: Well?, choices: {{{said}}}, otherwise: s{at * 37 % 79 + 1}}}}}]"
              for at, said in enumerate(choices, 1)]  # fmt: skip
    drawn = layout(list(boxes(f"voice: {{start: [redirect: s1], s0: [hangup], {', '.join(scenes)}}}").values()))
    frames = [frame(standing) for standing in drawn.boxes]
    assert not [part for route in drawn.routes for part in segments(route) if any(overlap(part, at) for at in frames)]
