"""Which ways of a flow stories go, and which not: by what the app decides."""

import pytest

from local.tell import reader, troupe, ways

FLOW = """voice:
  start:
    - callers: {match: "+44*", then: abroad}
    - hours: {open: Mon-Fri 09:00-18:00, timezone: Europe/Berlin, closed: night}
    - gather:
        prompt: Press 1.
        choices: {"1": sales, sales: sales, help me: sales}
        wrong: sales
        no_input: night
  sales:
    - dial: {number: "+12025550101", unanswered: night, busy: engaged, whisper: heads_up}
    - redirect: night
  engaged: [say: Engaged]
  abroad: [say: Abroad]
  heads_up: [say: A call]
  night:
    - record: {then: thanks, no_input: abroad}
  thanks: [say: Thank you]
messages:
  keywords: {hours: Nine., call: {call: engaged}}
  otherwise: Hello.
"""
OPEN = "at: Mon 10:00\n"
GONE = {
    OPEN + "told: [ann dials, presses: 1, office is called]": {"other callers", "open", "1", "whisper"},
    OPEN + "told: [ann dials, says: sales now, office is called]": {"other callers", "open", "sales", "whisper"},
    OPEN + "told: [ann dials, says: oh help me, office is called]": {"other callers", "open", "help me", "whisper"},
    OPEN + "told: [ann dials, presses: 5, office is called]": {"other callers", "open", "wrong", "whisper"},
    OPEN + "told: [ann dials, waits: 6 s, records: hello]": {"other callers", "open", "no input", "recorded"},
    OPEN + "office: busy\ntold: [ann dials, presses: 1, office is called, hears: Engaged]": {
        "other callers", "open", "1", "busy"},
    OPEN + "office: no answer\ntold: [ann dials, presses: 1, office is called, waits: 60 s, hears: Abroad]": {
        "other callers", "open", "1", "unanswered", "no input"},
    OPEN + "told: [ann dials, presses: 1, office is called, office hangs up, ann waits: 9 s, ended]": {
        "other callers", "open", "1", "whisper", "", "no input"},
    "at: Sun 10:00\ntold: [ann dials, records: hello, hears: Thank you]": {"other callers", "closed", "recorded"},
    "told: [bob dials, hears: Abroad]": {"matching callers"},
    "told: [ann texts: Hours please, ann gets: Nine]": {"hours"},
    "told: [ann texts: what, ann gets: Hello]": {"any other text"},
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ways")
    (folder / "flow.yaml").write_text(FLOW, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("story", "labels"), GONE.items())
def test_a_story_goes_the_ways_that_the_app_decides(folder, story, labels):
    people = 'people: {ann: "+12025550122", office: "+12025550101", bob: "+442079460958"}\n'
    text = people + "stories:\n  One:\n" + "".join(f"    {line}\n" for line in story.splitlines())
    (folder / "flow.stories.yaml").write_text(text, encoding="utf-8")
    book, mistakes = reader.read(folder / "flow.stories.yaml")
    assert mistakes == []
    [told] = troupe.told(folder / "flow.yaml", book)
    assert told.failure is None, f"{told.failure}\n{told.failure.transcript}"
    assert {label for _, _, label in told.gone} == labels
    assert told.gone <= {way.key for way in ways.ways(folder / "flow.yaml")}


def test_every_way_is_listed_with_its_place(folder):
    told = [str(way) for way in ways.ways(folder / "flow.yaml")]
    assert {
        "3:7 start: matching callers -> abroad", "3:7 start: other callers -> goes on", "4:7 start: closed -> night",
        "5:7 start: 1 -> sales", "5:7 start: no input -> night", "11:7 sales: busy -> engaged",
        "12:7 sales: next -> night", "17:7 night: no input -> abroad", "20:14 texts: hours -> an answer",
        "20:28 texts: call -> engaged", "21:14 texts: any other text -> an answer",
    } <= set(told)  # fmt: skip
