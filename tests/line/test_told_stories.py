"""Stories end alike told in one process and against the real ones: that keeps the fast way honest."""

import re

import pytest

from local import flow_files
from local.tell import processes, reader, troupe
from tests.line.stage import FLOWS

# One of each kind, since each flow costs a start of the app: keys, words and dials; the clock; texts that go on; calls
# that the line places, with a text of theirs. All sixteen: python -m bench.stories --against line
CHOSEN = ("business-hours", "masked-numbers", "reminder", "menu")
NOT_TRUE = """people: {ann: "+12025550122", office: "+12025550101"}
stories:
  Other words: {told: [ann dials, hears: Welcome to the zoo]}
  What is heard: {told: [ann dials, presses: 2, does not hear: nine to six]}
  A call too many: {told: [ann dials, presses: 1]}
  None: {told: [ann dials, presses: 1, office gets no call]}
  It goes on: {told: [ann dials, presses: 1, office is called, ended]}
  A busy phone: {office: busy, told: [ann dials, presses: 1, office is called, office hangs up]}
  A scene that is none: {told: [{line calls: ann, scene: nowhere}]}
  A text that nobody answers: {told: [ann texts: hello, ann gets: hello]}
  Who is on no call: {told: [presses: 1]}
"""


def ended(told):
    """Return how stories ended: at which sentence, what happened, and all that was heard and done until then."""
    return {
        one.story.name: one.failure and (one.failure.step, one.failure.happened, bare(one.failure.transcript))
        for one in told
    }


def bare(transcript):
    """Return the lines of a transcript without times, and without where the app is."""
    return [re.sub(r"http://127[.]0[.]0[.]1:\d+", "", line.partition("  ")[2]) for line in transcript.splitlines()]


@pytest.fixture
def both(stage):
    """Tell a book of a ready-made flow both ways; return how its stories ended."""

    def tell(name, book):
        flow = FLOWS / f"{name}.yaml"
        stage.plays(name).voice_url(f"{stage.line.app}/api/voice")
        with processes.Processes(stage.line.running, flow) as against:
            return ended(troupe.told(flow, book)), ended(troupe.told(flow, book, stages=against.stage))

    return tell


@pytest.mark.parametrize("name", CHOSEN)
def test_the_stories_of_a_ready_made_line_end_alike(both, name):
    book, mistakes = reader.read(flow_files.stories_of(FLOWS / f"{name}.yaml"))
    assert (mistakes, len(book.stories) > 3) == ([], True)
    here, there = both(name, book)
    assert here == there == dict.fromkeys((story.name for story in book.stories), None)


def test_stories_that_are_not_true_fail_at_the_same_sentence_alike(both, tmp_path):
    (tmp_path / "menu.stories.yaml").write_text(NOT_TRUE, encoding="utf-8")
    book, mistakes = reader.read(tmp_path / "menu.stories.yaml")
    assert mistakes == []
    here, there = both("menu", book)
    assert None not in here.values()
    assert here == there
