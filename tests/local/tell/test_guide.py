"""docs/stories.md: each story that it shows is told to the flow that it shows, and ends as the page says."""

import logging
import os
import re

import pytest

from local.cli import parser
from local.paths import ROOT
from local.tell.phrases import ACTS, BEHAVES
from tests.local.tell.test_schema import errors

PAGE = (ROOT / "docs" / "stories.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
FLOW = next(block for block in BLOCKS if "voice:" in block)
STORIES = [block for block in BLOCKS if "stories:\n" in block]
CONSOLE = re.findall(r"^```console\n\$ python3 dev.py (.*?)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def tell(tmp_path, monkeypatch, capsys):
    """Tell stories of the page's flow; return the exit code and what is printed, without the time that it took."""
    monkeypatch.setenv("AHOY_FLOW", str(tmp_path / "flow.yaml"))
    (tmp_path / "flow.yaml").write_text(FLOW.removeprefix("# flow.yaml\n"), encoding="utf-8")

    def one(stories, *arguments):
        (tmp_path / "flow.stories.yaml").write_text(stories, encoding="utf-8")
        given = parser().parse_args(["tell", *arguments])
        code = given.room.run(given)
        return code, re.sub(r"in \d.*", "in", capsys.readouterr().out.replace(f"{tmp_path}{os.sep}", ""))

    yield one
    logging.disable(logging.NOTSET)


def test_the_page_shows_stories():
    assert len(STORIES) == 3


@pytest.mark.parametrize(("stories", "code"), list(zip(STORIES, [0, 0, 1], strict=True)))
def test_each_story_of_the_page_ends_as_it_says(tell, stories, code):
    assert errors(stories) == []
    assert tell(stories)[0] == code


@pytest.mark.parametrize(("stories", "shown"), list(zip([STORIES[0], STORIES[-1]], CONSOLE[:2], strict=True)))
def test_what_the_page_shows_is_what_is_printed(tell, stories, shown):
    command, printed = shown
    assert command == "tell"
    assert tell(stories)[1].startswith(re.sub(r"in \d.*", "in", printed))


def test_the_picture_is_what_the_first_stories_draw(tell, tmp_path):
    assert tell(STORIES[0], "--picture", str(tmp_path / "stories.svg"))[0] == 0
    drawn = (tmp_path / "stories.svg").read_text(encoding="utf-8")
    assert (ROOT / "docs" / "stories.svg").read_text(encoding="utf-8") == drawn


def test_the_page_names_every_sentence_and_every_behaviour():
    tables = PAGE[PAGE.index("| somebody does") :]
    assert [act for act in [*ACTS, *BEHAVES] if act not in tables] == []
