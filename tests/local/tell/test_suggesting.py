"""Stories that are suggested: one for each way that none goes, true today, and each really goes its way."""

import json
import logging

import pytest
import yaml

from local.cli import parser
from local.tell import writing
from tests.local.tell.test_schema import VALIDATOR
from tests.local.test_schema import Yaml12

FLOW = """voice:
  start:
    - callers: {match: ["+44*", hidden], then: abroad}
    - hours: {open: Mon-Fri 09:00-18:00, timezone: Europe/Berlin, closed: night}
    - gather:
        prompt: "Press 1, or 22."
        choices: {"1": sales, "help me": sales}
        wrong: abroad
        no_input: night
  sales:
    - dial: {number: "+12025550101", unanswered: night, busy: engaged}
    - say: Goodbye
    - redirect: night
  engaged: [say: Engaged]
  abroad: [say: Abroad]
  night:
    - record: {then: thanks, no_input: abroad}
  thanks: [say: Thank you]
  asked:
    - say: You asked for it
    - redirect: thanks
  unreachable_by_ringing: [redirect: engaged]
messages:
  keywords: {hours: Nine., call: {call: asked}, help me: {forward: "+12025550101"}}
  otherwise: Hello.
entrances: [unreachable_by_ringing]
"""
MINE = """people: {ann: "+12025550122", bob: "+442079460958", office: "+12025550101"}
stories:
  Mine:  # of Ann
    told: [ann texts: hours, ann gets: Nine]
"""


@pytest.fixture
def tell(tmp_path, capsys):
    """Return what telling the stories of a flow says, and what is said of it beside."""
    (tmp_path / "flow.yaml").write_text(FLOW, encoding="utf-8")

    def one(*arguments):
        given = parser().parse_args(["tell", str(tmp_path / "flow.stories.yaml"), *arguments])
        code = given.room.run(given)
        return code, *capsys.readouterr()

    yield one
    logging.disable(logging.NOTSET)


def test_every_way_that_can_be_gone_gets_a_story_that_is_true(tell, tmp_path):
    code, out, err = tell("--suggest", "-o")
    assert (code, out) == (0, "")
    assert "no story was found" not in err
    code, out, _ = tell("--json")
    assert code == 0
    assert all(json.loads(line)["true"] for line in out.splitlines())
    assert "in no story" not in tell()[1]
    text = (tmp_path / "flow.stories.yaml").read_text(encoding="utf-8")
    assert list(VALIDATOR.iter_errors(yaml.load(text, Yaml12))) == []  # noqa: S506 -- a SafeLoader with fewer words
    assert text.count(writing.SUGGESTED) == len(out.splitlines())
    assert "0 stories" in tell("--suggest", "-o")[2]


def test_what_is_told_already_is_not_suggested_and_the_file_is_only_written_when_asked(tell, tmp_path):
    path = tmp_path / "flow.stories.yaml"
    path.write_text(MINE, encoding="utf-8")
    code, out, err = tell("--suggest")
    assert (code, path.read_text(encoding="utf-8")) == (0, MINE)
    assert "ann texts: hours" not in out
    assert "bob dials" in out
    assert "people:" not in out
    assert "-o writes them into the file" in err


def test_an_empty_file_is_begun_like_a_new_one(tell, tmp_path):
    (tmp_path / "flow.yaml").write_text("messages: {keywords: {hours: Nine.}, otherwise: Hello.}\n", encoding="utf-8")
    new = tell("--suggest")[1]
    (tmp_path / "flow.stories.yaml").write_text(" \n", encoding="utf-8")
    assert tell("--suggest")[1] == new
    assert tell("--suggest", "-o")[0] == 0
    assert (tmp_path / "flow.stories.yaml").read_text(encoding="utf-8") == new


def test_a_flow_with_mistakes_gets_none(tell, tmp_path):
    (tmp_path / "flow.yaml").write_text("voice: {start: [sya: x]}", encoding="utf-8")
    code, out, err = tell("--suggest")
    assert (code, out, 'unknown verb "sya"' in err) == (2, "", True)
