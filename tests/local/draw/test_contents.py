"""What a picture shows: every scene and text, and each way between them."""

from local.draw import contents
from local.draw.words import Exit, Item
from shared.flow import graph, reader

START = "voice: {start: [say: Hello]}\n"


def test_every_scene_and_every_way_is_there(path):
    of = reader.read(path).flow
    drawn = contents.boxes(of)
    assert [box.key for box in drawn if box.kind == contents.SCENE] == list(of.scenes)
    known = {(way.origin, way.target) for way in graph.ways(of)}
    assert {(box.key, way.target) for box, way in contents.ways(drawn) if box.kind == contents.SCENE} == known


def test_everything_that_begins_a_scene_leads_to_it(path):
    of = reader.read(path).flow
    begun = {way.target for box, way in contents.ways(contents.boxes(of)) if box.kind != contents.SCENE}
    assert begun == set(of.starts())


def test_texts_are_drawn(boxes):
    drawn = boxes(
        START + "messages:\n"
        "  keywords:\n"
        "    hours: We are open.\n"
        '    menu: {reply: Here., media: ["https://ahoy.example.com/a.jpg"]}\n'
        "    join: {subscribe: news, reply: You are in.}\n"
        "    leave: {unsubscribe: news}\n"
        "    call me: {call: start}\n"
        '  otherwise: {forward: "+12025550101"}\n'
    )
    assert drawn["A text comes in"].kind == contents.TEXT
    assert drawn["A text comes in"].items == (
        Item("hours", "We are open."),
        Item("menu", "Here.", "with https://ahoy.example.com/a.jpg"),
        Item("join", "You are in.", "joins the list news"),
        Item("leave", "", "leaves the list news"),
        Item("call me", exits=(Exit("calls back", "start"),)),
        Item("any other text", "", "forwarded to +12025550101"),
    )


def test_one_answer_to_all_texts_is_for_any(boxes):
    assert boxes(START + "messages: {otherwise: Hey!}")["A text comes in"].items == (Item("any text", "Hey!"),)


def test_a_line_without_texts_or_calls_has_no_box_for_them(boxes):
    assert list(boxes(START)) == ["A call comes in", "start"]
    assert list(boxes("messages: {otherwise: Hey!}")) == ["A text comes in"]


def test_each_line_says_its_numbers_and_those_that_do_the_same_are_one(boxes):
    drawn = boxes(
        'lines: {"+12025550100": {start: a}, "+12025550101": {start: a}, '
        '"+12025550102": {messages: {otherwise: No.}}}\n'
        "voice: {start: [say: Hello], a: [say: A]}\nmessages: {otherwise: Hey!}"
    )
    assert {title: contents.ways([box])[0][1].target for title, box in drawn.items() if box.kind == contents.CALL} == {
        "A call to +12025550102 or any other number": "start",
        "A call to +12025550100, +12025550101": "a",
    }
    assert {title: box.items[0].text for title, box in drawn.items() if box.kind == contents.TEXT} == {
        "A text to +12025550100, +12025550101 or any other number": "Hey!",
        "A text to +12025550102": "No.",
    }


def test_calls_that_the_line_places_begin_in_their_entrances(boxes):
    drawn = boxes("entrances: [start, a]\nvoice: {start: [say: Hello], a: [say: A]}")
    assert [way.target for _, way in contents.ways([drawn["The line places a call"]])] == ["start", "a"]


def test_all_that_is_shown_is_told_in_sentences(boxes):
    drawn = boxes('voice: {start: [{gather: {prompt: "Press 1.", choices: {"1": a}}}], a: [say: Hello]}')
    assert contents.told(drawn.values()) == (
        "A call comes in: goes to start. start: gather Press 1.; 1 goes to a; else the call ends. "
        "a: say Hello; the call ends."
    )
