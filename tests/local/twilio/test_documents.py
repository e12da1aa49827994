"""Documents that Twilio does not take: told at the verb and in the owner's log; a warning goes on, an error ends it."""

import pytest
from starlette.responses import PlainTextResponse

from tests.tools.stand_in import LINE

ANN, OFFICE = "+12025550122", "+12025550101"


def alerts(twilio, sid):
    return [alert["code"] for alert in twilio.alerts() if alert["sid"] == sid]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Gather timout='3'/>", 12200),
        ("<Gather timeout='soon'/>", 13313),
        ("<Gather numDigits='one'/>", 13314),
        ("<Gather finishOnKey='hash'/>", 13310),
        ("<Gather input='fax'/>", 13326),
        ("<Gather language='en-XX'/>", 13331),
        ("<Gather method='PUT'/>", 13312),
        ("<Gather><Hangup/></Gather>", 13320),
        ("<Gather><Say voice='Polly.Nobody'>Hi</Say></Gather>", 13321),
        ("<Say voice='Polly.Nobody'>Hi</Say>", 13511),
        ("<Say language='xx-XX'>Hi</Say>", 13512),
        ("<Say loop='twice'>Hi</Say>", 13510),
        ("<Say></Say>", 13520),
        ("<Say>" + "long " * 900 + "</Say>", 13521),
        ("<Play loop='-1'>/tune.mp3</Play>", 13410),
        ("<Play digits='1p2'/>", 13430),
        ("<Pause length='1.5'/>", 13910),
        (f"<Pause length='{10**20}'/>", 13910),
        (f"<Play loop='{'9' * 5000}'>/tune.mp3</Play>", 13410),
        ("<Record maxLength='0'/>", 13612),
        ("<Record trim='yes'/>", 13699),
        ("<Record playBeep='loud'/>", 13616),
        ("<Dial timeout='1m'><Number>+12025550101</Number></Dial>", 13212),
        ("<Dial record='always'><Number>+12025550101</Number></Dial>", 13217),
        ("<Dial><Number statusCallbackEvent='begin'>+12025550101</Number></Dial>", 12200),
        ("<Dial><Conference beep='no'>room</Conference></Dial>", 13235),
        ("<Dial><Fax>+12025550101</Fax></Dial>", 12200),
        ("<Dial callerId='+12025550177'>+12025550101</Dial>", 13214),
        ("<Dial>12</Dial>", 13223),
        ("<Queue>support</Queue>", 12200),
        ("<say>Hi</say>", 12200),
    ],
)
def test_a_mistake_is_a_warning_at_its_verb_and_the_call_goes_on(twilio, app, document, code):
    app.says(voice=f"{document}<Say>On</Say>")
    twilio.phone(OFFICE, answers="busy")
    call = twilio.dial(from_=ANN)
    told = call.sees("alert", str(code))
    assert told.detail["url"] == f"{app.address}/voice"
    if "Gather" in document or "Record" in document:
        call.waits(5)
    if "Conference" in document:
        call.hangs_up()
    else:
        call.hears("On")
    call.ended()
    assert code in alerts(twilio, call.sid)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Dial><Conference endConferenceOnExit='maybe'>room</Conference></Dial>", 13231),
        ("<Dial><Conference maxParticipants='900'>room</Conference></Dial>", 16002),
        ("<Record recordingStatusCallback='/done' recordingStatusCallbackEvent='ready'/>", 13621),
        ("<Enqueue method='PUT'>support</Enqueue>", 14201),
        ("<Start><Fax/></Start>", 14300),
        ("<Redirect>ftp://example.com/next</Redirect>", 11100),
    ],
)
def test_an_error_ends_the_call_as_an_application_error(twilio, app, document, code):
    app.says(voice=f"{document}<Say>On</Say>")
    call = twilio.dial(from_=ANN)
    call.hears("application error")
    call.ended(status="completed")
    assert alerts(twilio, call.sid) == [code]
    assert "On" not in [event.text for event in call.transcript]


def test_an_error_in_a_verb_asks_the_fallback_url(twilio, app, rest):
    rest.incoming_phone_numbers.list()[0].update(voice_fallback_url=f"{app.address}/backup")
    app.says(voice="<Say>First</Say><Start><Fax/></Start>", backup="<Say>Backup</Say>")
    call = twilio.dial(from_=ANN)
    call.hears("First")
    call.hears("Backup")
    assert app.got("backup")[0]["ErrorCode"] == "14300"


