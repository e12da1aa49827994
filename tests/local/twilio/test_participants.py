"""Conferences by REST: people dialled in, muted, held, spoken to, coached, removed; and recordings of what is live."""

import pytest

from tests.local.twilio.test_account import refusal
from tests.tools.stand_in import LINE

ANN, BOB, SLOW = "+12025550185", "+12025550186", "+12025550187"


@pytest.fixture
def room(twilio, app, rest):
    """A conference with Ann in it, and the call that she is on."""
    app.says(voice="<Dial><Conference>room</Conference></Dial>")
    call = twilio.dial(from_=ANN)
    call.sees("joined")
    (conference,) = rest.conferences.list(friendly_name="room", status="init")
    yield rest.conferences(conference.sid), call
    if rest.conferences(conference.sid).fetch().status != "completed":
        rest.conferences(conference.sid).update(status="completed")
    call.ended()


def events(twilio, conference, count):
    told = []
    while len(told) < count:
        told = [sent.parameters["StatusCallbackEvent"] for sent in twilio.webhooks("conference", conference, wait_s=20)]
    return told


def test_somebody_is_dialled_into_a_conference(twilio, app, rest, room):
    conference, ann = room
    twilio.phone(SLOW, answers="asks")
    made = conference.participants.create(
        from_=LINE, to=SLOW, label="bob", muted=True, end_conference_on_exit=True,
        conference_status_callback=f"{app.address}/conference",
        conference_status_callback_event=["join", "leave", "mute"],
        status_callback=f"{app.address}/leg", status_callback_event=["initiated", "answered"],
    )  # fmt: skip
    bob = twilio.phone(SLOW).rings()
    assert (made.call_sid, made.status, made.label, made.muted) == (bob.sid, "queued", "bob", True)
    assert conference.participants("bob").fetch().status == "ringing"
    bob.answers().sees("joined")
    ann.sees("conference_started")
    assert {one.label for one in conference.participants.list()} == {None, "bob"}
    assert conference.participants("bob").update(muted=False).muted is False
    bob.hangs_up()
    ann.ended()
    assert events(twilio, conference.fetch().sid, 4)[:3] == [
        "participant-join", "participant-unmute", "participant-leave",
    ]  # fmt: skip
    assert [told["CallStatus"] for told in app.got("leg")] == ["initiated", "in-progress"]
    assert rest.calls(bob.sid).fetch().direction == "outbound-api"


def test_a_conference_is_made_by_who_is_dialled_into_it(twilio, rest):
    made = rest.conferences("made by rest").participants.create(from_=LINE, to=BOB)
    twilio.call(made.call_sid).sees("joined", "made by rest")
    assert rest.conferences(made.conference_sid).fetch().friendly_name == "made by rest"
    rest.conferences(made.conference_sid).participants(made.call_sid).delete()
    twilio.call(made.call_sid).ended()


def test_a_participant_hears_what_is_announced_and_the_music_of_a_hold(twilio, app, room):
    conference, ann = room
    bob = twilio.call(conference.participants.create(from_=LINE, to=BOB).call_sid)
    bob.sees("conference_started")
    app.says(news="<Say>Two minutes left</Say>", music="<Say>Please hold</Say><Pause length='30'/>")
    conference.participants(bob.sid).update(announce_url=f"{app.address}/news")
    bob.hears("Two minutes left")
    conference.update(announce_url=f"{app.address}/news", announce_method="GET")
    ann.hears("Two minutes left")
    held = conference.participants(bob.sid).update(hold=True, hold_url=f"{app.address}/music")
    bob.hears("Please hold")
    assert (held.hold, conference.participants(bob.sid).update(hold=False).hold) == (True, False)
    conference.participants(bob.sid).update(announce_url=f"{app.address}/news")
    bob.hears("Two minutes left")
    conference.participants(bob.sid).update(hold=True)
    conference.participants(bob.sid).delete()
    bob.ended()


def test_a_supervisor_coaches_one_call(twilio, rest, room):
    conference, ann = room
    made = conference.participants.create(from_=LINE, to=BOB, coaching=True, call_sid_to_coach=ann.sid)
    twilio.call(made.call_sid).sees("joined")
    found = conference.participants(made.call_sid).fetch()
    assert (found.coaching, found.call_sid_to_coach) == (True, ann.sid)
    assert [one.call_sid for one in conference.participants.list(coaching=True)] == [made.call_sid]
    assert conference.participants(made.call_sid).update(coaching=False).coaching is False
    twilio.call(made.call_sid).hangs_up()
    assert refusal(lambda: rest.conferences("x").participants.create(from_=LINE, to=BOB, coaching=True)) == 20001


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"to": "x"}, 21211),
        ({"from_": "+12025550177"}, 21210),
        ({"caller_id": "+12025550177"}, 21210),
        ({"max_participants": 1}, 20001),
        ({"status_callback": "status"}, 21609),
        ({"status_callback_event": ["sold"]}, 21626),
        ({"beep": "loud"}, 20001),
    ],
)
def test_who_cannot_be_dialled_in_is_refused(rest, wrong, code):
    create = rest.conferences("refused").participants.create
    assert refusal(lambda: create(**{"from_": LINE, "to": BOB} | wrong)) == code
    assert refusal(lambda: rest.conferences("CF" + "0" * 32).participants.create(from_=LINE, to=BOB)) == 20404


