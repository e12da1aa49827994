"""What is said, written down: of messages afterwards, of calls while they last."""

import json

from tests.tools.waiting import eventually

ANN = "+12025550171"
LIVE = (
    "<Start><Transcription name='mine' statusCallbackUrl='words' languageCode='en-GB' inboundTrackLabel='Ann'/></Start>"
)


def test_transcriptions_are_read_and_deleted_by_rest(twilio, app, rest):
    app.says(voice="<Record action='done' transcribe='true'/>", done="")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.records(seconds=7, transcript="please call me back")
    call.ended()
    (recording,) = rest.recordings.list(call_sid=call.sid)
    (written,) = rest.recordings(recording.sid).transcriptions.list()
    assert (written.status, written.transcription_text, written.duration) == ("completed", "please call me back", "7")
    assert rest.transcriptions(written.sid).fetch().recording_sid == recording.sid
    assert written.sid in [one.sid for one in rest.transcriptions.list()]
    assert rest.recordings(recording.sid).transcriptions(written.sid).fetch().type == "fast"
    assert rest.transcriptions(written.sid).delete()
    assert rest.recordings(recording.sid).transcriptions.list() == []


def test_a_recording_too_long_or_without_words_is_not_transcribed(twilio, app, rest):
    app.says(voice="<Record action='done' transcribeCallback='text'/>", done="", text="")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    call.records(seconds=130, transcript="a very long story")
    call.ended()
    (told,) = twilio.webhooks("transcription", call.sid, wait_s=20)
    written = rest.transcriptions(told.parameters["TranscriptionSid"]).fetch()
    assert (written.status, written.transcription_text) == ("failed", None)


def events(twilio, call, count):
    """Return the parameters of a call's transcription callbacks, once there are so many."""
    assert eventually(lambda: len(twilio.webhooks("transcription", call.sid)) == count)
    return [sent.parameters for sent in twilio.webhooks("transcription", call.sid)]


def test_what_is_said_on_a_call_is_told_as_it_is_said(twilio, app):
    app.says(voice=f"{LIVE}<Gather input='speech' action='then'><Say>Who is it?</Say></Gather>", words="", then="")
    call = twilio.dial(from_=ANN)
    call.hears("Who is it?")
    call.says("It is Ann")
    call.ended()
    told = events(twilio, call, 4)
    assert [one["TranscriptionEvent"] for one in told] == [
        "transcription-started", "transcription-content", "transcription-content", "transcription-stopped"]  # fmt: skip
    assert [one["SequenceId"] for one in told] == ["1", "2", "3", "4"]
    line, person = told[1:3]
    assert (line["Track"], json.loads(line["TranscriptionData"])["transcript"]) == ("outbound_track", "Who is it?")
    assert (person["Track"], json.loads(person["TranscriptionData"])["transcript"]) == ("inbound_track", "It is Ann")
    assert (person["TrackLabel"], person["LanguageCode"], person["Final"]) == ("Ann", "en-GB", "true")


def test_a_transcription_is_stopped_by_its_name(twilio, app):
    app.says(
        voice=f"{LIVE}<Stop><Transcription name='mine'/></Stop><Say>Unheard</Say>"
        "<Stop><Transcription name='other'/></Stop>",
        words="",
    )
    call = twilio.dial(from_=ANN)
    call.ended()
    told = events(twilio, call, 2)
    assert told[1]["TranscriptionEvent"] == "transcription-stopped"
    assert "none of this name" in str(call)