def test_a_value_that_is_not_taken_counts_as_not_given(twilio, app):
    app.says(voice="<Pause length='long'/><Say loop='0x2'>Once</Say>")
    call = twilio.dial(from_=ANN)
    assert call.sees("paused").text == "1 s"
    call.ended()
    assert [event.text for event in call.transcript].count("Once") == 1


def test_a_mistake_says_what_was_meant(twilio, app):
    app.says(voice="<Gather numDigit='1'/><Gahter/>")
    call = twilio.dial(from_=ANN)
    assert call.sees("alert").text == '12200 <Gather>: unknown attribute "numDigit"; did you mean "numDigits"?'
    call.waits(5)
    assert call.sees("alert").text == '12200 unknown verb <Gahter>; did you mean "Gather"?'


def test_a_gather_while_a_conference_has_not_begun_is_an_error(twilio, app):
    app.says(voice="<Dial><Conference waitUrl='hold'>held</Conference></Dial>", hold="<Say>Wait</Say><Gather/>")
    call = twilio.dial(from_=ANN)
    call.hears("Wait")
    call.waits(5)
    call.hears("application error")
    assert alerts(twilio, call.sid) == [13238]


def test_a_dial_in_a_whisper_ends_the_callees_call_alone(twilio, app):
    app.says(
        voice=f"<Dial action='after'><Number url='whisper'>{OFFICE}</Number></Dial>",
        whisper="<Redirect>deeper</Redirect>",
        deeper=f"<Dial>{LINE}</Dial>",
        after="<Say>After</Say>",
    )  # fmt: skip
    phone = twilio.phone(OFFICE, answers="yes")
    call = twilio.dial(from_=ANN)
    call.hears("After")
    assert alerts(twilio, phone.calls[-1].sid) == [13201]
    assert app.got("after")[0]["DialBridged"] == "false"


def test_a_dial_in_a_queues_wait_document_is_left_out(twilio, app):
    app.says(voice="<Enqueue waitUrl='wait'>lonely</Enqueue>", wait=f"<Dial>{OFFICE}</Dial><Say>Wait</Say><Pause/>")
    call = twilio.dial(from_=ANN)
    call.hears("Wait")
    assert alerts(twilio, call.sid)[0] == 12200
    assert "dialled" not in [event.kind for event in call.transcript]
    call.hangs_up()


def test_a_relative_address_leads_nowhere_in_a_document_that_came_by_rest(twilio, rest):
    made = rest.calls.create(to="+12025550131", from_=LINE, twiml="<Response><Gather action='/next'/></Response>")
    call = twilio.call(made.sid)
    call.hears("application error")
    assert alerts(twilio, made.sid) == [11100]


def test_a_document_that_came_by_rest_cannot_lead_to_itself(twilio, rest):
    made = rest.calls.create(to=ANN, from_=LINE, twiml="<Response><Say>Hi</Say><Redirect/></Response>")
    call = twilio.call(made.sid)
    call.hears("application error")
    assert alerts(twilio, made.sid) == [11100]


def test_one_that_leads_to_itself_within_no_time_holds_up_nobody(twilio, app, rest):
    app.says(voice="<Say>Hello</Say>")
    twiml = "<Response><Gather timeout='0' actionOnEmptyResult='true'/></Response>"
    made = rest.calls.create(to=ANN, from_=LINE, twiml=twiml)
    twilio.dial(from_="+12025550123").hears("Hello")
    assert made.update(status="completed").status == "completed"


def test_a_relative_address_leads_nowhere_in_a_document_that_changes_a_live_call(twilio, app, rest):
    app.says(voice="<Gather timeout='60'/>")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    rest.calls(call.sid).update(twiml="<Response><Redirect>next</Redirect></Response>")
    call.hears("application error")
    assert alerts(twilio, call.sid) == [15004]


def test_a_number_without_a_voice_url_is_told_in_the_call(twilio, app, rest):
    assert app
    rest.incoming_phone_numbers.list()[0].update(voice_url="")
    call = twilio.dial(from_=ANN)
    call.sees("alert", "11100")
    call.ended(status="busy")


def test_an_action_that_fails_after_the_hang_up_is_told_in_the_call(twilio, app):
    app.says(voice=f"<Dial action='after'>{OFFICE}</Dial>", after=PlainTextResponse("no", 500))
    twilio.phone(OFFICE, answers="yes")
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    call.hangs_up()
    call.sees("alert", "11200")


def test_a_prompt_that_is_said_over_and_over_has_an_end(twilio, app):
    app.says(voice="<Say loop='2147483647'>Hi</Say><Say>On</Say>")
    twilio.dial(from_=ANN).hears("On")
