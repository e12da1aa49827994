"""The signalling of Twilio's Voice SDK, as the SDK speaks it; tests/line/reach/test_softphone.py has the SDK itself."""

import asyncio
import contextlib
import json
import socket
import threading
import time
import uuid
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import httpx
import pytest
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from local.bootstrap import voice_sdk
from local.twilio.account import Account
from local.twilio.engine.leg import Switchboard
from local.twilio.softphone.browser_end import BrowserEnd
from local.twilio.softphone.exchange import Exchange
from tests.tools.stand_in import ACCOUNT, API_KEY
from tests.tools.waiting import eventually

ASKS = '<Gather numDigits="1" action="/pressed"><Say>Press a key.</Say></Gather><Gather/>'
KEY = tuple(API_KEY.values())


class Sdk:
    """One connection of the SDK: what it says, and what it is told."""

    def __init__(self, address):
        self.at, self.told = f"{address}/voice-sdk/signals/{uuid.uuid4()}", []
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
        self._connection.request("GET", urlsplit(self.at).path)
        answer = self._connection.getresponse()
        assert answer.readline().startswith(b":")  # it is connected
        self._reading = threading.Thread(target=self._read, args=(answer,), daemon=True)
        self._reading.start()

    def _read(self, answer):
        with contextlib.suppress(OSError, HTTPException), answer:
            for line in iter(answer.readline, b""):
                if line.startswith(b"data: {"):
                    self.told.append(json.loads(line.removeprefix(b"data: ")))

    def says(self, kind, **payload):
        answer = httpx.post(self.at, json={"type": kind, "payload": payload}, trust_env=False)
        assert answer.status_code == 204
        return self

    def is_told(self, kind, **expected):
        """Wait for a message of a kind that holds this, and return its payload."""

        def found():
            said = [one["payload"] for one in self.told if one.get("type") == kind]
            return [payload for payload in said if expected.items() <= payload.items()]

        assert eventually(found), self.told
        return found()[0]

    def is_not_told(self, kind):
        assert kind not in [one.get("type") for one in self.told]

    def is_lost(self):
        """The connection breaks, as when a cable is pulled."""
        if self._connection.sock:
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._reading.join()
        self._connection.close()
        assert eventually(self.is_closed)

    def is_closed(self):
        return httpx.post(self.at, json={"type": "x"}, trust_env=False).status_code == 410


@pytest.fixture
def token(rest, app):
    """Return a token for `ann`, who may be rung and calls through the line's app, unless told otherwise."""
    application = rest.applications.create(voice_url=f"{app.address}/voice")

    def of(identity="ann", *, key=KEY, account=ACCOUNT, application=application.sid, incoming=True, **more):
        made = AccessToken(account, *key, identity=identity, **more)
        made.add_grant(VoiceGrant(outgoing_application_sid=application, incoming_allow=incoming))
        return made.to_jwt()

    yield of
    application.delete()


@pytest.fixture
def sdk(stand_in, token):
    """Return a connection, registered under a name when one is given."""
    opened = []

    def connect(identity="", **more):
        opened.append(Sdk(stand_in))
        if identity:
            opened[-1].says("listen", **{"token": token(identity)} | more).says("register", media={"audio": True})
            opened[-1].is_told("ready")
        return opened[-1]

    yield connect
    for one in opened:
        one.is_lost()


def placed(twilio, caller, **parameters):
    """Place a call through the line's app; return it at Twilio, and what it was answered."""
    caller.says("invite", callsid="TJ1", parameters=parameters)
    sid = caller.is_told("ringing")["callsid"]
    return twilio.call(sid), caller.is_told("answer", callsid=sid)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"key": (KEY[0], "another secret, which is as long as the right one")}, 31204),
        ({"key": ("SK9", KEY[1])}, 31204),
        ({"account": "AC" + "9" * 32}, 31204),
        ({"valid_until": time.time() - 1}, 31205),
    ],
)
def test_a_token_is_checked_as_twilio_checks_it(sdk, token, wrong, code):
    error = sdk().says("listen", token=token(**wrong)).is_told("error")["error"]
    assert error["code"] == code


def test_what_is_no_token_is_refused_and_the_connection_closed(sdk):
    stranger = sdk().says("listen", token="none")
    assert stranger.is_told("error")["error"]["code"] == 31204
    assert eventually(stranger.is_closed)


def test_what_is_no_message_is_refused_and_the_connection_goes_on(sdk, token):
    ann = sdk()
    for body in ("{", "[]", '{"type": 1}'):
        assert httpx.post(ann.at, content=body, timeout=30).json()["code"] == 20001
    ann.says("listen", token=token())
    assert ann.is_told("connected")


def test_nothing_is_done_without_a_token(sdk):
    stranger = sdk().says("register", media={"audio": True}).says("invite", callsid="TJ1", parameters={})
    assert stranger.is_told("hangup")["error"]["code"] == 31204
    stranger.is_not_told("ready")


