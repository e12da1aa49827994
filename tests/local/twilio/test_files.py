"""Sounds and pictures are fetched as Twilio does; what cannot be had is told, and no call waits for it."""

import pytest
from starlette.responses import PlainTextResponse, Response

from tests.tools.stand_in import LINE
from tests.tools.waiting import eventually

ANN = "+12025550122"
NOBODY_LISTENS = "http://127.0.0.1:9/tune.mp3"


def alerts(twilio, sid):
    return [alert["code"] for alert in twilio.alerts() if alert["sid"] == sid]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (PlainTextResponse("not here", 404), 11200),
        (PlainTextResponse("la la la"), 13420),
        (Response(b"<html/>", media_type="text/html"), 13420),
    ],
)
def test_a_sound_that_cannot_be_played_is_told_and_the_call_goes_on(twilio, app, answer, code):
    app.answers["lost.mp3"] = answer
    app.says(voice="<Play>lost.mp3</Play><Say>On</Say><Pause length='600'/>")
    call = twilio.dial(from_=ANN)
    call.hears("On")
    assert eventually(lambda: alerts(twilio, call.sid) == [code])
    assert str(code) in str(call)
    (fetched,) = twilio.webhooks("media", call.sid)
    assert (fetched.method, fetched.url) == ("GET", f"{app.address}/lost.mp3")


def test_a_sound_of_a_gather_has_a_code_of_its_own(twilio, app):
    app.answers["words"] = PlainTextResponse("la la la")
    app.says(voice="<Gather bargeIn='false'><Play>words</Play></Gather>")
    call = twilio.dial(from_=ANN)
    call.waits(5)
    assert eventually(lambda: alerts(twilio, call.sid) == [13325])


def test_a_sound_is_fetched_once_and_its_content_is_not_in_the_log(twilio, app):
    app.answers["tune.wav"] = Response(b"RIFF" * 1000, media_type="audio/wav")
    app.says(voice="<Play>tune.wav</Play>")
    call = twilio.dial(from_=ANN)
    (fetched,) = twilio.webhooks("media", call.sid, wait_s=20)
    twilio.dial(from_=ANN).ended()
    assert (fetched.status, fetched.content_type, fetched.body) == (200, "audio/wav", "(4000 bytes)")
    assert alerts(twilio, call.sid) == []
    assert len(app.got("tune.wav")) == 1


def test_who_does_not_listen_here_is_told_and_who_is_elsewhere_is_not_asked(twilio, app):
    app.says(voice=f"<Play>{NOBODY_LISTENS}</Play><Play>https://ahoy.example.com/tune.mp3</Play>")
    call = twilio.dial(from_=ANN)
    assert eventually(lambda: alerts(twilio, call.sid) == [11205])
    assert [one.url for one in twilio.webhooks("media", call.sid)] == [NOBODY_LISTENS]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (PlainTextResponse("not here", 404), 11200),
        (Response(b"MZ", media_type="application/x-msdownload"), 12300),
        (Response(b"x" * (5 * 1024 * 1024 + 1), media_type="image/jpeg"), 11751),
    ],
)
def test_a_message_whose_media_cannot_be_sent_fails_with_the_reason(twilio, app, rest, answer, code):
    app.answers["cat.jpg"] = answer
    url = f"{app.address}/cat.jpg"
    sent = rest.messages.create(to=ANN, from_=LINE, media_url=[url], status_callback=f"{app.address}/told")
    assert eventually(lambda: rest.messages(sent.sid).fetch().status == "failed")
    assert rest.messages(sent.sid).fetch().error_code == code
    assert alerts(twilio, sent.sid) == [code]
    assert eventually(lambda: [told.get("ErrorCode") for told in app.got("told")] == [None, str(code)])


def test_a_picture_that_is_there_is_sent_with_its_own_type(app, rest, twilio):
    app.answers["cat"] = Response(b"GIF89a", media_type="image/gif")
    app.says(sms="<Message><Body>Look</Body><Media>cat</Media></Message>")
    (reply,) = twilio.text("hi", from_=ANN).replies
    assert eventually(lambda: rest.messages(reply["sid"]).fetch().status == "delivered")
    assert [media.content_type for media in rest.messages(reply["sid"]).media.list()] == ["image/gif"]
