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
        ("ann dials", "dials", '7:9: who "dials"?; expected ann dials'),
        ("presses: 1", "presses:", '8:9: "presses" wants something after it; expected presses: ...'),
        ("times: 3", "tines: 3", '9:44: "hears" takes no "tines"; did you mean "times"?'),
        ("office gets no call", "office gets no call: ever", '10:30: nothing can follow "gets no call"'),
        ("- presses: 1", "- [presses, 1]", "8:9: a step is a sentence; expected ann dials, or hears: Welcome"),
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


def test_a_file_that_is_not_there_is_a_mistake(tmp_path):
    _, [mistake] = reader.read(tmp_path / "none.yaml")
    assert "cannot be read" in str(mistake)
