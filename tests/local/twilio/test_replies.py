"""Answers to a text that Twilio does not take: what is wrong goes into the owner's log, what is right is sent."""

import pytest
from starlette.responses import PlainTextResponse, Response

from tests.local.twilio.conftest import UNVERIFIED
from tests.tools.stand_in import LINE

ANN, OFFICE = "+12025550122", "+12025550101"


def sent(twilio, app, answer):
    """Text the line, whose app answers with this; return the replies, and the codes in the owner's log."""
    app.says(sms=answer)
    reply = twilio.text("hi", from_=ANN)
    return reply.texts, [alert["code"] for alert in twilio.alerts() if alert["sid"] == reply.sid]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Say>Hi</Say>", 14110),
        ("<Dial>+12025550101</Dial>", 14110),
        ("<message>Hi</message>", 14110),
        ("<Message/>", 14103),
        (f"<Message>{'x' * 1601}</Message>", 14103),
        (f"<Message><Body>Hi</Body>{'<Media>/cat.jpg</Media>' * 11}</Message>", 21623),
        ("<Redirect>http://[</Redirect>", 11100),
        ("<Message to='client:ann'>Hi</Message>", 14101),
        ("<Message from='+12025550177'>Hi</Message>", 14102),
        (f"<Message to='{LINE}'>Hi</Message>", 21266),
        (f"<Message to='{UNVERIFIED}'>Hi</Message>", 14111),
    ],
)
def test_what_cannot_be_sent_is_left_out_with_twilios_code(twilio, app, document, code):
    assert sent(twilio, app, f"{document}<Message>On</Message>") == (["On"], [code])


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Message tow='+12025550101'>On</Message>", 12200),
        ("<Message action='next' method='PUT'>On</Message>", 14104),
        ("<Message statusCallback='ht tp'>On</Message>", 14105),
        ("<Message>On<Bold>!</Bold></Message>", 12200),
        ("<Message><Body>On</Body><Media>http://[</Media></Message>", 11100),
    ],
)
def test_an_attribute_that_is_not_taken_counts_as_not_given(twilio, app, document, code):
    texts, codes = sent(twilio, app, document)
    assert codes == [code]
    assert len(texts) == 1


def test_a_text_of_the_greatest_length_leaves(twilio, app):
    assert sent(twilio, app, f"<Message>{'x' * 1600}</Message>") == (["x" * 1600], [])


def test_documents_that_redirect_in_a_circle_end_with_the_tenth(twilio, app):
    assert sent(twilio, app, "<Redirect>sms</Redirect>") == ([], [14106])
    assert len(app.got("sms")) == 10


def test_plain_text_is_the_reply_and_a_sound_is_none(twilio, app):
    assert sent(twilio, app, PlainTextResponse("Just words")) == (["Just words"], [])
    assert sent(twilio, app, Response(b"RIFF", media_type="audio/wav")) == ([], [12300])


@pytest.mark.parametrize(("body", "code"), [("<Sms/>", 14103), (f"<Sms to='{LINE}'>Hi</Sms>", 21266)])
def test_a_text_during_a_call_is_refused_for_the_same_reasons(twilio, app, body, code):
    app.says(voice=f"{body}<Say>On</Say>")
    call = twilio.dial(from_=ANN)
    assert call.sees("alert").text.startswith(str(code))
    call.hears("On")
