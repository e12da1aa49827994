"""Media Streams: the sound of a call at an application, and what comes back from there."""

import base64
import contextlib
import json

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from local.twilio.people import NotSo
from tests.tools.sockets import Application
from tests.tools.stand_in import ACCOUNT, TOKEN
from tests.tools.waiting import eventually

ANN = "+12025550122"
SILENCE = base64.b64encode(b"\xff" * 160).decode()


@pytest.fixture(scope="module")
def application():
    served = Application()
    yield served
    served.stop()


@pytest.fixture
def rings(twilio, app):
    """Return what lets Ann ring a line that answers with a document."""
    calls = []

    def rings(document, **others):
        app.says(voice=document, after="<Say>Goodbye</Say>", **others)
        calls.append(twilio.dial(from_=ANN))
        return calls[-1]

    yield rings
    for call in calls:
        with contextlib.suppress(NotSo):  # it is over
            call.hangs_up()
        call.ended()


@pytest.fixture
def connected(rings, application):
    """Return what connects a call with the application: the call, and the application's side of it."""

    def connect(attributes="", inside="", action=" action='after'"):
        noun = f"<Stream url='{application.address}/stream' {attributes}>{inside}</Stream>"
        call = rings(f"<Connect{action}>{noun}</Connect><Say>Next verb</Say>")
        return call, application.talk()

    return connect


def told(twilio, call):
    """Return the status callbacks of a call's streams."""
    return [one.parameters for one in twilio.webhooks("stream-status", call.sid, wait_s=20)]


def codes(twilio, call):
    return [alert["code"] for alert in twilio.alerts() if alert["sid"] == call.sid]


def sound(talk, seconds):
    """Return a message with so many seconds of sound."""
    payload = base64.b64encode(b"\x10" * round(seconds * 8000)).decode()
    return {"event": "media", "streamSid": talk.messages[1]["streamSid"], "media": {"payload": payload}}


def mark(talk, name):
    return {"event": "mark", "streamSid": talk.messages[1]["streamSid"], "mark": {"name": name}}


