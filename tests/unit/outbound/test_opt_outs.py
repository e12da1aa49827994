"""Which texts are wishes to be left alone, and whom Twilio answers itself."""

import json

import pytest

from shared.outbound.opt_outs import has_opted_out, heed, is_answered_by_twilio, mark, note_refusal_by_twilio, wish
from tests.tools.stand_in import LINE


@pytest.mark.parametrize(("body", "expected"), [(" stop\n", "STOP"), ("Stop it.", ""), ("Yes", "START"), ("Yes.", "")])
def test_of_an_owners_words_only_those_count_that_twilio_heeds(body, expected):
    assert wish(body, is_owner=True) == expected


def test_twilios_word_counts_more_than_ours():
    assert wish("arrêt", "STOP") == "STOP"
    assert wish("STOP", "HELP") == "HELP"


@pytest.mark.parametrize(
    ("parameters", "answered"),
    [
        ({"From": "+12025550122", "Body": "STOP"}, True),
        ({"From": "+12025550122", "Body": " stop\n"}, True),
        ({"From": "+12025550122", "Body": "STOP."}, False),
        ({"From": "+12025550122", "Body": "stop\u200b"}, False),
        ({"From": "+12025550122", "Body": "opt out"}, False),
        ({"From": "+12025550122", "Body": "START"}, False),
        ({"From": "+12025550122", "Body": "x", "OptOutType": "START"}, True),
        ({"From": "whatsapp:+12025550122", "Body": "STOP"}, False),
    ],
)
def test_whom_twilio_answers_itself(parameters, answered):
    assert is_answered_by_twilio(parameters) is answered


NOON = "2026-11-24T12:00:00.000+00:00"
LATER = "2026-11-24T12:00:09.000+00:00"
LAST = "2026-11-24T12:00:10.000+00:00"


@pytest.mark.usefixtures("ours")
def test_the_newest_wish_holds_in_whatever_order_they_come(number):
    mark(number, LINE, LATER, is_out=True)
    assert has_opted_out(number, LINE)
    mark(number, LINE, NOON, is_out=False)
    assert has_opted_out(number, LINE)
    mark(number, LINE, "2026-11-24T12:00:10.000+00:00", is_out=False)
    assert not has_opted_out(number, LINE)


@pytest.mark.usefixtures("ours")
def test_a_text_is_its_person_s_and_its_line_s_on_whatever_channel(number):
    text = {"body": "Stop", "at": NOON, "parameters": "{}"}
    heed(text | {"from": f"whatsapp:+52155{number[-8:]}", "to": f"whatsapp:{LINE}"}, {})
    assert has_opted_out(f"+5255{number[-8:]}", LINE)


@pytest.mark.usefixtures("ours")
def test_a_text_counts_for_the_number_and_the_service_that_it_came_to(number):
    service = "MG" + "0" * 32
    told = json.dumps({"MessagingServiceSid": service})
    text = {"from": number, "to": LINE, "body": "Stop", "at": NOON, "parameters": told}
    heed(text | {"body": "stop by if you like"}, {})
    assert not has_opted_out(number, LINE)
    heed(text, {})
    assert has_opted_out(number, LINE)
    assert has_opted_out(number, service)
    heed(text | {"body": "", "at": LATER, "parameters": json.dumps({"OptOutType": "START"})}, {})
    assert not has_opted_out(number, LINE)
    assert has_opted_out(number, service)


@pytest.mark.usefixtures("ours")
def test_what_only_twilio_knew_is_remembered(number):
    note_refusal_by_twilio(number, LINE)
    assert has_opted_out(number, LINE)


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize(
    ("body", "before", "stands"),
    [
        ("hi", None, (False, False)),
        ("hi", (NOON, True), (False, True)),
        ("Stop", None, (False, True)),
        ("Stop", (NOON, True), (True, True)),
        ("Stop", (LATER, True), (False, True)),  # the same once more
        ("Stop", (LAST, False), (False, False)),
        ("Start", (NOON, True), (False, False)),
        ("Start", (LAST, True), (False, True)),
    ],
)
def test_how_a_sender_stands_is_what_they_wished_last(number, body, before, stands):
    wishes = {LINE: {"at": before[0], "out": before[1]}} if before else {}
    assert heed({"from": number, "to": LINE, "body": body, "at": LATER}, wishes) == stands
