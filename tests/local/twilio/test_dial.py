"""Forwarding: who rings, who answers, what is told afterwards."""

import pytest

from tests.tools.stand_in import LINE

ANN = "+12025550180"


def test_a_call_is_bridged_and_the_action_is_told(twilio, app, desk):
    bob = desk()
    app.says(voice=f"<Dial action='after'>{bob.address}</Dial><Say>Dropped</Say>", after="<Say>Goodbye</Say>")
    call = twilio.dial(from_=ANN)
    leg = bob.rings()
    call.sees("bridged")
    leg.says("hello Ann")
    call.hears("hello Ann")
    call.waits(seconds=20)
    leg.hangs_up()
    call.hears("Goodbye")
    told = app.got("after")[0]
    assert (told["DialCallStatus"], told["DialCallSid"], told["DialBridged"]) == ("completed", leg.sid, "true")
    assert int(told["DialCallDuration"]) >= 20
    assert leg.shown()["parent_call_sid"] == call.sid
    assert leg.shown()["from"] == ANN
    assert "Dropped" not in str(call)


@pytest.mark.parametrize(
    ("answers", "status"), [("busy", "busy"), ("no-answer", "no-answer"), ("fails", "failed"), ("rejects", "busy")]
)
def test_who_cannot_be_reached_is_told_to_the_action(twilio, app, desk, answers, status):
    bob = desk(answers=answers)
    app.says(voice=f"<Dial action='after' timeout='20'>{bob.address}</Dial>", after="<Say>Sorry</Say>")
    call = twilio.dial(from_=ANN)
    call.sees("dialled")
    if answers == "no-answer":
        call.waits(seconds=20)
    call.hears("Sorry")
    assert app.got("after")[0]["DialCallStatus"] == status


def test_without_an_action_the_document_goes_on(twilio, app, desk):
    bob = desk(answers="busy")
    app.says(voice=f"<Dial>{bob.address}</Dial><Say>Next</Say>")
    twilio.dial(from_=ANN).hears("Next")


def test_several_ring_at_once_and_the_first_to_answer_wins(twilio, app, desk):
    bob, eve = desk(answers="asks"), desk(answers="asks")
    app.says(voice=f"<Dial><Number>{bob.address}</Number><Number>{eve.address}</Number></Dial>")
    call = twilio.dial(from_=ANN)
    first, second = bob.rings(), eve.rings()
    second.answers()
    call.sees("bridged", eve.address)
    first.ended(status="canceled")


def test_of_several_who_pick_up_at_once_one_has_the_call(twilio, app, desk):
    bob, eve = desk(), desk()
    app.says(voice=f"<Dial><Number>{bob.address}</Number><Number>{eve.address}</Number></Dial>")
    twilio.dial(from_=ANN).sees("bridged", bob.address)
    eve.rings().ended(status="canceled")


def test_the_first_to_pick_up_ends_the_ringing_of_the_others_and_may_refuse(twilio, app, desk):
    bob, eve = desk(answers="asks"), desk(answers="asks")
    numbers = "".join(f"<Number url='screen'>{phone.address}</Number>" for phone in (bob, eve))
    app.says(voice=f"<Dial action='after'>{numbers}</Dial>", screen="<Pause length='9'/><Hangup/>", after="")
    call = twilio.dial(from_=ANN)
    first, second = bob.rings(), eve.rings()
    first.answers()
    second.ended(status="canceled")
    first.ended(status="completed")
    call.ended()
    told = app.got("after")[0]
    assert (told["DialCallStatus"], told["DialBridged"], told["DialCallSid"]) == ("completed", "false", first.sid)
    assert told["DialCallDuration"] == "9"


def test_one_after_another_each_may_refuse(twilio, app, desk):
    bob, eve = desk(), desk()
    numbers = "".join(f"<Number url='screen'>{phone.address}</Number>" for phone in (bob, eve))
    app.says(voice=f"<Dial sequential='true' action='after'>{numbers}</Dial>", screen="<Hangup/>", after="")
    twilio.dial(from_=ANN).ended()
    assert len(app.got("screen")) == 2
    assert app.got("after")[0]["DialCallSid"] == eve.rings().sid


def test_a_caller_who_hangs_up_during_the_whisper_has_talked_with_nobody(twilio, app, desk):
    bob = desk(answers="asks")
    app.says(
        voice=f"<Dial action='after'><Number url='screen'>{bob.address}</Number></Dial>",
        screen="<Gather><Say>Press 1</Say></Gather>",
    )
    call = twilio.dial(from_=ANN)
    leg = bob.rings()
    leg.answers()
    leg.hears("Press 1")
    call.hangs_up()
    call.ended()
    leg.ended(status="completed")
    assert (app.got("after")[0]["DialCallStatus"], app.got("after")[0]["DialBridged"]) == ("completed", "false")