def test_a_right_one_says_who_it_is_and_for_how_long(sdk, token):
    told = sdk().says("listen", token=token("ann", ttl=600)).is_told("connected")
    assert told["token"]["identity"] == "ann"
    assert 590 < told["token"]["ttl"] <= 600


def test_a_token_for_calls_out_alone_lets_nobody_be_rung(sdk, token):
    ann = sdk().says("listen", token=token(incoming=False)).says("register", media={"audio": True})
    assert ann.is_told("error")["error"]["code"] == 31204


@pytest.mark.usefixtures("rings_ann")
def test_when_a_token_ends_the_browser_is_told_and_rung_no_more_unless_it_has_a_new_one(sdk, token, twilio):
    renewed, idle = sdk("ann", token=token("ann", ttl=3)).says("listen", token=token("ann")), sdk()
    idle.says("listen", token=token("ann", ttl=3)).says("register", media={"audio": True}).is_told("ready")
    assert idle.is_told("error")["error"]["code"] == 31205
    assert eventually(idle.is_closed)
    ring(twilio)
    renewed.is_told("invite")
    idle.is_not_told("invite")
    renewed.is_not_told("error")


def ring(twilio, **app):
    """Let somebody ring the line, which rings Ann's browsers."""
    return twilio.dial(from_="+12025550122", **app)


@pytest.fixture
def rings_ann(app):
    app.says(voice="<Dial><Client><Identity>ann</Identity><Parameter name='order' value='a b'/></Client></Dial>")


def test_a_call_goes_through_the_app_of_the_token_and_its_keys_are_heard(sdk, twilio, app):
    app.says(voice=ASKS, pressed="<Say>Thank you.</Say><Gather/><Gather/>")
    ann = sdk("ann")
    call, answered = placed(twilio, ann, To="+12025550110", order="7")
    assert answered["reconnect"]
    asked = app.got("voice")[0]
    assert (asked["From"], asked["To"], asked["order"]) == ("client:ann", "+12025550110", "7")
    ann.says("dtmf", callsid=call.sid, dtmf="5")
    call.hears("Thank you.")
    assert app.got("pressed")[0]["Digits"] == "5"
    ann.says("hangup", callsid=call.sid)
    call.ended("completed")
    ann.is_told("hangup", callsid=call.sid)


@pytest.mark.parametrize(("says", "code"), [('<Reject reason="busy"/>', 31486), ("<Reject/>", 31480)])
def test_a_call_that_the_line_does_not_take_ends_with_its_reason(sdk, app, says, code):
    app.says(voice=says)
    ann = sdk("ann").says("invite", callsid="TJ1", parameters={})
    assert ann.is_told("hangup")["error"]["code"] == code


def test_without_a_twiml_app_no_call_is_placed(sdk, token):
    ann = sdk().says("listen", token=token(application=None)).says("invite", callsid="TJ1", parameters={})
    assert ann.is_told("hangup", callsid="TJ1")["error"]["code"] == 31001


@pytest.mark.usefixtures("rings_ann")
def test_all_browsers_of_a_name_ring_and_the_first_to_answer_has_the_call(sdk, twilio):
    desk, kitchen, garden = sdk("ann"), sdk("ann"), sdk("ann")
    call = ring(twilio)
    told = desk.is_told("invite")
    assert (told["parameters"]["From"], told["parameters"]["Params"]) == ("+12025550122", "order=a+b")
    desk.says("reject", callsid=told["callsid"])
    kitchen.says("answer", callsid=kitchen.is_told("invite")["callsid"])
    call.sees("bridged", "client:ann")
    garden.is_told("cancel", callsid=told["callsid"])
    desk.is_not_told("cancel")
    call.hangs_up()
    kitchen.is_told("hangup", callsid=told["callsid"])


@pytest.mark.usefixtures("rings_ann")
def test_who_refuses_alone_refuses_for_all_and_when_nobody_is_left_the_phone_behaves_as_before(sdk, twilio):
    ann = sdk("ann")
    call = ring(twilio)
    ann.says("reject", callsid=ann.is_told("invite")["callsid"])
    call.sees("busy", "client:ann")
    ann.is_lost()
    ring(twilio).sees("bridged", "client:ann")


def test_a_phone_knows_how_many_browsers_show_it():
    async def shown():
        board, exchange = Switchboard(Account(ACCOUNT, "", [])), Exchange()
        ends = [BrowserEnd(board, exchange), BrowserEnd(board, exchange)]
        bells = [exchange.register(board, end, "client:ann") for end in ends]
        both = board.phone("client:ann").tabs
        for end, bell in zip(ends, bells, strict=True):
            exchange.unregister(board, end, "client:ann")
            bell.cancel()
        return both, board.phone("client:ann").tabs

    assert asyncio.run(shown()) == (2, 0)


