"""Whom a Dial rings: machines, SIP phones that ask who calls, browsers with their parameters, applications."""

import pytest

from tests.tools.stand_in import ACCOUNT, LINE

ANN = "+12025550184"


@pytest.mark.parametrize(
    ("mode", "answered_by"), [("Enable", "machine_start"), ("DetectMessageEnd", "machine_end_beep")]
)
def test_a_dialled_number_is_told_from_a_machine_while_it_is_bridged(twilio, app, desk, rest, mode, answered_by):
    machine = desk(answers="machine", greeting_s=6)
    detects = f"machineDetection='{mode}' amdStatusCallback='amd' amdStatusCallbackMethod='GET'"
    app.says(voice=f"<Dial><Number {detects}>{machine.address}</Number></Dial>", amd="")
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    leg = machine.rings()
    (sent,) = twilio.webhooks("machine-detection", leg.sid, wait_s=20)
    assert (sent.parameters["AnsweredBy"], sent.method, sent.url) == (answered_by, "GET", f"{app.address}/amd")
    assert rest.calls(leg.sid).fetch().answered_by == answered_by


def test_a_machine_that_talks_beyond_the_timeout_is_not_known(twilio, app, desk):
    machine = desk(answers="machine", greeting_s=40)
    detects = "machineDetection='DetectMessageEnd' machineDetectionTimeout='30' amdStatusCallback='amd'"
    app.says(voice=f"<Dial><Number {detects}>{machine.address}</Number></Dial>", amd="")
    twilio.dial(from_=ANN).sees("bridged")
    (sent,) = twilio.webhooks("machine-detection", machine.rings().sid, wait_s=20)
    assert (sent.parameters["AnsweredBy"], sent.parameters["MachineDetectionDuration"]) == ("unknown", "30000")


def test_detection_that_nobody_hears_of_is_a_warning(twilio, app, desk):
    app.says(voice=f"<Dial><Number machineDetection='Enable'>{desk().address}</Number></Dial>")
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    assert [alert["code"] for alert in twilio.alerts() if alert["sid"] == call.sid] == [21262]


@pytest.mark.parametrize("given", ["", "username='ann' password='wrong'"])
def test_a_sip_phone_that_asks_for_credentials_refuses_others(twilio, app, given):
    twilio.phone("sip:door@example.com", answers="yes", credentials="ann:secret")
    app.says(voice=f"<Dial action='after'><Sip {given}>sip:door@example.com</Sip></Dial>", after="<Say>No</Say>")
    call = twilio.dial(from_=ANN)
    call.hears("No")
    told = app.got("after")[0]
    assert (told["DialCallStatus"], told["DialSipResponseCode"]) == ("failed", "401")


def test_a_sip_phone_takes_a_call_with_its_credentials_and_hears_the_headers(twilio, app):
    phone = twilio.phone("sip:door@example.com", answers="yes", credentials="ann:secret")
    app.says(
        voice="<Dial action='after'><Sip username='ann' password='secret'>"
        "sip:door@example.com?X-Room=12&amp;X-Who=Ann%20B</Sip></Dial>",
        after="",
    )
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    leg = phone.calls[-1]
    assert leg.sees("ringing").detail["headers"] == {"X-Room": "12", "X-Who": "Ann B"}
    leg.hangs_up()
    call.ended()
    told = app.got("after")[0]
    assert (told["DialCallStatus"], told["DialSipResponseCode"]) == ("completed", "200")
    assert told["DialSipCallId"]


def test_the_parts_of_a_sip_address_may_be_elements(twilio, app):
    phone = twilio.phone("sip:parts@example.com", answers="yes", credentials="ann:secret")
    app.says(
        voice="<Dial><Sip><Uri username='ann' password='secret'>sip:parts@example.com</Uri>"
        "<Headers><Header name='X-Room' value='7'/></Headers></Sip></Dial>"
    )
    twilio.dial(from_=ANN).sees("bridged")
    assert phone.calls[-1].sees("ringing").detail["headers"] == {"X-Room": "7"}


def test_empty_credentials_are_a_warning(twilio, app):
    twilio.phone("sip:open@example.com", answers="yes")
    app.says(voice="<Dial><Sip username='' password='x'>sip:open@example.com</Sip></Dial>")
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    assert [alert["code"] for alert in twilio.alerts() if alert["sid"] == call.sid] == [13249]


