"""A gather offers what can be pressed and said; what it offers in vain is a warning."""

import pytest

from tests.unit.flow.test_audit import said, scenes


def gathered(line, words):
    """Return the attributes of a gather as Twilio gets it."""
    line.says(scenes(start=[f"gather: {{prompt: Hi, {words}}}"]))
    return line.calls().find("Gather").attrib


@pytest.mark.parametrize("choices", ["{'1': start, '#': start}", "{'#': start}", "{'1#': start, '2#': start}"])
def test_a_menu_that_offers_the_hash_key_gets_it(line, choices):
    """By itself Twilio takes it for the end of the input and keeps it."""
    gather = gathered(line, f"choices: {choices}")
    assert (gather["finishOnKey"], gather["numDigits"]) == ("", "2" if "1#" in choices else "1")


@pytest.mark.parametrize("words", ["choices: {'1': start, '*': start}", "digits: 4, then: start"])
def test_the_hash_key_ends_the_input_where_it_is_no_choice(line, words):
    assert "finishOnKey" not in gathered(line, words)


@pytest.mark.parametrize(
    ("words", "place", "warning"),
    [
        (
            "choices: {'1': start, '*': start}, finish_on_key: '*'",
            "50",
            '"*" is never told, it ends the input; write fin',
        ),
        ("choices: {'*9': start}, finish_on_key: '*'", "38", '"*9" is never told'),
        ("choices: {'12': start}, digits: 1", "38", '"12" is never told, the input ends after 1 key'),
        ("choices: {'1': start, sales: start}, input: speech", "38", '"1" is never pressed: only speech is asked for'),
        ("choices: {'1': start, sales: start}, input: dtmf", "50", '"sales" is never heard: only keys are asked for'),
        ("choices: {press 1: start}", "38", '"press 1" is spoken, not pressed; for the key write "1"'),
        ("choices: {'1 or 2': start}", "38", '"1 or 2" is spoken, not pressed; for the keys write "1" and "2"'),
        ("choices: {'1, 2': start}", "38", '"1, 2" is spoken, not pressed; for the keys write "1" and "2"'),
        ("choices: {'press #': start}", "38", 'for the key write "#"'),
        ("choices: {नंबर १: start}", "38", 'for the key write "1"'),
    ],
)
def test_a_choice_that_nobody_can_take_is_a_warning(tmp_path, words, place, warning):
    (line,) = said(tmp_path, scenes(start=[f"gather: {{prompt: Hi, {words}}}"]))
    assert line.startswith(f"flow.yaml:3:{place}: warning: ")
    assert warning in line


@pytest.mark.parametrize(
    "words",
    [
        "choices: {'1': start, option 1: start}",
        "choices: {press 1: start}, input: speech",
        "choices: {24 hours: start, one: start, star: start}",
        "choices: {'12': start}, digits: 2",
        "choices: {'1.': start}",
    ],
)
def test_a_choice_that_somebody_can_take_is_none(tmp_path, words):
    assert said(tmp_path, scenes(start=[f"gather: {{prompt: Hi, {words}}}"])) == []


@pytest.mark.parametrize("word", ["callback: https://x", "callback_method: GET", "callback_event: in-progress"])
@pytest.mark.parametrize(
    "step",
    [
        "record: {max_length: 9, %s}",
        "dial: {number: +12025550101, record: record-from-answer, %s}",
        "dial: {conference: {name: team, record: record-from-start, %s}}",
        "start: {recording: {track: both, %s}}",
    ],
)
def test_the_line_itself_is_told_of_a_recording(tmp_path, step, word):
    """Twilio tells one address; another in its place would leave the history without the recording."""
    (line,) = said(tmp_path, scenes(start=[step % f"recording_status_{word}"]))
    assert "; the line itself notes the recording" in line


def test_a_recording_that_is_started_beside_the_call_is_noted_too(line):
    line.says(scenes(start=["start: {recording: {track: both}}", "say: Hi"]))
    recording = line.calls().find("Start/Recording")
    assert recording.attrib == {
        "track": "both", "recordingStatusCallback": "https://ahoy.example.com/api/status/recording"}  # fmt: skip


@pytest.mark.parametrize(
    "step",
    [
        "gather: {prompt: Hi, then: start, method: GET}",
        "dial: {number: +12025550101, then: start, method: GET}",
        "record: {then: start, method: GET}",
        "enqueue: {name: a, then: start, method: GET}",
        "enqueue: {name: a, wait_url: start, wait_url_method: GET}",
        "dial: {conference: {name: a, wait_url: start, wait_method: GET}}",
        "dial: {client: {identity: bob, url: start, method: GET}}",
        "pay: {then: start, method: GET}",
    ],
)
def test_a_scene_is_asked_for_by_post(tmp_path, step):
    lines = said(tmp_path, scenes(start=[step]))
    assert any("method" in line and '"GET"; a scene is asked for by POST' in line for line in lines), lines


def test_somebody_elses_document_may_be_asked_for_by_get(tmp_path):
    assert said(tmp_path, scenes(start=["redirect: {url: https://example.com/twiml, method: GET}"])) == []
