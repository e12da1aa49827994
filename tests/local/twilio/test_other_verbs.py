"""Texts during a call, and verbs that the stand-in does not play."""

import pytest

ANN = "+12025550180"


def test_a_text_is_sent_during_a_call(twilio, app):
    app.says(voice="<Sms>See you</Sms>")
    twilio.dial(from_=ANN)
    twilio.phone(ANN).receives("See you")


@pytest.mark.parametrize("caller", ["", "+7378742833", "anonymous", "client:ann", "sip:ann@example.com"])
def test_a_text_to_nobody_is_told_and_the_call_goes_on(twilio, app, caller):
    app.says(voice="<Sms action='sent'>See you</Sms>", sent="<Say>Bye</Say>")
    call = twilio.dial(from_=caller)
    assert call.sees("alert").text.startswith("14101 ")
    call.hears("Bye")
    assert app.got("sent")[-1]["SmsStatus"] == "failed"
    assert [alert["code"] for alert in twilio.alerts() if alert["sid"] == call.sid] == [14101]


def test_a_verb_for_machines_that_are_not_here_is_named_as_not_played_and_its_action_asked(twilio, app):
    app.says(
        voice="<Start><Siprec/></Start><Connect><VirtualAgent/></Connect><Prompt/><Pay action='paid'/>",
        paid="<Say>Paid</Say>",
    )
    call = twilio.dial(from_=ANN)
    for noun in ("Siprec", "Connect VirtualAgent", "Prompt", "Pay"):
        assert call.sees("not_played").text.startswith(f"{noun}: ")
    call.hears("Paid")
