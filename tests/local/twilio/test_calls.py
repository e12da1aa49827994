"""Calls in and out, told by the people on them."""

import pytest
from starlette.responses import PlainTextResponse, Response
from twilio.base.exceptions import TwilioRestException

from tests.local.twilio.conftest import UNVERIFIED
from tests.tools.stand_in import LINE

ANN = "+12025550122"


def test_a_caller_hears_the_document_and_the_call_completes(twilio, app, rest):
    app.says(voice="<Say>Hello Monkey!</Say><Pause length='3'/><Play>/tune.mp3</Play>")
    call = twilio.dial(from_=ANN)
    call.hears("Hello Monkey!")
    call.hears(f"{app.address}/tune.mp3")
    call.ended(status="completed")
    shown = rest.calls(call.sid).fetch()
    assert (shown.direction, shown.status, shown.to, shown._from) == ("inbound", "completed", LINE, ANN)
    assert int(shown.duration) >= 3
    first = app.got("voice")[0]
    assert (first["CallStatus"], first["FromCity"], first["FromZip"], first["To"]) == (
        "ringing",
        "WASHINGTON",
        "",
        LINE,
    )


def test_a_finished_call_tells_the_status_callback_its_duration(twilio, app):
    app.says(voice="<Pause length='61'/>")
    call = twilio.dial(from_=ANN)
    call.ended()
    (sent,) = twilio.webhooks("call-status", call.sid, wait_s=20)
    told = sent.parameters
    assert (told["CallStatus"], told["CallDuration"], told["Duration"]) == ("completed", "61", "2")
    assert told["CallbackSource"] == "call-progress-events"


def test_keys_go_to_the_action_and_the_rest_of_the_document_is_dropped(twilio, app):
    app.says(
        voice="<Gather action='menu' numDigits='1'><Say>Press 1 for sales</Say></Gather><Say>Nothing</Say>",
        menu="<Say>Sales</Say>",
    )
    call = twilio.dial(from_=ANN)
    call.hears("Press 1 for sales")
    call.presses("1")
    call.hears("Sales")
    call.ended(status="completed")
    assert app.got("menu")[0]["Digits"] == "1"
    assert app.got("menu")[0]["CallStatus"] == "in-progress"
    assert "Nothing" not in [event.text for event in call.transcript]


def test_who_presses_nothing_goes_on_with_the_next_verb_after_exactly_the_timeout(twilio, app):
    app.says(voice="<Gather action='menu' timeout='5'><Say>Press</Say></Gather><Say>Too late</Say>")
    call = twilio.dial(from_=ANN)
    call.hears("Press")
    call.waits(seconds=4.9)
    assert "Too late" not in str(call)
    call.waits(seconds=0.1)
    call.hears("Too late")
    assert app.got("menu") == []


def test_the_finishing_key_is_not_among_the_digits(twilio, app):
    app.says(voice="<Gather action='menu'/>", menu="")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.presses("123#")
    call.ended()
    assert (app.got("menu")[0]["Digits"], app.got("menu")[0]["FinishedOnKey"]) == ("123", "#")


@pytest.mark.parametrize(("finish", "told"), [("", ""), (" finishOnKey=''", "#")])
def test_the_finishing_key_alone_is_an_empty_result(twilio, app, finish, told):
    app.says(voice=f"<Gather action='menu' numDigits='1' actionOnEmptyResult='true'{finish}/>", menu="")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.presses("#")
    call.ended()
    assert app.got("menu")[0]["Digits"] == told


def test_speech_is_recognised_only_where_it_was_asked_for(twilio, app):
    app.says(voice="<Gather action='menu' input='speech' language='en-GB'/>", menu="")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.presses("1")
    call.says("sales please", confidence=0.8)
    call.ended()
    assert app.got("menu")[0]["SpeechResult"] == "sales please"
    assert (app.got("menu")[0]["Confidence"], "Digits" in app.got("menu")[0]) == ("0.8", False)


def test_an_empty_result_is_reported_when_asked_for(twilio, app):
    app.says(voice="<Gather action='menu' actionOnEmptyResult='true' timeout='2'/>", menu="<Say>Well?</Say>")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.waits(2)
    call.hears("Well?")


def test_a_hang_up_during_gather_makes_no_action_request(twilio, app):
    app.says(voice="<Gather action='menu'/>")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.hangs_up()
    call.ended(status="completed")
    assert app.got("menu") == []


def test_a_redirect_is_relative_and_may_be_a_get(twilio, app):
    app.says(voice="<Redirect method='GET'>deep/next?a=1&amp;b=2</Redirect><Say>No</Say>")
    app.answers["deep/next"] = "<Redirect>other</Redirect>"
    app.answers["deep/other"] = "<Say>Here</Say>"
    call = twilio.dial(from_=ANN)
    call.hears("Here")
    call.ended()
    assert app.got("deep/next")[0]["b"] == "2"
    assert app.got("deep/next")[0]["From"] == ANN


