"""Conferences: who is in, when they begin and end, what is told of them."""

ANN = "+12025550180"


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
