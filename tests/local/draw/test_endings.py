"""What follows the end of a scene, as the line plays it."""

import pytest


@pytest.mark.parametrize(
    ("step", "ending"),
    [
        ("say: Hello", "the call ends"),
        ("hangup", "the call ends"),
        ("reject: busy", "the call ends"),
        ("redirect: a", ""),
        ("redirect: https://ahoy.example.com/elsewhere", ""),
        ('dial: {number: "+12025550101", unanswered: a}', "else the call ends"),
        ('dial: {number: "+12025550101", unanswered: a, then: a}', ""),
        ("enqueue: {name: q, then: a, left: a}", "else the call ends"),
        ("enqueue: {name: q, then: a, left: a, full: a, failed: a}", ""),
        ("record: {then: a}", "else the call ends"),
        ("record: {then: a, no_input: a}", ""),
        ('gather: {prompt: Well?, choices: {"1": a}}', "else the call ends"),
        ('gather: {prompt: Well?, choices: {"1": a}, otherwise: a}', ""),
        ('gather: {prompt: Well?, choices: {"1": a}, then: a, no_input: a}', ""),
        ("gather: {prompt: Well?, no_input: a}", "else the call ends"),
        ('callers: {match: "+12025550199", then: a}', "else the call ends"),
        ('callers: {match: "+12025550199", then: a, otherwise: a}', ""),
        ('hours: {open: "Daily 09:00-17:00", timezone: UTC, closed: a}', "else the call ends"),
    ],
)
def test_a_call_ends_where_nothing_leads_on(boxes, step, ending):
    assert boxes(f"voice: {{start: [{step}], a: [say: A]}}")["start"].ending == ending


def test_an_empty_scene_is_the_end(boxes):
    assert boxes("voice: {start: []}")["start"].ending == "the call ends"


def test_what_a_callee_hears_before_the_call_leads_to_it_unless_they_hang_up(boxes):
    drawn = boxes(
        'voice: {start: [{dial: {number: "+12025550101", whisper: w}}], w: [{gather: {prompt: Well?, '
        'choices: {"1": taken}, otherwise: refused}}], taken: [say: Fine.], refused: [hangup]}'
    )
    assert [drawn[title].ending for title in ("w", "taken", "refused")] == [
        "",
        "both are connected",
        "the call is refused",
    ]


def test_what_is_heard_while_waiting_begins_again(boxes):
    drawn = boxes("voice: {start: [{enqueue: {name: q, wait_url: w}}], w: [say: Please wait.]}")
    assert drawn["w"].ending == "it begins again"


def test_a_scene_that_is_heard_in_both_has_both(boxes):
    drawn = boxes("voice: {start: [{enqueue: {name: q, wait_url: w, left: w}}], w: [say: Please wait.]}")
    assert drawn["w"].ending == "the call ends or it begins again"
