"""What steps are called in a picture: in the file's own words."""

import pytest

from local.draw.words import Exit, Item

OTHERS = "a: [say: A], b: [say: B]}"


@pytest.fixture
def item(boxes):
    """Return the first step of a scene in words."""
    return lambda step: boxes(f"voice: {{start: [{step}], {OTHERS}")["start"].items[0]


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ('"Mon-Fri 09:00-12:30", "Mon-Fri 13:30-18:00"', "Mon-Fri 09:00-12:30\nMon-Fri 13:30-18:00"),
        ('"Sat,Sun 10:00-14:00"', "Sat, Sun 10:00-14:00"),
        ('"Mon 08:00-12:00", "Wed-Fri 08:00-12:00"', "Mon, Wed-Fri 08:00-12:00"),
        ('"Daily 00:00-24:00"', "Daily 00:00-24:00"),
        ('"Sat 22:00-02:00"', "Sat 22:00-02:00"),
        ('"Fri-Mon 22:00-24:00"', "Mon, Fri-Sun 22:00-24:00"),
    ],
)
def test_opening_hours_read_as_in_the_file(item, hours, said):
    step = f"hours: {{open: [{hours}], timezone: Europe/Paris, holidays: [12-25], closed: a}}"
    assert item(step) == Item("hours", said, "Europe/Paris, not on 12-25", (Exit("closed", "a"),))


def test_callers_are_named_and_both_ways_too(item):
    step = 'callers: {match: ["+12025550199", "+1900*", hidden], then: a, otherwise: b}'
    exits = (Exit("matching callers", "a"), Exit("other callers", "b"))
    assert item(step) == Item("callers", "+12025550199, +1900*, hidden", "", exits)


def test_choices_that_lead_to_one_scene_are_one_way_spelled_as_they_are_written(item):
    step = (
        'gather: {prompt: Well?, choices: {"1": a, Große Straße: a, "2": b, "À bientôt": b}, attempts: 3, otherwise: a}'
    )
    exits = (Exit("1, Große Straße", "a"), Exit("2, À bientôt", "b"), Exit("otherwise", "a"))
    assert item(step) == Item("gather", "Well?", "3 attempts", exits)


def test_what_was_not_chosen_is_told_apart_where_it_differs(item):
    step = 'gather: {prompt: Well?, choices: {"1": a}, wrong: a, no_input: b}'
    assert item(step).exits == (Exit("1", "a"), Exit("wrong", "a"), Exit("no input", "b"))


def test_outcomes_of_a_dial_are_said_as_in_the_file(item):
    number = 'dial: {number: "+12025550101", '
    assert item(number + "unanswered: a}").exits == (Exit("unanswered", "a"),)
    assert item(number + "unanswered: a, busy: b, then: b}").exits == (
        Exit("then, busy", "b"),
        Exit("unanswered, failed", "a"),
    )


def test_what_is_heard_aside_is_marked(item):
    assert item('dial: {number: ["+12025550101", "+12025550102"], whisper: a}') == Item(
        "dial", "+12025550101, +12025550102", "", (Exit("whisper", "a", is_aside=True),)
    )
    assert item("enqueue: {name: q, wait_url: a, left: a}").exits == (
        Exit("left", "a"),
        Exit("while waiting", "a", is_aside=True),
    )


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("say: {text: Bonjour, language: fr-FR}", Item("say", "Bonjour", "language fr-FR")),
        ("pause: 3", Item("pause", "3 s")),
        ('play: {digits: "1ww2"}', Item("play", "1ww2")),
        ("reject: busy", Item("reject", "busy")),
        ("hangup", Item("hangup")),
        ("redirect: a", Item("redirect", exits=(Exit("", "a"),))),
        ('sms: {text: Hello, to: "+12025550101"}', Item("sms", "Hello", "to +12025550101")),
        ("record: {max_length: 60, transcribe: true, then: a}",
         Item("record", "", "max length 60 s, transcribe", (Exit("recorded", "a"),))),
        ("gather: {prompt: Your number?, digits: 6, then: a}",
         Item("gather", "Your number?", "digits 6", (Exit("any input", "a"),))),
        ("gather: {prompt: [Hello, {pause: 2}, Well?], then: a}",
         Item("gather", "Hello\npause 2 s\nWell?", "", (Exit("any input", "a"),))),
        ("dial: {conference: {name: team, beep: onEnter}}", Item("dial", "conference team (beep onEnter)")),
        ("dial: {client: bob, answer_on_bridge: false, timeout: 20}",
         Item("dial", "client bob", "answer on bridge off, timeout 20 s")),
    ],
)  # fmt: skip
def test_a_step_says_all_that_the_file_says_of_it(item, step, said):
    assert item(step) == said


VERBS = """
from shared.flow import Call, Message, Scene, verb


@verb
def greet(call: Call, name: str, loud: bool = False, colours: list[str] = [], after: Scene = "a"):
    return None


@verb
def sorts(call: Call, ways: dict[str, Scene]):
    return None


@verb
def quote(message: Message, topic: str, then: Scene | None = None):
    return None
"""


def test_a_verb_of_the_owners_own_says_its_arguments_and_leads_to_its_scenes(tmp_path, boxes):
    (tmp_path / "verbs.py").write_text(VERBS, encoding="utf-8")
    drawn = boxes(
        "voice: {start: [{greet: {name: Ada, loud: true, colours: [red, blue]}}, {sorts: {ways: {young: a, old: b}}}], "
        "a: [say: A], b: [say: B]}\nmessages: {otherwise: {quote: {topic: sea, then: b}}}"
    )
    assert drawn["start"].items == (
        Item("greet", "name Ada, loud, colours red, blue", "", (Exit("after", "a"),)),
        Item("sorts", "ways young: a, old: b", "", (Exit("young", "a"), Exit("old", "b"))),
    )
    assert drawn["A text comes in"].items == (Item("any text", "", "quote topic sea", (Exit("then", "b"),)),)
