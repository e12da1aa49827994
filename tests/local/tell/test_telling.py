"""Stories told in this process: what is so is true, and whatever is not says what happened instead."""

import pytest

from local.tell import reader, troupe

FLOW = """voice:
  start:
    - gather:
        prompt: Welcome. For sales, press 1 or say sales.
        choices: {"1": sales, sales: sales}
        attempts: 3
        otherwise: sales
  sales:
    - hours: {open: Mon-Fri 09:00-18:00, timezone: Europe/Berlin, closed: night}
    - say: We are connecting you.
    - dial: {number: "+12025550101", unanswered: busy}
  busy:
    - say: Nobody can take your call.
  night:
    - say: We are closed. Speak after the beep.
    - record: {then: thanks}
  thanks:
    - say: Thank you
messages:
  keywords:
    hours: We open at nine.
    a sign: 👍
    a picture: {reply: It, media: "https://a.example/1.jpg"}
    a day: दिन
    help me: {reply: Somebody comes., forward: "+12025550101"}
"""
TRUE = {
    "a busy phone": "office: busy\nat: Mon 10:00\n"
                    "told: [ann dials, presses: 1, office is called, hears: nobody can take, ended]",
    "silence": "at: Mon 10:00\ntold: [ann dials, {hears: Welcome, times: 3}, office rings, hears: We are connecting]",
    "a word": "at: Mon 10:00\n"
              "told: [ann dials, says: sales please, office is called, office hangs up, ann gets no call]",
    "a message at night": "at: Sat 10:00\ntold: [ann dials, says: sales, hears: closed, records: Call me, "
                          "hears exactly: Thank you, does not hear: connecting, ended: completed, office gets no call]",
    "an answer": "told: [ann texts: Hours!, ann gets: open at nine]",
    "opted out": "told: [ann texts: STOP, ann texts: hours, ann gets nothing]",
    "a text to the owner": "told: [ann texts: help me, ann gets: comes, office gets: help me]",
    "somebody who picks up": "at: Mon 10:00\n"
                             "told: [ann dials, presses: 1, office is called, office answers, waits: 1 min, hangs up]",
    "in time": "office: no answer\nat: Mon 10:00\ntold: [ann dials, presses: 1, office rings, ann waits: 29 s, "
               "does not hear: Nobody, {hears: Nobody, within: 1 s}, ended: completed]",
    "a phone by its number": "office: no answer\nat: Mon 10:00\n"
                             "told: [ann dials, presses: 1, office is called, +1 (202) 555-0101 gets no call]",
    "signs alone": "told: [ann texts: a sign, ann gets: 👍]",
    "a month": "told: [ann texts: hours, ann gets: nine, waits: 31 days, ann texts: hours, ann gets: nine]",
    "nobody picks up": "office: no answer\nat: Mon 10:00\ntold: [ann dials, presses: 1, office rings, hears: Nobody]",
}  # fmt: skip
NOT_TRUE = {
    "told: [ann dials, hears: Welcome to the zoo]": 'the nearest was "We',
    "told: [ann texts: a sign, ann gets: 👎]": 'ann got "👍"',
    'told: [ann texts: a picture, {ann gets: It, media: "https://a.example/2.jpg"}]': 'ann got "It" with https://a.example/1.jpg',
    "told: [ann texts: a day, ann gets: दीन]": 'ann got "दिन"',
    "at: 2027-03-28 02:30\ntold: [ann dials]": "does not exist in Europe/Berlin",
    "at: Sat 10:00\ntold: [ann dials, presses: 1, hears: closed, hears: Welcome]": 'not again after "We are closed. Sp',
    "told: [ann dials, hears exactly: welcome]": "the nearest was",
    "told: [ann dials, does not hear: sales]": 'it was heard: "Welcome',
    "at: Mon 10:00\ntold: [ann dials, presses: 1]": "office was called, and the story does not say so",
    "told: [ann texts: hours]": 'ann got "We open at nine.", and the story does not say so',
    "told: [ann texts: hours, ann gets: ten]": 'ann got "We open at nine."',
    "told: [ann texts: hours, ann gets nothing]": 'ann got "We open at nine."',
    "told: [presses: 1]": "nobody is on no call",
    "told: [ann dials, hangs up, presses: 1]": "that cannot be: the call was over",
    "at: Mon 10:00\ntold: [ann dials, presses: 1, office gets no call]": "office was called",
    "at: Sat 10:00\ntold: [ann dials, presses: 1, office is called]": "office was not called",
    "at: Mon 10:00\ntold: [ann dials, presses: 1, office is called, ended]": "the call goes on",
    "at: Sat 10:00\ntold: [ann dials, presses: 1, hears: closed, hangs up, ended: busy]": "it ended: completed",
    "office: no answer\nat: Mon 10:00\ntold: [ann dials, presses: 1, office rings, ann waits: 28 s, "
    "{hears: Nobody, within: 1 s}]": "that was not heard",
}  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Tell one story of the flow; return why it is not true, empty when it is."""
    folder = tmp_path_factory.mktemp("told")
    (folder / "flow.yaml").write_text(FLOW, encoding="utf-8")

    def one(story, flow=FLOW):
        (folder / "flow.yaml").write_text(flow, encoding="utf-8")
        text = 'people: {ann: "+12025550122", office: "+12025550101"}\nstories:\n  One:\n' + "".join(
            f"    {line}\n" for line in story.splitlines()
        )
        (folder / "flow.stories.yaml").write_text(text, encoding="utf-8")
        book, mistakes = reader.read(folder / "flow.stories.yaml")
        assert mistakes == []
        [told] = troupe.told(folder / "flow.yaml", book)
        return told.failure

    return one


@pytest.mark.parametrize("story", TRUE.values(), ids=TRUE.keys())
def test_what_is_so_is_true(told, story):
    failure = told(story)
    assert failure is None, f"{failure}\n{failure.transcript}"


@pytest.mark.parametrize(("story", "happened"), NOT_TRUE.items(), ids=NOT_TRUE.keys())
def test_what_is_not_says_what_happened(told, story, happened):
    failure = told(story)
    assert failure is not None
    assert happened in failure.happened


def test_an_apology_is_never_true(told):
    failure = told("told: [ann dials, hears: ringing]", "voice: {start: [shout: ringing]}\n")
    assert "that was not heard" in failure.happened


def test_an_apology_that_no_sentence_speaks_of_is_not_true_either(told):
    assert "the line apologised" in told("told: [ann dials]", "voice: {start: [shout: ringing]}\n").happened


def test_an_error_in_twilios_log_is_not_true(told):
    flow = "voice: {start: [dial: {number: '+12025550101', caller_id: '+12025550177'}]}\n"
    assert "Twilio's log has an error: 13" in told("told: [ann dials]", flow).happened


VERBS = """from shared.flow import verb
@verb
def leave_now(call):
    {}
