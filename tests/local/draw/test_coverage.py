"""A flow drawn with what its stories go: told ways solid with their number, untold ones dashed."""

import logging
from xml.etree import ElementTree as ET

import pytest

from local.cli import parser
from local.draw import contents, coverage
from local.paths import ROOT
from shared import flow

MENU = flow.load(ROOT / "flows" / "menu.yaml")
TEXTS = ">texts"


def ways(boxes, key):
    [box] = [box for box in boxes if box.key == key]
    return {(way.label, way.target, way.is_aside) for item in box.items for way in item.exits}


def test_a_told_way_has_the_number_of_its_stories_and_an_untold_one_is_dashed():
    gone = {("start", 0, "1"): {0, 1}, ("start", 0, "sales"): {1, 2}, ("sales", 1, "busy"): {2}}
    boxes = coverage.boxes(MENU, gone, TEXTS)
    assert {way for way in ways(boxes, "start") if way[1] == "sales"} == {
        ("1, sales (3)", "sales", False), ("otherwise (0)", "sales", True),
    }  # fmt: skip
    assert ways(boxes, "sales") == {("busy (1)", "busy", False), ("unanswered, failed (0)", "busy", True)}


def test_every_way_is_drawn_told_or_not():
    for gone in ({}, {("start", 0, "2"): {0}}):
        drawn = {(box.key, way.target) for box, way in contents.ways(coverage.boxes(MENU, gone, TEXTS))}
        assert drawn == {(box.key, way.target) for box, way in contents.ways(contents.boxes(MENU))}


def test_answers_to_texts_are_counted(tmp_path):
    (tmp_path / "flow.yaml").write_text("messages: {keywords: {hours: Nine.}, otherwise: Hello.}", encoding="utf-8")
    gone = {(TEXTS, 0, "hours"): {0, 3}}
    [box] = coverage.boxes(flow.load(tmp_path / "flow.yaml"), gone, TEXTS)
    assert [(item.lead, item.details) for item in box.items] == [
        ("hours", "stories: 2"),
        ("any other text", "stories: 0"),
    ]


@pytest.mark.parametrize(("name", "code"), [("ways.svg", 0), ("ways.gif", 2), ("nowhere/ways.svg", 2)])
def test_telling_draws_it(tmp_path, capsys, name, code):
    given = parser().parse_args(["tell", str(ROOT / "flows" / "hello.stories.yaml"), "--picture", str(tmp_path / name)])
    try:
        assert given.room.run(given) == code
    finally:
        logging.disable(logging.NOTSET)
    if code == 0:
        assert "stories: 1" in "".join(ET.fromstring((tmp_path / name).read_text(encoding="utf-8")).itertext())  # noqa: S314 -- our own
    else:
        assert name in capsys.readouterr().err
