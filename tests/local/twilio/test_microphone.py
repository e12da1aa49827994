"""A real microphone: its sound is the message that a caller leaves, and what the other end of a call hears."""

import httpx
import pytest

from local.twilio import microphone
from tests.tools.waiting import eventually

ANN = "+12025550171"
WEBM, OPUS = b"\x1aE\xdf\xa3 as MediaRecorder makes it", "audio/webm;codecs=opus"
RECORD = "<Record action='done' maxLength='30'/><Say>Nothing heard</Say>"


@pytest.fixture
def send(stand_in):
    """Return what sends a microphone's sound to a call."""

    def post(sid, content=WEBM, seconds=20, content_type=OPUS):
        path = f"{stand_in}/_local/calls/{sid}/sound"
        return httpx.post(path, params={"seconds": seconds}, content=content, headers={"content-type": content_type})

    return post


@pytest.fixture
def caller(twilio, app):
    """Somebody who has just begun to speak a message."""
    app.says(voice=RECORD, done="<Say>Thank you</Say>")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    return begins_to_speak(twilio, call)


def begins_to_speak(twilio, call):
    twilio.ask("POST", f"/calls/{call.sid}/speaks", {})
    return call


def test_a_message_is_as_long_as_it_was_spoken_and_sounds_as_the_microphone_gave_it(send, caller, app, rest):
    caller.waits(20)
    assert send(caller.sid).status_code == 204
    caller.hears("Thank you")
    told = app.got("done")[0]
    assert told["RecordingDuration"] == "20"
    for ending in ("", ".wav", ".mp3"):
        given = httpx.get(told["RecordingUrl"] + ending)
        assert (given.headers["content-type"], given.content) == (OPUS, WEBM)
    assert rest.recordings(told["RecordingSid"]).delete()
    assert httpx.get(told["RecordingUrl"]).status_code == 404


@pytest.mark.parametrize(
    ("ends", "seconds"),
    [(lambda call: call.hangs_up(), "8"), (lambda call: call.presses("#"), "8"), (lambda call: call.waits(40), "30")],
)
def test_who_is_cut_off_while_speaking_has_left_what_was_said_until_then(send, caller, app, ends, seconds):
    caller.waits(8)
    ends(caller)
    assert eventually(lambda: app.got("done"))
    told = app.got("done")[0]
    assert told["RecordingDuration"] == seconds
    assert send(caller.sid, seconds=8).status_code == 204
    assert httpx.get(told["RecordingUrl"]).content == WEBM


def test_a_message_has_one_sound(send, caller, app):
    caller.waits(2)
    assert [send(caller.sid, seconds=2).status_code for _ in range(2)] == [204, 409]
    assert httpx.get(app.got("done")[0]["RecordingUrl"]).content == WEBM


def test_whom_one_talks_with_hears_it(send, twilio, app, desk, stand_in):
    office = desk(answers="asks")
    app.says(voice=f"<Dial>{office.address}</Dial>")
    call = twilio.dial(from_=ANN)
    leg = office.rings().answers()
    call.sees("bridged")
    assert send(call.sid, seconds=2).status_code == 204
    given = httpx.get(stand_in + leg.sees("heard").detail["sound"])
    assert (given.headers["content-type"], given.content) == (OPUS, WEBM)


@pytest.mark.parametrize(
    ("changed", "status", "told"),
    [
        ({"content_type": "text/html"}, 415, "is no sound"),
        ({"seconds": "long"}, 400, "how long the sound is"),
        ({"content": bytes(microphone.MOST_BYTES + 1)}, 413, "more than 32 MB"),
    ],
)
def test_what_is_no_sound_is_refused_with_what_is_expected(send, caller, changed, status, told):
    refused = send(caller.sid, **changed)
    assert (refused.status_code, told in refused.json()["message"]) == (status, True)
    assert send(caller.sid).status_code == 204


def test_what_nobody_hears_or_records_is_refused(send, twilio, app):
    app.says(voice="<Gather input='speech'/>")
    call = twilio.dial(from_=ANN)
    call.sees("listening")
    refused = send(call.sid)
    assert (refused.status_code, "typed" in refused.json()["message"]) == (409, True)
    call.hangs_up()
    call.ended()
    assert send(call.sid).status_code == 409
    assert send("CA" + "0" * 32).status_code == 404
