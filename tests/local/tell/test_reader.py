"""A file of stories: every mistake with its place, and what YAML makes of words changes nothing."""

import pytest

from local.tell import reader

FILE = """people: {ann: "+12025550122", office: (202) 555-0101}
stories:
  Busy:
    at: Thu 22:00
    office: busy
    told:
      - ann dials: "+12025550100"
      - presses: 1
      - {hears: Nobody can take your call, times: 3}
      - office gets no call
"""


@pytest.fixture
def read(tmp_path):
    def one(text):
        path = tmp_path / "flow.stories.yaml"
        path.write_text(text, encoding="utf-8")
        book, mistakes = reader.read(path)
        return book, [str(mistake) for mistake in mistakes]

    return one


def test_a_story_is_read_as_it_is_written(read):
    book, mistakes = read(FILE)
    assert mistakes == []
    assert book.people == {"ann": "+12025550122", "office": "+12025550101"}
    [story] = book.stories
    assert (story.name, story.at, story.phones) == ("Busy", "Thu 22:00", {"office": "busy"})
    assert [(step.who, step.act, step.value) for step in story.steps] == [
        ("ann", "dials", "+12025550100"), ("", "presses", "1"), ("", "hears", "Nobody can take your call"),
        ("office", "gets no call", ""),
    ]  # fmt: skip
    assert story.steps[2].options == {"times": ("3",)}
    assert (story.steps[1].line, story.steps[1].column) == (8, 9)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("presses: 1", "1"), ("presses: '#'", "#"), ("presses: 007", "007"),
        ("says: no", "no"), ("says: on", "on"), ("says: 1.50", "1.50"),
    ],
)  # fmt: skip
def test_the_traps_of_yaml_are_none(read, said, value):
    book, mistakes = read(FILE.replace("presses: 1", said))
    assert (mistakes, book.stories[0].steps[1].value) == ([], value)


@pytest.mark.parametrize(
    ("wrong", "instead", "told"),
    [
        ("stories:", "storys:", '2:1: unknown section "storys"; did you mean "stories"?'),
        ('"+12025550122"', '"+1202"', '1:15: "+1202" is no address; expected one such as +12025550122'),
        ("Thu 22:00", "teatime", '4:9: "teatime" is no time such as "Thu 22:00"'),
        ("office: busy", "office: bussy", '5:13: no phone behaves like "bussy"; did you mean "busy"?'),
        ("office: busy", "offise: busy", '5:5: unknown word of a story: "offise"; did you mean "office"?'),
        ("ann dials", "anne dials", '7:9: "anne" is none of the people; did you mean "ann"?'),
        ("ann dials", "ann dails", '7:9: nobody knows what "ann dails" means; did you mean "dials"?'),
        ("ann dials", "ann calls", '7:9: nobody knows what "ann calls" means; did you mean "ann dials"?'),
        ("presses: 1", "enters: 1", '8:9: nobody knows what "enters" means; did you mean "presses"?'),
        ("ann dials", "dials", '7:9: who "dials"?; expected ann dials'),
        ("presses: 1", "presses:", '8:9: "presses" wants something after it; expected presses: ...'),
        ("times: 3", "tines: 3", '9:44: "hears" takes no "tines"; did you mean "times"?'),
        ("office gets no call", "office gets no call: ever", '10:30: nothing can follow "gets no call"'),
        ("- presses: 1", "- [presses, 1]", "8:9: a step is a sentence; expected ann dials, or hears: Welcome"),
        ("presses: 1", "waits: a while", '8:16: what follows "waits" is no time: "a while"; expected one'),
        (
            "presses: 1",
            "waits: 1:30",
            '8:16: what follows "waits" is no time: "1:30"; expected one such as 30 s, 2 min',
        ),
        ("presses: 1", "presses: one", '8:18: what follows "presses" is no key: "one"; expected 1, 42# or *'),
        ("presses: 1", "ended: bussy", '8:16: what follows "ended" is no end of a call: "bussy"; did you mean "busy"?'),
        ("presses: 1", "line calls: anne", '8:21: "anne" is none of the people; did you mean "ann"?'),
        ("times: 3", "within: soon", '9:52: what follows "within" is no time: "soon"; expected one such as 30 s'),
        (
            "times: 3",
            "times: thrice",
            '9:51: what follows "times" is no count: "thrice"; expected a whole',
        ),
        ("times: 3", "times: 0", '9:51: what follows "times" is no count: "0"; expected a whole number from 1'),
        ("times: 3", "times: [1, 2]", '9:51: "times" is no text'),
        (
            "hears: Nobody can take your call, times: 3",
            "says: Hello, confidence: 90",
            '9:35: what follows "confiden',
        ),
        (
            "hears: Nobody can take your call, times: 3",
            "records: Hello, seconds: some",
            '9:35: what follows "secon',
        ),
        (
            "hears: Nobody can take your call, times: 3",
            "records: Hello, ends: badly",
            '9:32: what follows "ends" ',
        ),
        ('"+12025550100"', "the shop", '7:20: "the shop" is no address; expected one such as +12025550122'),
        ("office: busy", "office: answers and presses one", '5:13: no phone behaves like "answers and presses one"'),
        ("presses: 1", "hears: ''", '8:16: "hears" wants words after it; expected hears: Welcome'),
        ("presses: 1", "waits: 9999999 h", '8:16: what follows "waits" is no time: "9999999 h"; expected one'),
        ("presses: 1", "{records: a, seconds: 9999999}", '8:31: what follows "seconds" is no number of seconds'),
        ("(202) 555-0101", "(202) 555-0122", '1:39: "office" has the address of "ann"; expected one'),
        ("told:", "telld:", '6:5: unknown word of a story: "telld"; did you mean "told"?'),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_is_meant(read, wrong, instead, told):
    assert wrong in FILE
    _, mistakes = read(FILE.replace(wrong, instead))
    assert any(mistake.startswith(f"flow.stories.yaml:{told}") for mistake in mistakes), mistakes


@pytest.mark.parametrize(
    "text", ["", "stories: [", "- a", "stories: 1", "people: {ann: [1]}", "stories: {A: {told: {}}}"]
)
def test_nothing_that_is_written_breaks_the_reader(read, text):
    _, mistakes = read(text)
    assert mistakes or text == ""


def test_an_empty_file_is_told_what_belongs_in_it(read):
    for text in (" \n", "# to be told\n"):
        assert read(text)[1] == ['flow.stories.yaml:1:1: the file is empty; expected "people:" and "stories:"']


def test_who_shows_no_number_sends_no_text(read):
    _, mistakes = read("people: {ghost: hidden}\nstories: {One: {told: [ghost texts: hello]}}")
    assert mistakes == ['flow.stories.yaml:2:24: "ghost" shows no number, without which nobody sends a text']


def test_several_may_show_no_number(read):
    assert read(FILE.replace("people: {", "people: {one: hidden, two: hidden, "))[1] == []


def test_a_file_that_is_not_there_is_a_mistake(tmp_path):
    _, [mistake] = reader.read(tmp_path / "none.yaml")
    assert "cannot be read" in str(mistake)
