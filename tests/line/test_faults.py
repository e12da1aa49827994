"""Things break while people text: storage dies, hangs and comes back, Twilio's API fails, two instances get the same.

Afterwards every message that Twilio has is in the history exactly once.
"""

import re
import secrets
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import httpx
import pytest
from twilio.request_validator import RequestValidator

from local.paths import ROOT
from local.process import Process, quiet_environment
from local.stalling import Proxied, Stalling
from local.twilio.client import Twilio
from tests.line.around import deaf, reconcile

ANSWERED_S = 3.0  # what a person waits at most, whatever happens behind
REPLY = "Hey, thanks for the ping!"


@pytest.fixture(scope="module")
def fragile(tmp_path_factory):
    with Stalling() as proxy:
        running = Proxied(tmp_path_factory.mktemp("fragile"), proxy)
        try:
            running.start(0, "manual", {})
            with (
                Twilio(running.line.twilio) as twilio,
                httpx.Client(base_url=running.line.app, timeout=30, trust_env=False) as http,
            ):
                yield Fragile(running, twilio, http, proxy)
        finally:
            running.end()


class Fragile:
    """A line and the ways to break it."""

    def __init__(self, running, twilio, http, proxy):
        self.running, self.twilio, self.http, self.proxy = running, twilio, http, proxy

    def post(self, route, document):
        answer = self.http.post(f"/api/{route}", json=document, headers=self.key)
        return Answer(answer.status_code, answer.json())

    @property
    def key(self):
        return {"x-functions-key": self.running.line.function_key}

    def stored(self):
        """Every message of the record by SID, from all pages, with how often it is there."""
        found, page = [], ""
        while True:
            told = self.http.get("/api/messages", params={"limit": 100, "page": page}, headers=self.key).json()
            found += [row["sid"] for row in told["messages"]]
            if not (page := told["next"]):
                return found

    def at_twilio(self):
        """The SID of every message that Twilio has."""
        known = self.running.line
        address = f"{known.twilio}/2010-04-01/Accounts/{known.account_sid}/Messages.json?PageSize=1000"
        rows = httpx.get(address, auth=(known.account_sid, known.auth_token), timeout=30).json()["messages"]
        return [row["sid"] for row in rows]


class Answer:
    def __init__(self, status, told):
        self.status, self.told = status, told


def text_many(line, count, at_once=16):
    """Let many people text at once; return how long the slowest waited, each having got its answer."""

    def text(n):
        began = time.monotonic()
        reply = line.twilio.text(f"text {n}", from_=f"+1202555{101 + n % 98:04d}")
        assert any(REPLY in text for text in reply.texts), reply
        return time.monotonic() - began

    with ThreadPoolExecutor(at_once) as pool:
        return max(pool.map(text, range(count)))


def is_whole(line):
    reconcile(line)
    return sorted(line.stored()) == sorted(line.at_twilio())


def test_a_storage_that_hangs_costs_nobody_their_answer_and_no_message_its_place(fragile):
    line = fragile
    text_many(line, 8)
    line.proxy.stall()
    try:
        assert text_many(line, 64, at_once=64) < ANSWERED_S
        assert text_many(line, 4) < ANSWERED_S
    finally:
        line.proxy.flow()
    time.sleep(1)
    assert text_many(line, 4) < ANSWERED_S
    assert is_whole(line)


def test_a_storage_that_is_killed_under_load_and_started_again_loses_nothing(fragile):
    line = fragile
    killed = threading.Timer(0.4, line.running.emulator.kill)
    killed.start()
    slowest = text_many(line, 60, at_once=8)
    killed.join()
    slowest = max(slowest, text_many(line, 16, at_once=8))
    line.running.start_storage()
    assert slowest < ANSWERED_S
    text_many(line, 4)
    assert is_whole(line)


def test_twilios_log_that_fails_and_hangs_is_read_the_next_time(fragile):
    line = fragile
    with deaf(line):
        for n in range(3):
            line.twilio.text(f"unheard {n}", from_="+12025550199")
    line.twilio.faults(on="rest", does="answer", of="Messages", status=429, times=20)
    assert line.post("reconcile", {"since": "2026-01-01T00:00:00Z", "until": "2026-01-01T01:00:00Z"}).status == 503
    line.twilio.faults()
    assert is_whole(line)


@pytest.fixture
def second_instance(fragile, tmp_path):
    """Another host process over the same storage and account."""
    known = fragile.running.line
    host = Process("the second instance", tmp_path / "log")
    environ = quiet_environment(
        AzureWebJobsStorage=known.storage, TWILIO_ACCOUNT_SID=known.account_sid, TWILIO_AUTH_TOKEN=known.auth_token,
        TWILIO_PHONE_NUMBER=known.phone_number, TWILIO_API_BASE_URL=known.twilio, AHOY_HOST_KEY=known.function_key,
        PYTHON_THREADPOOL_THREAD_COUNT="16",
    )  # fmt: skip
    (address,) = host.start([sys.executable, "-m", "local.host", "--port=0", "--with-parent"], environ, ROOT)
    yield address
    host.end()


def signed(line, address, parameters):
    url = f"{address}/api/{'status/message' if 'MessageStatus' in parameters else 'sms'}"
    signature = RequestValidator(line.running.line.auth_token).compute_signature(url, parameters)
    return url, {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}


def test_the_same_webhook_on_two_instances_at_once_is_one_message_with_one_answer(fragile, second_instance):
    line = fragile
    number, own = "+12025550177", line.running.line.phone_number
    heard, said = "SM" + secrets.token_hex(16), "SM" + secrets.token_hex(16)
    text = {"MessageSid": heard, "From": number, "To": own, "Body": "once", "NumMedia": "0"}
    states = [
        {"MessageSid": said, "MessageStatus": status, "From": own, "To": number} for status in ("sent", "delivered")
    ]
    deliveries = [
        (address, sent) for address in (line.running.line.app, second_instance) for sent in [text, *states] * 8
    ]

    def deliver(delivery):
        url, headers = signed(line, *delivery)
        return httpx.post(url, content=urlencode(delivery[1]), headers=headers, timeout=30)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(deliver, deliveries))
    assert {answer.status_code for answer in answers} == {200, 204}
    assert len({re.sub(r"\s", "", answer.text) for answer in answers if answer.status_code == 200}) == 1
    for query in ({"limit": 1000}, {"with": number}):
        told = line.http.get("/api/messages", params=query, headers=line.key).json()["messages"]
        rows = [(row["sid"], row["status"], row["body"]) for row in told if row["sid"] in {heard, said}]
        assert sorted(rows) == sorted([(heard, "received", "once"), (said, "delivered", None)])