@pytest.mark.usefixtures("rings_ann")
def test_a_caller_who_gives_up_cancels_the_ringing(sdk, twilio):
    ann = sdk("ann")
    call = ring(twilio)
    sid = ann.is_told("invite")["callsid"]
    call.hangs_up()
    ann.is_told("cancel", callsid=sid)


def test_a_connection_that_is_lost_ends_its_call_at_once_unless_it_may_come_back(sdk, twilio, app):
    app.says(voice=ASKS)
    ann = sdk("ann")
    call, _ = placed(twilio, ann)
    ann.is_lost()
    call.ended("completed")


def test_a_call_goes_on_where_a_lost_connection_comes_back(sdk, twilio, app):
    app.says(voice=ASKS, pressed="<Say>Thank you.</Say><Gather/>")
    ann = sdk("ann", reconnectTimeout=30)
    call, answered = placed(twilio, ann)
    ann.is_lost()
    back = sdk("ann", reconnectTimeout=30).says("invite", callsid=call.sid, reconnect=answered["reconnect"])
    assert back.is_told("answer", callsid=call.sid)["reconnect"]
    back.says("dtmf", callsid=call.sid, dtmf="1")
    call.hears("Thank you.")
    back.says("hangup", callsid=call.sid).is_told("hangup", callsid=call.sid)
    late = sdk("ann").says("invite", callsid=call.sid, reconnect=answered["reconnect"])
    assert late.is_told("hangup")["error"]["code"] == 31404


@pytest.mark.usefixtures("rings_ann")
def test_a_call_that_was_answered_goes_on_where_a_lost_connection_comes_back(sdk, twilio):
    ann = sdk("ann", reconnectTimeout=30)
    call = ring(twilio)
    rung = ann.is_told("invite")
    ann.says("answer", callsid=rung["callsid"])
    call.sees("bridged", "client:ann")
    ann.is_lost()
    back = sdk("ann", reconnectTimeout=30).says("invite", callsid=rung["callsid"], reconnect=rung["reconnect"])
    back.is_told("answer", callsid=rung["callsid"])
    call.hangs_up()
    back.is_told("hangup", callsid=rung["callsid"])


def test_pages_that_the_line_connects_tell_each_other_how_to_send_their_sound(sdk, twilio, app):
    app.says(voice="<Dial><Client>ben</Client></Dial>")
    ann, ben = sdk("ann"), sdk("ben")
    call, _ = placed(twilio, ann)
    ben.says("answer", callsid=ben.is_told("invite")["callsid"])
    ends = {call.sid: ann, ben.is_told("invite")["callsid"]: ben}
    first, second = sorted(ends)
    ends[first].is_told("media", peer=second)
    ends[second].is_not_told("media")
    ends[first].says("media", callsid=first, peer=second, description={"type": "offer"})
    ends[second].is_told("media", callsid=second, peer=first, description={"type": "offer"})


def test_those_in_a_conference_are_all_connected_and_who_leaves_is_not(sdk, twilio, app):
    app.says(voice='<Dial hangupOnStar="true"><Conference>room</Conference></Dial><Gather/><Gather/>')
    people = [sdk(name) for name in ("ann", "ben", "cem")]
    sids = [placed(twilio, one)[0].sid for one in people]
    for number, one in enumerate(people):
        for other in sids[:number]:
            one.is_told("media", peer=other)
    people[2].says("dtmf", callsid=sids[2], dtmf="*").is_told("apart", callsid=sids[2])
    people[0].is_not_told("media")


def test_what_is_said_is_heard_where_the_machine_can_speak_and_a_key_ends_it(sdk, twilio, app, stand_in):
    app.says(voice=ASKS, pressed="<Gather/>")
    ann = sdk("ann")
    call, _ = placed(twilio, ann)
    sound = ann.is_told("sound", callsid=call.sid)["name"]
    answer = httpx.get(f"{stand_in}/voice-sdk/sounds/{sound}", headers={"Origin": "http://localhost:7071"})
    assert answer.content.startswith(b"RIFF")
    assert answer.headers["access-control-allow-origin"] == "http://localhost:7071"
    ann.says("dtmf", callsid=call.sid, dtmf="1").is_told("silence", callsid=call.sid)
    assert httpx.get(f"{stand_in}/voice-sdk/sounds/none.wav").status_code == 404


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://127.0.0.1:7071", 200), ("http://localhost:7071", 200), ("https://example.com", 403), ("null", 403),
     ("http://127.0.0.1.example.com", 403)],
)  # fmt: skip
def test_pages_of_this_machine_alone_get_the_sdk(stand_in, origin, status):
    for name in (voice_sdk.NAME, "signalling.js"):
        assert httpx.get(f"{stand_in}/voice-sdk/{name}", headers={"Origin": origin}).status_code == status
    assert httpx.get(f"{stand_in}/_local/line", headers={"Origin": origin}).status_code == 403
    assert httpx.get(f"{stand_in}/voice-sdk/routes.py").status_code == 404