@pytest.mark.parametrize(("reason", "status"), [("busy", "busy"), ("rejected", "no-answer")])
def test_a_rejected_call_is_never_answered(twilio, app, rest, reason, status):
    app.says(voice=f"<Reject reason='{reason}'/>")
    call = twilio.dial(from_=ANN)
    call.ended(status=status)
    assert rest.calls(call.sid).fetch().price is None
    assert "answered" not in [event.kind for event in call.transcript]


def test_an_unknown_verb_is_named_and_skipped(twilio, app):
    app.says(voice="<Dance/><Say>On</Say>")
    call = twilio.dial(from_=ANN)
    assert call.sees("alert").text == "12200 unknown verb <Dance>"
    call.hears("On")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (PlainTextResponse("no", 500), 11200),
        (Response("<Response><Say>", media_type="text/xml"), 12100),
        (Response("<Answer/>", media_type="text/xml"), 12102),
        (Response(status_code=302, headers={"location": "/voice"}), 11215),
        (Response(status_code=302, headers={"location": "http://["}), 11216),
        (Response(status_code=302, headers={"location": "mailto:us@example.com"}), 11216),
        (Response(status_code=304), 11200),
        (Response("{}", media_type="application/json"), 12300),
        (Response("<Response>" + " " * 70_000 + "</Response>", media_type="text/xml"), 11750),
    ],
)
def test_a_document_that_cannot_be_used_is_an_alert_and_a_hang_up(twilio, app, answer, code):
    app.says(voice=answer)
    call = twilio.dial(from_=ANN)
    call.hears("application error")
    call.ended(status="completed")
    assert [alert["code"] for alert in twilio.alerts() if alert["sid"] == call.sid] == [code]


def test_the_fallback_url_is_told_what_went_wrong(twilio, app, rest):
    rest.incoming_phone_numbers.list()[0].update(voice_fallback_url=f"{app.address}/backup")
    app.says(voice=PlainTextResponse("no", 503), backup="<Say>Backup</Say>")
    twilio.dial(from_=ANN).hears("Backup")
    told = app.got("backup")[0]
    assert (told["ErrorCode"], told["ErrorUrl"], told["From"]) == ("11200", f"{app.address}/voice", ANN)


def test_plain_text_is_spoken(twilio, app):
    app.says(voice=PlainTextResponse("Just words"))
    twilio.dial(from_=ANN).hears("Just words")


def test_retries_are_set_in_the_fragment_and_keep_their_token(twilio, app, rest):
    rest.incoming_phone_numbers.list()[0].update(voice_url=f"{app.address}/voice#rc=2&rp=5xx")
    app.says(voice=PlainTextResponse("no", 500))
    call = twilio.dial(from_=ANN)
    call.ended()
    sent = twilio.webhooks("voice", call.sid)
    assert [one.attempt for one in sent] == [0, 1, 2]
    assert len({one.token for one in sent}) == 1


