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
        events = [s.parameters["StatusCallbackEvent"] for s in twilio.webhooks("conference", conference.sid, wait_s=20)]
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
    (sent,) = twilio.webhooks("recording-status", conference.sid, wait_s=20)
    told = sent.parameters
    assert (told["RecordingSource"], told["RecordingDuration"], told["ErrorCode"]) == ("Conference", "40", "0")
    assert (told["ConferenceSid"], "CallSid" in told) == (conference.sid, False)
    (recording,) = rest.conferences(conference.sid).recordings.list()
    assert (recording.sid, recording.conference_sid, recording.duration) == (
        told["RecordingSid"], conference.sid, "40")  # fmt: skip
    assert rest.recordings.list(conference_sid=conference.sid)[0].call_sid == first.sid


def test_all_who_are_not_muted_are_heard_by_the_others(twilio, app, rest):
    app.says(voice="<Dial><Conference waitUrl=''>Talk</Conference></Dial>")
    ann, bob, eve = (twilio.dial(from_=f"+1202555019{digit}") for digit in "234")
    eve.sees("joined")
    assert "hold music" not in str(ann)
    ann.says("Good morning")
    for other in (bob, eve):
        other.hears("Good morning")
    (conference,) = rest.conferences.list(friendly_name="Talk", status="in-progress")
    conference.participants(ann.sid).update(muted=True)
    ann.says("Can you hear me?")
    bob.says("Ann, you are muted")
    ann.hears("Ann, you are muted")
    assert "Can you hear me?" not in str(bob)
    assert "heard        Ann, you" not in str(bob)


def test_a_beep_tells_of_who_comes_and_goes_where_it_shall(twilio, app):
    ways = {"+12025550192": "true", "+12025550193": "onEnter", "+12025550194": "onExit", "+12025550195": "false"}
    app.says(voice=lambda told: f"<Dial><Conference waitUrl='' beep='{ways[told['From']]}'>Beeps</Conference></Dial>")
    first, *others = (twilio.dial(from_=number) for number in ways)
    for other in others:
        other.sees("joined")
    assert str(first).count("beep") == 1  # of the one with onEnter; the first was alone when it came
    for other in others:
        other.hangs_up()
        other.ended()
    assert str(first).count("beep") == 2


def test_who_speaks_is_told_where_it_is_asked_for(twilio, app):
    app.says(
        voice="<Dial><Conference statusCallback='events' statusCallbackEvent='speaker' participantLabel='guest'>"
        "Loud</Conference></Dial>",
        events="",
    )
    ann = twilio.dial(from_=ANN)
    twilio.dial(from_="+12025550195").sees("conference_started")
    ann.says("Hello")
    sid = ann.sees("joined").detail["sid"]
    told = []
    while len(told) < 2:
        told = [sent.parameters for sent in twilio.webhooks("conference", sid, wait_s=20)]
    assert [one["StatusCallbackEvent"] for one in told] == ["participant-speech-start", "participant-speech-stop"]
    assert {(one["CallSid"], one["ParticipantLabel"]) for one in told} == {(ann.sid, "guest")}


def test_a_coach_is_heard_by_one_only(twilio, app, rest):
    coached = []

    def voice(told):
        coach = f"coach='{coached[0]}'" if told["From"] == "+12025550197" else ""
        events = "statusCallback='events' statusCallbackEvent='join'"
        return f"<Dial><Conference waitUrl='' {coach} {events}>Advice</Conference></Dial>"

    app.says(voice=voice, events="")
    agent = twilio.dial(from_="+12025550196")
    agent.sees("joined")
    coached.append(agent.sid)
    customer = twilio.dial(from_=ANN)
    customer.sees("joined")
    coach = twilio.dial(from_="+12025550197")
    conference = coach.sees("joined").detail["sid"]
    coach.says("Offer a discount")
    agent.hears("Offer a discount")
    customer.says("It is too dear")
    coach.hears("It is too dear")
    assert "Offer a discount" not in str(customer)
    shown = rest.conferences(conference).participants(coach.sid).fetch()
    assert (shown.coaching, shown.call_sid_to_coach) == (True, agent.sid)
    told = [sent.parameters for sent in twilio.webhooks("conference", conference, wait_s=20)]
    joined = next(one for one in told if one["CallSid"] == coach.sid)
    assert (joined["Coaching"], joined["CallSidToCoach"]) == ("true", agent.sid)