"""


@pytest.mark.parametrize("does", ["raise SystemExit(1)", "raise KeyboardInterrupt", "raise ValueError", "return 1 / 0"])
def test_a_verb_of_the_owners_that_breaks_ends_the_story_and_nothing_else(told, tmp_path, does):
    (tmp_path / "flow.yaml").write_text("voice: {start: [leave_now: ]}\n", encoding="utf-8")
    (tmp_path / "verbs.py").write_text(VERBS.format(does), encoding="utf-8")
    stories = tmp_path / "flow.stories.yaml"
    stories.write_text('people: {ann: "+12025550122"}\nstories: {One: {told: [ann dials]}}\n', encoding="utf-8")
    book, _ = reader.read(stories)
    [one] = troupe.told(tmp_path / "flow.yaml", book)
    assert "apologised" in one.failure.happened
    assert told("told: [ann texts: hours, ann gets: nine]") is None


LINES = """lines:
  "+12025550100": {start: shop}
  "+12025550188": {start: bar, messages: {otherwise: Bar}}
voice:
  shop: [say: The shop]
  bar: [say: The bar]
"""


def test_a_flow_of_several_lines_is_called_by_its_numbers(told):
    story = """told:
  - ann dials
  - hears exactly: The shop
  - ann dials: "+12025550188"
  - hears exactly: The bar
  - {ann texts: hello, to: "+12025550188"}
  - ann gets: Bar"""
    assert told(story, LINES) is None
