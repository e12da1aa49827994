"""Which texts are wishes to be left alone, and whom Twilio answers itself."""

import pytest

from shared.outbound.opt_outs import is_answered_by_twilio, wish


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("STOP", "STOP"), (" stop\n", "STOP"), ("StopAll", "STOP"), ("unsubscribe", "STOP"), ("cancel", "STOP"),
        ("END", "STOP"), ("quit", "STOP"), ("start", "START"), ("YES", "START"), ("unstop", "START"), ("help", "HELP"),
        ("Info", "HELP"), ("stop please", ""), ("please cancel", ""), ("", ""), ("stop.", ""),
    ],
)  # fmt: skip
def test_a_wish_is_the_whole_message_in_any_case(body, expected):
    assert wish(body) == expected


def test_twilios_word_counts_more_than_ours():
    assert wish("arrêt", "STOP") == "STOP"
    assert wish("STOP", "HELP") == "HELP"


@pytest.mark.parametrize(
    ("parameters", "answered"),
    [
        ({"From": "+12025550122", "Body": "STOP"}, True),
        ({"From": "+12025550122", "Body": "START"}, False),
        ({"From": "+12025550122", "Body": "x", "OptOutType": "START"}, True),
        ({"From": "whatsapp:+12025550122", "Body": "STOP"}, False),
    ],
)
def test_whom_twilio_answers_itself(parameters, answered):
    assert is_answered_by_twilio(parameters) is answered