def test_a_browser_is_rung_by_its_identity_and_gets_the_parameters(twilio, app):
    app.says(
        voice="<Dial><Client><Identity>ann-1</Identity><Parameter name='customer' value='42'/>"
        "<Parameter name='mood' value='good'/></Client></Dial>"
    )
    call = twilio.dial(from_=ANN)
    call.sees("bridged", "client:ann-1")
    ringing = twilio.phone("client:ann-1").calls[-1].sees("ringing")
    assert ringing.detail["parameters"] == {"customer": "42", "mood": "good"}
    assert "customer 42" in ringing.text


def test_a_number_of_ones_own_is_heard_and_hears_keys(twilio, app):
    menu = "<Gather numDigits='1' action='chosen'><Say>Press 1</Say></Gather>"
    app.says(
        voice=lambda told: menu if told["From"] == LINE else f"<Dial callerId='{LINE}' action='after'>{LINE}</Dial>",
        chosen="<Say>You have chosen</Say>",
        after="",
    )
    call = twilio.dial(from_=ANN)
    call.hears("Press 1")
    call.sees("bridged")
    call.presses("1")
    call.hears("You have chosen")
    call.ended()
    assert app.got("chosen")[0]["Digits"] == "1"
    assert app.got("after")[0]["DialBridged"] == "true"


def application_of(rest, app):
    return rest.applications.create(friendly_name="other", voice_url=f"{app.address}/theirs").sid


def dial_application(sid, attributes="", more=""):
    noun = f"<Application {attributes}><ApplicationSid>{sid}</ApplicationSid>{more}</Application>"
    return f"<Dial action='after'>{noun}</Dial>"


def test_an_application_takes_the_call_with_its_own_document(twilio, app, rest):
    sid = application_of(rest, app)
    app.says(
        voice=dial_application(sid, more="<Parameter name='order' value='7'/>"),
        theirs="<Say>This is the other application</Say><Hangup><Parameter name='paid' value='yes'/></Hangup>",
        after="",
    )
    call = twilio.dial(from_=ANN)
    call.hears("This is the other application")
    call.ended()
    asked = app.got("theirs")[0]
    assert (asked["From"], asked["To"], asked["ParentCallSid"]) == (ANN, sid, call.sid)
    assert (asked["Param_order"], asked["CustomerId"]) == ("7", ACCOUNT)
    told = app.got("after")[0]
    assert (told["DialCallStatus"], told["DialCallSid"]) == ("completed", asked["CallSid"])
    assert told["ReturnParam_paid"] == "yes"


def test_an_application_may_see_whom_the_caller_has_called_and_refuse(twilio, app, rest):
    sid = application_of(rest, app)
    app.says(
        voice=dial_application(sid, "customerId='shop' copyParentTo='true'"),
        theirs="<Reject reason='busy'/>",
        after="<Say>They are busy</Say>",
    )
    call = twilio.dial(from_=ANN)
    call.hears("They are busy")
    asked = app.got("theirs")[0]
    assert (asked["To"], asked["CustomerId"]) == (call.shown()["to"], "shop")
    assert app.got("after")[0]["DialCallStatus"] == "busy"


def test_an_application_that_is_not_there_is_an_alert(twilio, app):
    app.says(voice=dial_application("AP" + "0" * 32), after="<Say>Nobody there</Say>")
    call = twilio.dial(from_=ANN)
    call.hears("Nobody there")
    assert app.got("after")[0]["DialCallStatus"] == "failed"
    assert [alert["code"] for alert in twilio.alerts() if alert["sid"] == call.sid] == [13223]


def test_keys_are_sent_to_a_dialled_number_before_the_whisper(twilio, app, desk):
    bob = desk()
    app.says(
        voice=f"<Dial><Number sendDigits='wwww12' url='hello'>{bob.address}</Number></Dial>", hello="<Say>Hi</Say>"
    )
    twilio.dial(from_=ANN).sees("bridged")
    kinds = [(event.kind, event.text) for event in bob.rings().transcript]
    assert kinds.index(("played", "keys wwww12")) < kinds.index(("said", "Hi"))
