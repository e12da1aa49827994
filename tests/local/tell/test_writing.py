"""Stories that a command writes into a file: after those that are there, of which no letter changes."""

import pytest

from local.tell import reader, schema, writing
from local.tell.model import Book, Step, Story
from local.tell.writing import NotWritten

PEOPLE = {"ann": "+12025550122", "nobody": ""}
NEW = Story(
    name='New: #1, "so"', line=1, column=1, at="Thu 22:00", phones={"ann": "no answer"},
    steps=(
        Step(1, 1, "ann dials", "ann", "dials"),
        Step(1, 1, "hears", "", "hears", 'Hello, "Ann": one'),
        Step(1, 1, "hears", "", "hears", "Yes, two", {"times": ("2",)}),
        Step(1, 1, "presses", "", "presses", "007#"),
        Step(1, 1, "+12025550101 is called", "+12025550101", "is called"),
        Step(1, 1, "ann gets", "ann", "gets", "- line one\nline two", {"media": ("https://a.example/1", "b")}),
    ),
)  # fmt: skip
BEFORE = """# mine
people: {ann: "+12025550122"}
stories:
  One:  # it is so
    told: [ann dials]
"""


def read(path):
    book, mistakes = reader.read(path)
    assert mistakes == []
    return book


def without_places(story):
    return [(step.sentence, step.who, step.act, step.value, step.options) for step in story.steps]


def test_what_is_written_is_read_as_it_was(tmp_path):
    path = tmp_path / "new.stories.yaml"
    writing.append(path, [writing.story(NEW, is_suggested=True)], PEOPLE)
    book = read(path)
    assert book.people == PEOPLE
    [story] = book.stories
    assert (story.name, story.at, story.phones) == (NEW.name, NEW.at, NEW.phones)
    assert without_places(story) == without_places(NEW)
    assert path.read_text(encoding="utf-8").count(writing.SUGGESTED) == 1


def test_a_new_file_of_this_folder_names_its_schema():
    line = writing.beginning(schema.FILE.parent / "flows" / "my.stories.yaml", {}).partition("\n")[0]
    assert line == "# yaml-language-server: $schema=../stories.schema.json"


@pytest.mark.parametrize(
    "before",
    [
        BEFORE,
        BEFORE.removesuffix("\n"),
        BEFORE.replace("\n", "\r\n"),
        "\ufeff" + BEFORE,
        BEFORE.replace("  One", "    One").replace("    told", "      told"),
        BEFORE + "\n# the end\n",
        "stories:\n  One:\n    told: [ann dials]\n\n# who they are\npeople: {ann: '+12025550122'}\n",
        "people: {ann: '+12025550122'}\nstories:\n",
        "people: {ann: '+12025550122'}\n",
        "# mine\n",
        "\ufeff# mine\n",
    ],
)
def test_what_is_there_stays_as_it_is(tmp_path, before):
    path = tmp_path / "my.stories.yaml"
    path.write_text(before, encoding="utf-8", newline="")
    known = len(read(path).stories) if "told" in before else 0
    writing.append(path, [writing.story(NEW)], PEOPLE)
    assert [story.name for story in read(path).stories][known:] == [NEW.name]
    after = path.read_bytes().decode()
    added = [line for line in after.splitlines() if line not in before.splitlines()]
    assert [line for line in after.splitlines() if line not in added] == before.splitlines()
    assert ("\r\n" in after) == ("\r\n" in before)


def test_stories_in_braces_are_not_touched_and_the_person_is_told_what_to_write(tmp_path):
    path = tmp_path / "my.stories.yaml"
    path.write_text("people: {ann: '+12025550122'}\nstories: {One: {told: [ann dials]}}\n", encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(NotWritten, match='by hand:\n  "New'):
        writing.append(path, [writing.story(NEW)], PEOPLE)
    assert path.read_bytes() == before


def test_a_name_that_is_taken_gets_a_number():
    taken = Book({}, (Story(name="One", line=1, column=1), Story(name="One (2)", line=1, column=1)))
    assert [writing.free_name(name, taken) for name in ("Two", "One")] == ["Two", "One (3)"]