def test_whoever_comes_after_the_tenth_is_not_dialled(twilio, app):
    app.says(voice=f"<Dial>{''.join(f'<Number>+120255503{n}</Number>' for n in range(10, 21))}</Dial>")
    call = twilio.dial(from_=ANN)
    call.sees("alert", "12200 <Dial>: 11 are dialled, at most 10 may be")
    assert twilio.phone("+12025550320").rung(0, 0) == []
    call.hangs_up()


def test_one_after_another(twilio, app, desk):
    bob, eve = desk(answers="no-answer"), desk()
    both = f"<Number>{bob.address}</Number><Number>{eve.address}</Number>"
    app.says(voice=f"<Dial sequential='true' timeout='15'>{both}</Dial>")
    call = twilio.dial(from_=ANN)
    bob.rings()
    assert eve.calls == []
    call.waits(seconds=15)
    eve.rings()
    call.sees("bridged", eve.address)


def test_the_whisper_is_heard_before_the_bridge_and_may_refuse(twilio, app, desk):
    bob = desk()
    app.says(
        voice=f"<Dial action='after'><Number url='screen'>{bob.address}</Number></Dial>",
        screen="<Gather numDigits='1' action='accepted'><Say>Press 1 to take it</Say></Gather><Hangup/>",
        accepted="",
        after="<Say>Voicemail</Say>",
    )
    call = twilio.dial(from_=ANN)
    leg = bob.rings()
    leg.hears("Press 1")
    assert app.got("screen")[0]["ParentCallSid"] == call.sid
    leg.presses("1")
    call.sees("bridged")
    call.hangs_up()
    call = twilio.dial(from_=ANN)
    leg = bob.rings()
    leg.hears("Press 1")
    call.waits(seconds=5)
    call.hears("Voicemail")
    assert (app.got("after")[-1]["DialCallStatus"], app.got("after")[-1]["DialBridged"]) == ("completed", "false")


def test_a_caller_who_hangs_up_ends_both_and_the_action_hears_of_it(twilio, app, desk):
    bob = desk()
    app.says(voice=f"<Dial action='after'>{bob.address}</Dial>")
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    call.hangs_up()
    call.ended(status="completed")
    bob.rings().ended(status="completed")
    assert (app.got("after")[0]["CallStatus"], app.got("after")[0]["DialCallStatus"]) == ("completed", "completed")


def test_the_star_and_the_time_limit_end_a_bridge(twilio, app, desk):
    bob = desk()
    app.says(voice=f"<Dial hangupOnStar='true' timeLimit='60'>{bob.address}</Dial><Say>Over</Say>")
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    call.presses("*")
    call.hears("Over")
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    call.waits(seconds=59)
    assert "Over" not in str(call)
    call.waits(seconds=1)
    call.hears("Over")


def test_a_caller_id_must_be_ones_own(twilio, app, desk):
    bob = desk()
    app.says(voice=f"<Dial callerId='+12025550188' action='after'>{bob.address}</Dial>", after="")
    call = twilio.dial(from_=ANN)
    call.ended()
    assert app.got("after")[0]["DialCallStatus"] == "failed"
    assert 13214 in [alert["code"] for alert in twilio.alerts() if alert["sid"] == call.sid]
    for shown in ("client:ann", "sip:desk@example.com", "our office"):
        app.says(voice=f"<Dial callerId='{shown}'>{bob.address}</Dial>")
        twilio.dial(from_=ANN).sees("alert", f"13214 <Dial>: invalid callerId {shown}")
    app.says(voice=f"<Dial>{bob.address}</Dial>")
    twilio.dial(from_="client:ann").sees("alert", "13214 <Dial>: invalid callerId client:ann")
    app.says(voice=f"<Dial callerId='{LINE}'>{bob.address}</Dial>")
    call = twilio.dial(from_=ANN)
    assert bob.rings().shown()["from"] == LINE


def test_clients_and_sip_addresses_ring_and_tell_their_own_callbacks(twilio, app):
    app.says(
        voice="<Dial><Client statusCallback='seen' statusCallbackEvent='initiated ringing answered completed'>ann"
        "</Client><Sip>sip:desk@example.com</Sip></Dial>"
    )
    twilio.phone("sip:desk@example.com", answers="no-answer")
    call = twilio.dial(from_=ANN)
    call.sees("bridged", "client:ann")
    leg = twilio.phone("client:ann").calls[-1].hangs_up()
    call.ended()
    while len(told := twilio.webhooks("call-status", leg.sid, wait_s=20)) < 4:
        pass
    assert [sent.parameters["CallStatus"] for sent in told] == ["initiated", "ringing", "in-progress", "completed"]
    assert told[0].parameters["ParentCallSid"] == call.sid


def test_a_bridge_is_recorded(twilio, app, desk):
    bob = desk()
    app.says(voice=f"<Dial record='record-from-answer-dual' action='after'>{bob.address}</Dial>", after="")
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    call.waits(seconds=30)
    bob.rings().hangs_up()
    call.ended()
    assert app.got("after")[0]["RecordingDuration"] == "30"