def test_an_outgoing_call_reports_its_states_in_order(twilio, app, rest):
    app.says(hello="<Say>Hello</Say>")
    made = rest.calls.create(
        to="+12025550131",
        from_=LINE,
        url=f"{app.address}/hello",
        status_callback=f"{app.address}/progress",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    assert (made.status, made.start_time, made.duration, made.price) == ("queued", None, None, None)
    twilio.call(made.sid).ended(status="completed")
    app_told = []
    while len(app_told) < 4:
        app_told = twilio.webhooks("call-status", made.sid, wait_s=20)
    assert [one.parameters["CallStatus"] for one in app_told] == ["initiated", "ringing", "in-progress", "completed"]
    assert app.got("hello")[0]["Direction"] == "outbound-api"
    assert app.got("hello")[0]["CallStatus"] == "in-progress"


@pytest.mark.parametrize(
    ("answers", "status"), [("busy", "busy"), ("fails", "failed"), ("rejects", "busy"), ("no-answer", "no-answer")]
)
def test_a_phone_that_is_not_answered_ends_the_call_without_a_document(twilio, app, rest, answers, status):
    phone = twilio.phone("+12025550132", answers=answers)
    made = rest.calls.create(to=phone.address, from_=LINE, url=f"{app.address}/hello", timeout=20)
    call = twilio.call(made.sid)
    if answers == "no-answer":
        call.waits(20)
    call.ended(status=status)
    assert app.got("hello") == []


def test_methods_and_booleans_may_be_written_in_any_case(twilio, app, rest):
    app.says(hello="<Pause length='2'/>")
    made = rest.calls.create(
        to="+12025550131",
        from_=LINE,
        url=f"{app.address}/hello",
        method="get",
        record="True",
        recording_status_callback=f"{app.address}/recorded",
        recording_status_callback_method="get",
        status_callback=f"{app.address}/progress",
        status_callback_method="get",
    )
    twilio.call(made.sid).ended(status="completed")
    sent = [
        one
        for kind in ("voice", "recording-status", "call-status")
        for one in twilio.webhooks(kind, made.sid, wait_s=9)
    ]
    assert [(one.method, one.status) for one in sent] == [("GET", 200)] * 3


def test_a_phone_that_asks_rings_until_the_test_answers(twilio, app, rest):
    app.says(hello="<Gather action='done' numDigits='1'/>", done="<Say>Thanks</Say>")
    phone = twilio.phone("+12025550133", answers="asks")
    rest.calls.create(to=phone.address, from_=LINE, url=f"{app.address}/hello")
    leg = phone.rings()
    assert leg.status == "ringing"
    leg.answers().presses("7")
    leg.hears("Thanks")
    assert app.got("done")[0]["Digits"] == "7"


def test_a_live_call_is_given_another_document(twilio, app, rest):
    app.says(voice="<Gather timeout='60'/>", other="<Say>Moved</Say>")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    rest.calls(call.sid).update(url=f"{app.address}/other")
    call.hears("Moved")
    call.ended(status="completed")
    with pytest.raises(TwilioRestException) as refused:
        rest.calls(call.sid).update(twiml="<Response/>")
    assert refused.value.code == 21220


def test_a_live_call_is_ended_and_a_ringing_one_canceled(twilio, app, rest):
    app.says(voice="<Gather timeout='60'/>")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    rest.calls(call.sid).update(status="completed")
    call.ended(status="completed")
    phone = twilio.phone("+12025550134", answers="asks")
    made = rest.calls.create(to=phone.address, from_=LINE, twiml="<Response/>")
    phone.rings()
    assert made.update(status="canceled").status == "canceled"


def test_a_phone_presses_its_keys_by_itself(twilio, app, rest):
    app.says(hello="<Gather action='done' numDigits='1'/>", done="<Say>Confirmed</Say>")
    twilio.phone("+12025550135", presses="1")
    made = rest.calls.create(to="+12025550135", from_=LINE, url=f"{app.address}/hello")
    twilio.call(made.sid).hears("Confirmed")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"to": "nonsense"}, 21211),
        ({"from_": "12"}, 21212),
        ({"from_": "+12025550177"}, 21210),
        ({"from_": "client:ann"}, 21212),
        ({"caller_id": "+12025550177"}, 21210),
        ({"caller_id": "our office"}, 21212),
        ({"to": UNVERIFIED}, 21219),
        ({"url": "nowhere"}, 21205),
    ],
)
def test_a_call_that_cannot_be_placed_is_refused(rest, wrong, code):
    asked = {"to": ANN, "from_": LINE, "url": "http://127.0.0.1:9/x"} | wrong
    with pytest.raises(TwilioRestException) as refused:
        rest.calls.create(**asked)
    assert (refused.value.code, refused.value.status) == (code, 400)


def test_calls_are_listed_by_page_and_filter(twilio, app, rest):
    app.says(voice="")
    made = [twilio.dial(from_="+12025550141").sid for _ in range(5)]
    found = [call.sid for call in rest.calls.list(from_="+12025550141", page_size=2)]
    assert found == made[::-1]
    newest = rest.calls(made[-1]).fetch()
    assert made[-1] in [call.sid for call in rest.calls.list(start_time_after=newest.start_time)]
    assert rest.calls.list(from_="+12025550141", start_time_before="2020-01-01") == []


def test_the_line_rings_itself(twilio, app, rest):
    app.says(voice="<Say>It is me</Say>", hello="<Pause length='60'/>")
    made = rest.calls.create(to=LINE, from_=LINE, twiml="<Response><Gather timeout='99'/></Response>")
    twilio.call(made.sid).ended(status="completed")
    assert len([call for call in app.got("voice") if call["From"] == LINE]) == 1  # a test before may still be heard of


def test_a_number_is_verified_by_its_six_digits(twilio, app, rest):
    phone = twilio.phone("+12025550142", answers="asks")
    asked = rest.validation_requests.create(
        phone_number=phone.address, friendly_name="Ann", extension="17", status_callback=f"{app.address}/verified"
    )
    leg = phone.rings()
    leg.answers().sees("played", "keys 17")
    leg.presses(asked.validation_code)
    leg.ended(status="completed")
    (sent,) = twilio.webhooks("verification", wait_s=20)
    assert sent.parameters["VerificationStatus"] == "success"
    assert phone.address in [known.phone_number for known in rest.outgoing_caller_ids.list()]