def test_a_stream_begins_signed_and_with_what_the_application_is_to_know(connected, application):
    call, talk = connected("name='ours'", "<Parameter name='FirstName' value='Ann'/>")
    assert RequestValidator(TOKEN).validate(f"{application.address}/stream", {}, talk.headers["x-twilio-signature"])
    assert talk.hears(event="connected") == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    start = talk.hears(event="start")
    sid = start["streamSid"]
    assert sid.startswith("MZ")
    assert start == {
        "event": "start", "sequenceNumber": "1", "streamSid": sid,
        "start": {"accountSid": ACCOUNT, "streamSid": sid, "callSid": call.sid, "tracks": ["inbound"],
                  "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                  "customParameters": {"FirstName": "Ann"}},
    }  # fmt: skip


def test_every_second_of_a_call_is_fifty_frames_of_silence(connected):
    call, talk = connected()
    call.waits(2)
    talk.hears(event="media", sequenceNumber="101")
    frames = talk.got(event="media")
    assert len(frames) == 100
    assert frames[99] == {
        "event": "media", "sequenceNumber": "101", "streamSid": talk.messages[1]["streamSid"],
        "media": {"track": "inbound", "chunk": "100", "timestamp": "1980", "payload": SILENCE},
    }  # fmt: skip


def test_words_are_silence_of_their_length_and_keys_are_told(connected):
    call, talk = connected()
    call.says("fifteen letters")  # a second
    call.sees("unheard", "1.0 s of silence")
    call.presses("7")
    assert talk.hears(event="dtmf") == {
        "event": "dtmf", "streamSid": talk.messages[1]["streamSid"], "sequenceNumber": "52",
        "dtmf": {"track": "inbound_track", "digit": "7"},
    }  # fmt: skip
    assert len(talk.got(event="media")) == 50


def test_sound_of_the_application_is_counted_and_marks_come_back_when_it_was_played(connected):
    call, talk = connected()
    talk.hears(event="start")
    talk.says(mark(talk, "nothing yet"), sound(talk, 1.5), mark(talk, "half"), sound(talk, 0.5), mark(talk, "all"))
    talk.hears(event="mark", mark={"name": "nothing yet"})
    call.waits(1.4)
    assert [one["mark"]["name"] for one in talk.got(event="mark")] == ["nothing yet"]
    call.waits(0.1)
    talk.hears(event="mark", mark={"name": "half"})
    call.waits(1)
    assert talk.hears(event="mark")["mark"] == {"name": "all"}
    call.hears("2.0 s of sound from the stream")


def test_clearing_ends_the_sound_and_sends_all_marks_back(connected):
    call, talk = connected()
    talk.hears(event="start")
    talk.says(sound(talk, 3), mark(talk, "one"), mark(talk, "two"))
    talk.says({"event": "clear", "streamSid": talk.messages[1]["streamSid"]})
    talk.hears(event="mark", mark={"name": "one"})
    talk.hears(event="mark", mark={"name": "two"})
    call.hears("0.0 s of sound from the stream, 3.0 s cleared")


def test_the_document_goes_on_when_the_application_closes_the_stream(connected, app, twilio):
    call, talk = connected("statusCallback='/told'")
    talk.hears(event="start")
    talk.closes()
    call.hears("Goodbye")
    call.ended(status="completed")
    (after,) = app.got("after")
    assert (after["CallStatus"], after["CallSid"]) == ("in-progress", call.sid)
    assert eventually(lambda: len(told(twilio, call)) == 2)
    begun, over = told(twilio, call)
    sid = talk.messages[1]["streamSid"]
    assert {name: begun[name] for name in ("AccountSid", "CallSid", "StreamSid", "StreamName", "StreamEvent")} == {
        "AccountSid": ACCOUNT, "CallSid": call.sid, "StreamSid": sid, "StreamName": sid,
        "StreamEvent": "stream-started",
    }  # fmt: skip
    assert begun["Timestamp"].endswith("Z")
    assert over["StreamEvent"] == "stream-stopped"
    assert codes(twilio, call) == [31922]  # ws:// is not for Twilio


def test_who_hangs_up_stops_the_stream(connected, app):
    call, talk = connected()
    call.waits(1)
    call.hangs_up()
    stop = talk.hears(event="stop")
    assert (stop["sequenceNumber"], stop["stop"]) == ("52", {"accountSid": ACCOUNT, "callSid": call.sid})
    assert talk.ended() == 1000
    call.ended(status="completed")
    assert app.got("after")[0]["CallStatus"] == "completed"


def test_a_stream_that_breaks_is_told_and_the_document_goes_on(connected, twilio):
    call, talk = connected("statusCallback='/told'", action="")
    talk.closes(1011)
    call.hears("Next verb")
    assert eventually(lambda: told(twilio, call)[-1]["StreamEvent"] == "stream-error")
    assert told(twilio, call)[-1]["StreamError"].startswith("31921")
    assert codes(twilio, call) == [31922, 31921]


@pytest.mark.parametrize(
    "wrong",
    ["no JSON", {"event": "ping"}, {"event": "media", "media": {"payload": "/w=="}},
     {"event": "clear", "streamSid": "MZ1"}, {"event": "media", "streamSid": "", "media": {}},
     {"event": "media", "streamSid": "", "media": {"payload": "%"}},
     {"event": "clear", "streamSid": "", "extra": 1}, {"event": "mark", "streamSid": "", "mark": "x"}],
)  # fmt: skip
def test_a_message_that_is_none_is_warned_of_once_and_goes_nowhere(connected, twilio, wrong):
    call, talk = connected()
    sid = talk.hears(event="start")["streamSid"]
    wrong = json.dumps(wrong).replace('"streamSid": ""', f'"streamSid": "{sid}"') if isinstance(wrong, dict) else wrong
    talk.says(wrong, wrong, mark(talk, "still here"))
    talk.hears(event="mark", mark={"name": "still here"})
    assert codes(twilio, call) == [31922, 31951]


def test_a_binary_message_is_no_message(connected, twilio):
    call, talk = connected()
    talk.hears(event="start")
    talk.says_bytes(b"\xff")
    talk.says(mark(talk, "still here"))
    talk.hears(event="mark")
    assert codes(twilio, call) == [31922, 31950]


@pytest.mark.parametrize(
    ("url", "attributes", "code"),
    [("{at}/refuse/404", "", 31920), ("{at}/moved", "", 31920), ("ws://127.0.0.1:1/x", "", 31902),
     ("wss{tail}", "", 31910), ("ws://ahoy.example.com/x", "", 31922),
     ("ftp://ahoy.example.com/x", "", 31922), ("wss://[::1", "", 31923),
     ("{at}/x", "track='both_tracks'", 31941), ("{at}/x", "track='mine'", 31941)],
)  # fmt: skip
def test_a_stream_that_cannot_begin_is_told_with_twilios_code(rings, application, twilio, url, attributes, code):
    url = url.format(at=application.address, tail=application.address.removeprefix("ws"))
    call = rings(f"<Connect><Stream url='{url}' statusCallback='/told' {attributes}/></Connect><Say>Next verb</Say>")
    call.hears("Next verb")
    assert codes(twilio, call) == [code]
    (event,) = told(twilio, call)
    assert (event["StreamEvent"], event["StreamError"].split()[0]) == ("stream-error", str(code))


def test_a_query_is_not_passed_on_and_an_address_may_be_relative(rings, application, app):
    rings(f"<Connect><Stream url='{application.address}/here?a=b'/></Connect>")
    talk = application.talk()
    assert talk.url == f"{application.address}/here"
    talk.closes()
    call = rings("<Connect><Stream url='/here'/></Connect><Say>Next verb</Say>")
    call.sees("alert", "31920")  # the app of the documents takes no WebSocket
    assert (app.got("here"), app.forged) == ([{}], ["here"])  # signed as ws://, which it reads as http://
    app.forged.clear()


def test_a_stream_goes_on_beside_the_document_until_it_is_stopped(rings, application, twilio):
    call = rings(
        f"<Start><Stream name='tap' url='{application.address}/' track='both_tracks' statusCallback='/told'/></Start>"
        "<Say>Listen to this, it takes two seconds.</Say><Gather timeout='9'/><Stop><Stream name='tap'/></Stop>"
        "<Stop><Stream name='tap'/></Stop><Gather timeout='9'/>"
    )
    talk = application.talk()
    assert talk.hears(event="start")["start"]["tracks"] == ["inbound", "outbound"]
    call.waits(2)
    talk.hears(event="media", sequenceNumber="21")
    one, other = talk.got(event="media")[:2]
    assert [one["media"]["track"], other["media"]["track"]] == ["inbound", "outbound"]
    assert (one["media"]["chunk"], other["media"]["chunk"]) == ("1", "1")
    call.waits(7)
    talk.hears(event="stop")
    assert talk.ended() == 1000
    call.sees("not_played", "Stream: there is none of this name to stop")
    assert eventually(
        lambda: [one["StreamEvent"] for one in told(twilio, call)] == ["stream-started", "stream-stopped"]
    )


def test_it_ends_with_the_call_and_takes_no_messages(rings, application, twilio):
    call = rings(f"<Start><Stream name='tap' url='{application.address}/tap'/></Start><Gather timeout='9'/>")
    talk = application.talk()
    talk.hears(event="start")
    talk.says(sound(talk, 1), sound(talk, 1))
    call.sees("alert", "31924")
    call.presses("1")
    call.hangs_up()
    talk.hears(event="stop")
    assert talk.got(event="dtmf") == []  # bidirectional streams alone have them
    assert codes(twilio, call) == [31922, 31924]


def test_a_name_is_given_once_and_is_free_again_afterwards(rings, application):
    noun = f"<Start><Stream name='tap' url='{application.address}/tap'/></Start>"
    call = rings(f"{noun}{noun}<Gather timeout='9'/>{noun}<Gather timeout='9'/>")
    talk = application.talk()
    call.sees("not_played", "Stream: tap is under way already")
    talk.closes()
    call.sees("listening")
    call.waits(9)
    application.talk().hears(event="start")


def test_rest_begins_a_stream_beside_the_call_and_stops_it_by_its_name(rings, application, rest):
    call = rings("<Gather timeout='9'/>")
    call.sees("listening")
    made = rest.calls(call.sid).streams.create(
        url=f"{application.address}/tap", name="tap", track="outbound_track", status_callback="https://127.0.0.1:1/told",
        parameter1_name="who", parameter1_value="Ann",
    )  # fmt: skip
    assert (made.sid[:2], made.status, made.name, made.call_sid) == ("MZ", "in-progress", "tap", call.sid)
    start = application.talk().hears(event="start")
    assert (start["streamSid"], start["start"]["tracks"]) == (made.sid, ["outbound"])
    assert start["start"]["customParameters"] == {"who": "Ann"}
    with pytest.raises(TwilioRestException):
        rest.calls(call.sid).streams.create(url=f"{application.address}/tap", name="tap")
    assert rest.calls(call.sid).streams("tap").update(status="stopped").status == "stopped"
    with pytest.raises(TwilioRestException) as refused:
        rest.calls(call.sid).streams(made.sid).update(status="stopped")
    assert refused.value.status == 404


def test_rest_streams_no_call_that_is_over(rings, application, rest):
    call = rings("<Hangup/>")
    call.ended()
    with pytest.raises(TwilioRestException) as refused:
        rest.calls(call.sid).streams.create(url=f"{application.address}/tap")
    assert refused.value.code == 21220
