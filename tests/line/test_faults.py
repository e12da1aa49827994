"""Things break while people text: storage dies, hangs and comes back, Twilio's API fails, two instances get the same.

Afterwards every message that Twilio has is in the history exactly once.
"""

import re
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
import pytest

from local.stalling import Proxied, Stalling
from tests.line.around import BY_HAND, Line, deaf, reconcile, seen, signed
from tests.tools.waiting import eventually

ANSWERED_S = 3.0  # what a person waits at most, whatever happens behind
REPLY = "Hey, thanks for the ping!"


@pytest.fixture(scope="module")
def fragile(tmp_path_factory):
    with Stalling() as proxy:
        running = Proxied(tmp_path_factory.mktemp("fragile"), proxy)
        running.instances = 2
        try:
            running.start(0, "manual", BY_HAND)
            with seen(running) as line:
                yield Fragile(running, line.twilio, line.http, proxy)
        finally:
            running.end()


@dataclass(frozen=True)
class Fragile(Line):
    """A line whose storage is behind a proxy that can stall."""

    proxy: Stalling

    def stored(self):
        """Return the SID of every message of the history, from all pages, as often as it is there."""
        sids, page = [], ""
        while True:
            listed = self.get("messages", limit=100, page=page).told
            sids += [row["sid"] for row in listed["messages"]]
            if not (page := listed["next"]):
                return sids

    def slow_answers(self):
        """Return how often the storage, as the logs of all instances say, has not answered a callback in time."""
        logs = [file.read_text(encoding="utf-8") for file in (self.running.folder / "logs").glob("app*.log")]
        return sum(len(re.findall(r"^shared\.errors\.StorageDown: Service\w+$", log, re.MULTILINE)) for log in logs)

    def at_twilio(self):
        """Return the SID of every message that Twilio has."""
        card = self.running.line
        address = f"{card.twilio}/2010-04-01/Accounts/{card.account_sid}/Messages.json?PageSize=1000"
        rows = httpx.get(address, auth=(card.account_sid, card.auth_token), timeout=30).json()["messages"]
        return [row["sid"] for row in rows]


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


def test_the_same_webhook_on_two_instances_at_once_is_one_message_with_one_answer(fragile):
    line = fragile
    number, own = "+12025550177", line.number
    heard, said = "SM" + secrets.token_hex(16), "SM" + secrets.token_hex(16)
    text = {"MessageSid": heard, "From": number, "To": own, "Body": "once", "NumMedia": "0"}
    states = [
        {"MessageSid": said, "MessageStatus": status, "From": own, "To": number} for status in ("sent", "delivered")
    ]
    sent = [("sms", text), *(("status/message", state) for state in states)] * 8

    def deliver(delivery):
        route, parameters = delivery
        url, headers = signed(line, route, parameters)
        return line.http.post(url, content=urlencode(parameters), headers=headers)

    before = line.slow_answers()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(deliver, sent * 2))
    assert {answer.status_code for answer in answers} - {500} == {200, 204}
    lost = [answer for answer in answers if answer.status_code == 500]  # a machine that is busy may be slow, no more
    assert eventually(lambda: line.slow_answers() - before >= len(lost)), line.log()
    assert len({re.sub(r"\s", "", answer.text) for answer in answers if answer.status_code == 200}) == 1
    expected = sorted([(heard, "received", "once"), (said, "delivered", None)])

    def rows(query):
        listed = line.shows("messages", **query)["messages"]
        return sorted((row["sid"], row["status"], row["body"]) for row in listed if row["sid"] in {heard, said})

    assert rows({"limit": 1000}) == expected
    assert eventually(lambda: rows({"with": number}) == expected), rows({"with": number})
