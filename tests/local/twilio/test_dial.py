"""Forwarding: who rings, who answers, what is told afterwards."""

import itertools

import pytest

from tests.tools.stand_in import LINE

ANN = "+12025550180"
_numbers = itertools.count(1000)  # beyond those that other tests name


@pytest.fixture
def desk(twilio):
    """Return a phone at a number that no other test uses."""

    def make(**behaviour):
        return twilio.phone(f"+1202555{next(_numbers):04}", **behaviour)

    return make


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
    assert 13221 in [alert["code"] for alert in twilio.alerts() if alert["sid"] == call.sid]
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
    while len(told := twilio.webhooks("call-status", leg.sid, wait_s=5)) < 4:
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


def test_a_conference_starts_with_its_moderator_and_ends_with_it(twilio, app, rest):
    def room(parameters):
        is_host = parameters["From"] == "+12025550190"
        mode = f"startConferenceOnEnter='{str(is_host).lower()}' endConferenceOnExit='{str(is_host).lower()}'"
        events = "statusCallback='/events' statusCallbackEvent='start end join leave mute'"
        return f"<Dial action='after'><Conference {mode} {events}>Room</Conference></Dial>"

    app.says(voice=room, after="<Say>It is over</Say>")
    guest = twilio.dial(from_=ANN)
    guest.sees("joined")
    guest.hears("hold music")
    host = twilio.dial(from_="+12025550190")
    guest.sees("conference_started")
    (conference,) = rest.conferences.list(friendly_name="Room", status="in-progress")
    assert len(conference.participants.list()) == 2
    assert conference.participants(guest.sid).update(muted=True).muted
    host.hangs_up()
    guest.hears("It is over")
    assert conference.fetch().status == "completed"
    events = []
    while len(events) < 7:
        events = [s.parameters["StatusCallbackEvent"] for s in twilio.webhooks("conference", conference.sid, wait_s=5)]
    assert events == [
        "participant-join",
        "participant-join",
        "conference-start",
        "participant-mute",
        "participant-leave",
        "participant-leave",
        "conference-end",
    ]


def test_a_conference_is_recorded_from_its_start_and_told_of_without_a_call(twilio, app, rest):
    app.says(
        voice="<Dial><Conference record='record-from-start' recordingStatusCallback='made'>Taped</Conference></Dial>"
    )
    first = twilio.dial(from_=ANN)
    first.sees("joined")
    first.waits(seconds=20)
    second = twilio.dial(from_="+12025550190")
    first.sees("conference_started")
    first.waits(seconds=40)
    for call in (first, second):
        call.hangs_up()
        call.ended()
    (conference,) = rest.conferences.list(friendly_name="Taped")
    (sent,) = twilio.webhooks("recording-status", conference.sid, wait_s=5)
    told = sent.parameters
    assert (told["RecordingSource"], told["RecordingDuration"], told["ErrorCode"]) == ("Conference", "40", "0")
    assert (told["ConferenceSid"], "CallSid" in told) == (conference.sid, False)
    (recording,) = rest.conferences(conference.sid).recordings.list()
    assert (recording.sid, recording.conference_sid, recording.duration) == (
        told["RecordingSid"], conference.sid, "40")  # fmt: skip
    assert rest.recordings.list(conference_sid=conference.sid)[0].call_sid == first.sid


def test_a_queue_is_waited_in_and_served(twilio, app, rest):
    agent = "+12025550191"

    def voice(parameters):
        if parameters["From"] == agent:
            return "<Dial action='served'><Queue url='hello'>support</Queue></Dial>"
        return "<Enqueue waitUrl='wait' action='done'>support</Enqueue>"

    app.says(
        voice=voice,
        wait=lambda parameters: f"<Say>You are number {parameters['QueuePosition']}</Say><Pause length='20'/>",
        hello="<Say>You will be connected</Say>",
        done="<Say>Bye</Say>",
        served="",
    )
    caller = twilio.dial(from_=ANN)
    caller.hears("You are number 1")
    caller.waits(seconds=30)
    caller.hears("You are number 1")
    (queue,) = [queue for queue in rest.queues.list() if queue.friendly_name == "support"]
    assert queue.current_size == 1
    assert [member.call_sid for member in queue.members.list()] == [caller.sid]
    serving = twilio.dial(from_=agent)
    caller.hears("You will be connected")
    serving.sees("bridged")
    serving.hangs_up()
    caller.hears("Bye")
    assert (app.got("done")[0]["QueueResult"], app.got("done")[0]["QueueTime"]) == ("bridged", "30")
    assert app.got("served")[0]["DequeuedCallSid"] == caller.sid
    assert app.got("hello")[0]["DequeingCallSid"] == serving.sid


def test_a_caller_leaves_the_queue_or_hangs_up_in_it(twilio, app):
    app.says(
        voice="<Enqueue waitUrl='wait' action='done'>line</Enqueue>",
        wait="<Gather numDigits='1' action='out'><Say>Press a key to leave</Say></Gather>",
        out="<Leave/>",
        done="<Say>You left</Say>",
    )
    call = twilio.dial(from_=ANN)
    call.hears("Press a key")
    call.presses("1")
    call.hears("You left")
    assert app.got("done")[0]["QueueResult"] == "leave"
    call = twilio.dial(from_=ANN)
    call.hears("Press a key")
    call.hangs_up()
    call.ended()
    assert (app.got("done")[1]["QueueResult"], app.got("done")[1]["CallStatus"]) == ("hangup", "completed")


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


def test_a_verb_for_machines_that_are_not_here_is_accepted_and_its_action_asked(twilio, app):
    app.says(voice="<Start><Stream url='wss://example.com'/></Start><Pay action='paid'/>", paid="<Say>Paid</Say>")
    call = twilio.dial(from_=ANN)
    assert call.sees("accepted").text == "Start Stream"
    call.hears("Paid")


@pytest.mark.parametrize(
    ("mode", "answered_by"), [("Enable", "machine_start"), ("DetectMessageEnd", "machine_end_beep")]
)
def test_an_answering_machine_is_told_from_a_person(twilio, app, rest, mode, answered_by):
    app.says(hello="")
    machine = twilio.phone("+12025550192", answers="machine")
    made = rest.calls.create(to=machine.address, from_=LINE, url=f"{app.address}/hello", machine_detection=mode)
    twilio.call(made.sid).ended()
    assert app.got("hello")[0]["AnsweredBy"] == answered_by
    made = rest.calls.create(
        to=machine.address,
        from_=LINE,
        url=f"{app.address}/hello",
        machine_detection=mode,
        async_amd="true",
        async_amd_status_callback=f"{app.address}/amd",
    )
    twilio.call(made.sid).ended()
    (sent,) = twilio.webhooks("machine-detection", made.sid, wait_s=5)
    assert sent.parameters["AnsweredBy"] == answered_by
    assert "AnsweredBy" not in app.got("hello")[1]