def test_a_live_call_is_recorded_paused_and_stopped(twilio, app, rest):
    app.says(voice="<Gather timeout='60'><Say>Hello</Say></Gather><Gather timeout='60'/>")
    call = twilio.dial(from_=ANN)
    call.hears("Hello")
    recordings = rest.calls(call.sid).recordings
    made = recordings.create(
        recording_channels="dual", recording_status_callback=f"{app.address}/recorded",
        recording_status_callback_event=["in-progress", "completed"],
    )  # fmt: skip
    assert (made.status, made.source, made.channels) == ("in-progress", "StartCallRecordingAPI", 2)
    call.waits(10)
    assert recordings("Twilio.CURRENT").update(status="paused", pause_behavior="skip").status == "paused"
    call.waits(20)
    assert recordings(made.sid).update(status="in-progress").status == "in-progress"
    call.waits(5)
    assert recordings("Twilio.CURRENT").update(status="stopped").status == "stopped"
    assert (recordings(made.sid).fetch().status, recordings(made.sid).fetch().duration) == ("completed", "15")
    while len(told := twilio.webhooks("recording-status", call.sid, wait_s=20)) < 2:
        pass
    assert [sent.parameters["RecordingStatus"] for sent in told] == ["in-progress", "completed"]
    assert refusal(lambda: recordings(made.sid).update(status="paused")) == 21220
    assert recordings(made.sid).delete()
    assert rest.recordings.list(call_sid=call.sid) == []
    assert [one.status for one in rest.recordings.list(call_sid=call.sid, include_soft_deleted=True)] == ["deleted"]
    assert rest.recordings(made.sid).fetch(include_soft_deleted=True).status == "deleted"
    call.hangs_up()
    assert refusal(recordings.create) == 21220


def test_a_pause_is_silence_in_a_recording_that_lasts_to_the_end_of_its_call(twilio, app, rest):
    app.says(voice="<Gather timeout='60'><Say>Hello</Say></Gather>")
    call = twilio.dial(from_=ANN)
    call.hears("Hello")
    recordings = rest.calls(call.sid).recordings
    made = recordings.create()
    call.waits(10)
    recordings(made.sid).update(status="paused")
    call.waits(20)
    call.hangs_up()
    call.ended()
    assert (recordings(made.sid).fetch().status, recordings.list()[0].duration) == ("completed", "30")
    assert refusal(lambda: recordings("RE" + "0" * 32).fetch()) == 20404


def test_the_recording_of_a_conference_is_paused_and_found(twilio, app, rest):
    app.says(voice="<Dial><Conference record='record-from-start'>kept</Conference></Dial>")
    ann = twilio.dial(from_=ANN)
    ann.sees("joined")
    bob = twilio.dial(from_=BOB)
    bob.sees("conference_started")
    (conference,) = rest.conferences.list(friendly_name="kept", status="in-progress")
    recordings = rest.conferences(conference.sid).recordings
    assert recordings("Twilio.CURRENT").update(status="paused").status == "paused"
    assert recordings("Twilio.CURRENT").update(status="in-progress").status == "in-progress"
    ann.waits(8)
    rest.conferences(conference.sid).update(status="completed")
    ann.ended()
    (kept,) = recordings.list()
    assert (recordings(kept.sid).fetch().status, kept.source, kept.duration) == ("completed", "Conference", "8")


def test_a_live_call_is_transcribed_and_no_more(twilio, app, rest):
    app.says(voice="<Gather timeout='60'><Say>Hello</Say></Gather><Gather timeout='60'/>")
    call = twilio.dial(from_=ANN)
    call.hears("Hello")
    transcriptions = rest.calls(call.sid).transcriptions
    made = transcriptions.create(name="words", status_callback_url=f"{app.address}/words", track="inbound_track")
    assert (made.name, made.status) == ("words", "in-progress")
    call.says("a table for two")
    assert transcriptions("words").update(status="stopped").sid == made.sid
    while len(told := twilio.webhooks("transcription", call.sid, wait_s=20)) < 3:
        pass
    assert [one.parameters["TranscriptionEvent"] for one in told] == [
        "transcription-started", "transcription-content", "transcription-stopped",
    ]  # fmt: skip
    assert "a table for two" in told[1].parameters["TranscriptionData"]
    assert refusal(lambda: transcriptions("words").update(status="stopped")) == 20404
    call.hangs_up()
