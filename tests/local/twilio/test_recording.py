"""Messages that callers leave, and recordings of whole calls."""

import io
import wave

import httpx
import pytest

from tests.tools.stand_in import LINE
from tests.tools.waiting import eventually

ANN = "+12025550170"
RECORD = "<Record action='done' transcribeCallback='text' recordingStatusCallback='ready'/><Say>Nothing heard</Say>"


def test_a_message_is_recorded_transcribed_and_can_be_fetched(twilio, app, rest):
    app.says(voice=RECORD, done="<Say>Thank you</Say>")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.records(seconds=7, transcript="please call me back")
    call.hears("Thank you")
    call.ended()
    told = app.got("done")[0]
    assert (told["RecordingDuration"], told["Digits"], told["CallStatus"]) == ("7", "", "in-progress")
    with wave.open(io.BytesIO(httpx.get(told["RecordingUrl"]).content)) as sound:
        assert sound.getnframes() / sound.getframerate() == 7
    assert httpx.get(told["RecordingUrl"] + ".mp3").headers["content-type"] == "audio/mpeg"
    (written,) = twilio.webhooks("transcription", call.sid, wait_s=20)
    assert written.parameters["TranscriptionText"] == "please call me back"
    (ready,) = twilio.webhooks("recording-status", call.sid, wait_s=20)
    assert (ready.parameters["RecordingStatus"], ready.parameters["RecordingSource"]) == ("completed", "RecordVerb")
    assert rest.recordings(told["RecordingSid"]).fetch().duration == "7"
    assert rest.recordings(told["RecordingSid"]).delete()


def test_silence_goes_on_with_the_next_verb(twilio, app):
    app.says(voice=RECORD)
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.waits(seconds=5)
    call.hears("Nothing heard")
    assert app.got("done") == []


def told_of_recording(twilio, call, count):
    """Return what the callbacks of a call's recordings tell, once there are so many."""
    assert eventually(lambda: len(twilio.webhooks("recording-status", call.sid)) == count)
    told = twilio.webhooks("recording-status", call.sid)
    return [(sent.parameters["RecordingStatus"], sent.parameters["ErrorCode"]) for sent in told]


ASKED = "recordingStatusCallback='made' recordingStatusCallbackEvent='in-progress completed absent'"


@pytest.mark.parametrize(("ends", "error"), [("silence", "16102"), ("#", "16102"), ("hang-up", "16101")])
def test_an_empty_message_asks_nothing_and_is_absent(twilio, app, rest, ends, error):
    app.says(voice=f"<Record action='done' {ASKED}/><Say>Nothing heard</Say>", made="", done="")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    if ends == "hang-up":
        call.hangs_up()
        call.ended()
    else:
        call.waits(seconds=5) if ends == "silence" else call.presses(ends)
        call.hears("Nothing heard")
    assert app.got("done") == []
    assert told_of_recording(twilio, call, 2) == [("in-progress", "0"), ("absent", error)]
    (recording,) = rest.recordings.list(call_sid=call.sid)
    assert (recording.status, recording.error_code, recording.duration) == ("absent", int(error), "0")
    assert httpx.get(recording.media_url).status_code == 404


def test_what_is_recorded_is_told_where_it_is_asked_for(twilio, app):
    app.says(voice=f"<Record action='done' {ASKED}/>", made="", done="")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.records(seconds=3)
    assert told_of_recording(twilio, call, 2) == [("in-progress", "0"), ("completed", "0")]
    app.says(voice="<Record recordingStatusCallback='made'/>", made="")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.hangs_up()
    call.ended()
    assert twilio.webhooks("recording-status", call.sid) == []


def test_a_key_ends_a_message(twilio, app):
    app.says(voice="<Record action='done' finishOnKey='5'/>", done="")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.records(seconds=3, ends="15")
    call.ended()
    assert app.got("done")[0]["Digits"] == "5"


def test_a_message_is_cut_at_its_longest(twilio, app):
    app.says(voice="<Record action='done' maxLength='10'/>", done="")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.records(seconds=60, ends="")
    call.ended()
    assert app.got("done")[0]["RecordingDuration"] == "10"


def test_a_hang_up_ends_a_message_and_the_action_is_told(twilio, app):
    app.says(voice=RECORD, done="<Say>Nobody hears this</Say>")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.records(seconds=4, transcript="bye", ends="hang-up")
    call.ended(status="completed")
    assert (app.got("done")[0]["Digits"], app.got("done")[0]["CallStatus"]) == ("hangup", "completed")
    assert "Nobody hears this" not in str(call)


