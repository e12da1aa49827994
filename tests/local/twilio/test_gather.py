"""Gather: what ends its prompts, and what is told while somebody speaks."""

import pytest

ANN = "+12025550185"


@pytest.mark.parametrize("prompt", ["<Say loop='0'>Press 1</Say>", "<Play loop='0'>tune.mp3</Play>"])
def test_a_key_ends_a_prompt_that_never_ends_by_itself(twilio, app, prompt):
    app.says(voice=f"<Gather action='menu' numDigits='1'>{prompt}</Gather>", menu="<Say>Thank you</Say>")
    call = twilio.dial(from_=ANN)
    call.sees({"said", "played"})
    call.presses("1")
    call.hears("Thank you")
    assert app.got("menu")[0]["Digits"] == "1"


def test_a_word_ends_such_a_prompt_where_words_are_asked_for(twilio, app):
    app.says(voice="<Gather action='menu' input='speech'><Say loop='0'>Who is it?</Say></Gather>", menu="")
    call = twilio.dial(from_=ANN)
    call.hears("Who is it?")
    call.presses("1")
    call.says("Ann")
    call.ended()
    assert app.got("menu")[0]["SpeechResult"] == "Ann"


def test_a_prompt_that_may_not_be_interrupted_goes_on(twilio, app):
    app.says(voice="<Gather action='menu' bargeIn='false'><Say loop='0'>Press 1</Say></Gather>", menu="")
    call = twilio.dial(from_=ANN)
    call.hears("Press 1")
    call.presses("1")
    call.hangs_up()
    call.ended()
    assert app.got("menu") == []


def test_a_key_ends_a_pause_while_somebody_waits_in_line(twilio, app):
    app.says(
        voice="<Enqueue waitUrl='wait'>patience</Enqueue>",
        wait="<Gather action='out' numDigits='1'><Pause length='60'/><Say>Too late</Say></Gather>",
        out="<Say>You pressed</Say><Leave/>",
    )
    call = twilio.dial(from_=ANN)
    call.sees("paused")
    call.presses("1")
    call.hears("You pressed")
    assert "Too late" not in str(call)


def test_what_is_said_is_told_word_by_word_before_the_action(twilio, app):
    app.says(
        voice="<Gather input='speech' language='en-GB' action='menu' partialResultCallback='partly'/>",
        partly="",
        menu="",
    )
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.says("sales department please", confidence=0.8)
    call.ended()
    told = []
    while len(told) < 3:
        told = [sent.parameters for sent in twilio.webhooks("partial-result", call.sid, wait_s=20)]
    assert [(one["SequenceNumber"], one["StableSpeechResult"], one["UnstableSpeechResult"]) for one in told] == [
        ("0", "", "sales"),
        ("1", "", "sales department"),
        ("2", "", "sales department please"),
    ]
    assert {(one["Stability"], one["Language"], one["CallStatus"]) for one in told} == {("0.9", "en-GB", "in-progress")}
    assert app.got("menu")[0]["SpeechResult"] == "sales department please"


def test_keys_are_not_told_partly(twilio, app):
    app.says(voice="<Gather input='dtmf speech' action='menu' numDigits='1' partialResultCallback='partly'/>", menu="")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.presses("1")
    call.ended()
    assert app.got("partly") == []
