"""What the line says and plays has an address, at which it is heard."""

import io
import urllib.error
import urllib.request
import wave

import pytest
from starlette.responses import Response

ANN = "+12025550122"
TUNE = b"RIFF....WAVE of the owner"


def events(call, kind):
    return [event for event in call.transcript if event.kind == kind]


def get(stand_in, path):
    with urllib.request.urlopen(stand_in + path, timeout=30) as answer:
        return answer.headers["content-type"], answer.read()


def seconds(content):
    with wave.open(io.BytesIO(content)) as file:
        return file.getnframes() / file.getframerate()


def test_what_a_say_says_is_heard_in_its_language_each_time_it_is_said(twilio, app, stand_in):
    app.says(
        voice='<Say language="de-DE" loop="2">Schönen guten Tag!</Say><Say>Two &amp; <break time="2s"/> three</Say>'
    )
    call = twilio.dial(ANN)
    call.hears("three")
    first, again, paused = (event.detail["sound"] for event in events(call, "said"))
    assert first == again != paused
    content_type, content = get(stand_in, first)
    assert content_type == "audio/wav"
    assert seconds(content) > 0.5
    assert seconds(get(stand_in, paused)[1]) > 2


def test_what_is_played_is_passed_on_as_it_was_fetched(twilio, app, stand_in):
    app.says(
        voice="<Play>/waltz.wav</Play><Play digits='1'/>", **{"waltz.wav": Response(TUNE, media_type="audio/x-wav")}
    )
    call = twilio.dial(ANN)
    call.ended()
    tune, keys = events(call, "played")
    assert get(stand_in, tune.detail["sound"]) == ("audio/x-wav", TUNE)
    assert "sound" not in keys.detail


def test_what_could_not_be_fetched_and_what_nobody_said_is_told(twilio, app, stand_in):
    app.says(voice="<Play>/gone.wav</Play>", **{"gone.wav": Response(status_code=404)})
    call = twilio.dial(ANN)
    call.ended()
    (gone,) = events(call, "played")
    for path, told in ((gone.detail["sound"], "was not fetched"), ("/sounds/none.wav", "heard lately")):
        with pytest.raises(urllib.error.HTTPError, match="404") as refused:
            get(stand_in, path)
        assert told in refused.value.read().decode()