def test_a_whole_call_is_recorded(twilio, app, rest):
    made = rest.calls.create(
        to=ANN,
        from_=LINE,
        twiml="<Response><Pause length='30'/></Response>",
        record=True,
        recording_channels="dual",
        recording_status_callback=f"{app.address}/ready",
    )
    twilio.call(made.sid).ended()
    (ready,) = twilio.webhooks("recording-status", made.sid, wait_s=20)
    assert (ready.parameters["RecordingDuration"], ready.parameters["RecordingChannels"]) == ("30", "2")


def shown_while(rest, call):
    """Return the one recording of a call as REST shows it now."""
    (recording,) = rest.recordings.list(call_sid=call.sid)
    return recording


@pytest.mark.parametrize(("wish", "lasts", "channels"), [("answer", "30", 1), ("ringing-dual", "37", 2)])
def test_a_bridge_is_recorded_from_its_begin_and_told_of_where_it_is_asked_for(
    twilio, app, rest, wish, lasts, channels
):
    bob = twilio.phone(f"+1202555{channels}171", answers="asks")
    app.says(voice=f"<Dial record='record-from-{wish}' action='done' {ASKED}>{bob.address}</Dial>", made="", done="")
    call = twilio.dial(from_=ANN)
    leg = bob.rings()
    leg.waits(seconds=7)
    leg.answers()
    call.sees("bridged")
    live = shown_while(rest, call)
    assert (live.status, live.duration, live.channels) == ("in-progress", None, channels)
    assert httpx.get(live.media_url).status_code == 404
    call.waits(seconds=30)
    leg.hangs_up()
    call.ended()
    assert told_of_recording(twilio, call, 2) == [("in-progress", "0"), ("completed", "0")]
    assert (shown_while(rest, call).duration, app.got("done")[0]["RecordingDuration"]) == (lasts, lasts)


def test_a_bridge_that_ends_at_once_leaves_no_recording(twilio, app, rest):
    app.says(voice=f"<Dial record='record-from-answer' action='done' {ASKED}>+12025550172</Dial>", made="", done="")
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    call.hangs_up()
    call.ended()
    assert told_of_recording(twilio, call, 2) == [("in-progress", "0"), ("absent", "16101")]
    assert "RecordingSid" not in app.got("done")[0]
    assert shown_while(rest, call).status == "absent"


def test_a_recording_of_a_bridge_outlives_no_hang_up_and_tells_its_track(twilio, app):
    app.says(
        voice="<Dial record='record-from-answer' recordingTrack='inbound' recordingStatusCallback='made'>"
        "+12025550172</Dial>",
        made="",
    )
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    call.waits(seconds=5)
    call.hangs_up()
    (sent,) = twilio.webhooks("recording-status", call.sid, wait_s=20)
    assert (sent.parameters["RecordingTrack"], sent.parameters["RecordingDuration"]) == ("inbound", "5")


def test_a_call_is_recorded_beside_its_document_until_it_ends(twilio, app, rest):
    app.says(
        voice=f"<Start><Recording channels='dual' track='inbound' {ASKED}/></Start><Say>Go on</Say><Pause length='9'/>",
        made="",
    )
    call = twilio.dial(from_=ANN)
    call.hears("Go on")
    call.ended()
    assert told_of_recording(twilio, call, 2) == [("in-progress", "0"), ("completed", "0")]
    made = shown_while(rest, call)
    assert (made.source, made.channels, made.duration) == ("StartCallRecordingTwiML", 2, "9")
    assert twilio.webhooks("recording-status", call.sid)[1].parameters["RecordingTrack"] == "inbound"
    (over,) = twilio.webhooks("call-status", call.sid, wait_s=20)
    assert "RecordingSid" not in over.parameters  # only where REST asked for it as it placed the call


def test_a_conference_is_recorded_while_it_lasts(twilio, app, rest):
    app.says(voice=f"<Dial><Conference record='record-from-start' {ASKED}>Live</Conference></Dial>", made="")
    first = twilio.dial(from_=ANN)
    first.sees("joined")
    assert rest.recordings.list(call_sid=first.sid) == []
    second = twilio.dial(from_="+12025550190")
    first.sees("conference_started")
    (conference,) = rest.conferences.list(friendly_name="Live")
    (live,) = conference_recordings = rest.conferences(conference.sid).recordings.list()
    assert (live.status, live.duration) == ("in-progress", None)
    first.waits(seconds=12)
    for call in (first, second):
        call.hangs_up()
        call.ended()
    assert told_of_recording(twilio, conference, 2) == [("in-progress", "0"), ("completed", "0")]
    (kept,) = rest.conferences(conference.sid).recordings.list()
    assert (kept.sid, kept.duration) == (conference_recordings[0].sid, "12")


@pytest.mark.parametrize(("wish", "beeps"), [("", 1), ("playBeep='false'", 0)])
def test_a_message_begins_with_a_beep_unless_it_shall_not(twilio, app, wish, beeps):
    app.says(voice=f"<Record {wish}/>")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    assert str(call).count("beep") == beeps
