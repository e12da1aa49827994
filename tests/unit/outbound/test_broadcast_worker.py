"""A broadcast on its way: each gets it once, whatever comes twice, crashes or has to wait."""

import json
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from local.paths import ROOT
from shared.outbound import broadcast_worker, dispatch, opt_outs
from shared.outbound.broadcast_worker import Work
from shared.store import broadcasts, messages
from shared.store.broadcasts import Broadcast, Recipient
from shared.twilio import client as twilio_client
from tests.tools.requests_in import BASE
from tests.tools.stand_in import LINE
from tests.tools.waiting import eventually

pytestmark = pytest.mark.usefixtures("queue")
POST = {"on": "rest", "of": "Messages", "method": "POST"}


def at(seconds=0):
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat(timespec="milliseconds")


def stored(*people, size=50, **more):
    """Store a broadcast to people, and return its id; nothing is in the queue."""
    wanted = {"state": "running", "body": "hello all", "from_": LINE, "base": BASE} | more
    batches = -(-len(people) // size)
    broadcast = Broadcast(id=uuid.uuid4().hex, at=at(), since=at(), total=len(people), batches=batches, **wanted)
    broadcasts.add(broadcast, list(people), size)
    return broadcast.id


def worked(name, batch=0, **more):
    broadcast_worker.work(msgspec.json.encode(Work(broadcast=name, batch=batch, **more)).decode())


def row(name, batch=0):
    found = list(broadcasts.batches(name))[batch]
    return {column: value for column, value in found.items() if column in {"state", *broadcasts.OUTCOMES} and value}


def outcome(name, person):
    return broadcasts.outcomes(name, 0).get(person, {}).get("state")


@pytest.fixture
def people(_numbers):
    return [next(_numbers) for _ in range(3)]


def test_a_broadcast_is_spread_into_its_batches_and_hands_on_the_rest(queue, people, monkeypatch):
    monkeypatch.setattr(broadcast_worker, "SPREAD", 2)
    name = stored(*people, size=1)
    broadcasts.note_batch(name, 1, "done", sent=1)
    worked(name, None)
    assert queue.taken() == [{"broadcast": name, "spread_from": 2}, {"broadcast": name, "batch": 0}]
    worked(name, None, spread_from=2)
    assert queue.taken() == [{"broadcast": name, "batch": 2}]


def test_each_gets_it_once_although_the_message_comes_twice(twilio, people):
    name = stored(*people)
    for _ in range(2):
        worked(name)
    assert [twilio.phone(person).texts for person in people] == [["hello all"]] * 3
    assert row(name) == {"state": "done", "sent": 3}
    assert broadcasts.people(name, 0) is None


def test_a_call_goes_to_many_too(twilio, people):
    worked(stored(*people, scene="start", body=""))
    assert [len(twilio.phone(person).calls) for person in people] == [1, 1, 1]


@pytest.mark.parametrize("state", ["paused", "canceled"])
def test_one_that_does_not_run_does_nothing(twilio, people, state):
    worked(stored(*people, state=state))
    worked("a-broadcast-that-nobody-knows")
    assert [twilio.phone(person).texts for person in people] == [[]] * 3


def test_who_opted_out_or_may_not_be_reached_is_counted_and_left_alone(twilio, people):
    opt_outs.mark(people[0], LINE, at(), is_out=True)
    abroad, nobody = "+4915112345678", "+12025550"
    name = stored(*people, abroad, nobody)
    worked(name)
    assert row(name) == {"state": "done", "sent": 2, "opted_out": 1, "refused": 2}
    assert (outcome(name, people[0]), outcome(name, abroad)) == ("opted_out", "refused")
    assert twilio.phone(people[0]).texts == []


@pytest.mark.parametrize(("code", "state"), [(21610, "opted_out"), (21211, "failed")])
def test_what_twilio_says_of_a_person_is_theirs_alone(twilio, people, code, state):
    twilio.faults(**POST, does="answer", status=400, code=code)
    name = stored(*people)
    worked(name)
    assert row(name) == {"state": "done", "sent": 2, state: 1}


def test_an_account_that_is_refused_pauses_the_broadcast_and_resuming_goes_on(queue, twilio, people):
    twilio.faults(**POST, does="answer", status=401, code=20003)
    name = stored(*people)
    worked(name)
    assert broadcasts.get(name).state == "paused"
    assert "Twilio refuses the credentials" in broadcasts.get(name).reason
    assert (row(name), queue.taken()) == ({"state": "waiting"}, [])
    broadcasts.change(name, lambda now: msgspec.structs.replace(now, state="running"))
    worked(name)
    assert row(name) == {"state": "done", "sent": 3}


def test_a_line_that_had_enough_sends_the_rest_later(queue, twilio, uncounted, people):
    uncounted(AHOY_HOURLY_LIMIT="2")
    name = stored(*people)
    worked(name)
    assert row(name) == {"state": "waiting", "sent": 2}
    assert queue.hidden() == 1
    uncounted(AHOY_HOURLY_LIMIT="3")
    worked(name)
    assert [len(twilio.phone(person).texts) for person in people] == [1, 1, 1]


def test_a_person_who_had_enough_waits_and_holds_nobody_up(queue, ours, people):
    ours(AHOY_PERSON_HOURLY_LIMIT="1")
    first = stored(people[0])
    worked(first)
    name = stored(*people)
    worked(name)
    assert row(name) == {"state": "waiting", "sent": 2}
    assert outcome(name, people[0]) is None
    assert queue.hidden() == 1


def test_twilio_that_is_busy_is_asked_again_later(queue, twilio, people):
    twilio.faults(**POST, does="answer", status=429, retry_after_s=60)
    name = stored(*people)
    worked(name)
    assert (row(name), queue.hidden()) == ({"state": "waiting"}, 1)
    worked(name)
    assert row(name) == {"state": "done", "sent": 3}


def test_a_person_in_doubt_is_looked_up_and_not_written_to_twice(queue, twilio, people, monkeypatch):
    twilio.faults(**POST, does="answer", status=500)
    name = stored(*people)
    worked(name)
    assert row(name) == {"state": "waiting", "sent": 2}
    assert outcome(name, people[0]) == "sending"
    worked(name)  # too soon to know
    assert (twilio.phone(people[0]).texts, queue.hidden()) == ([], 2)
    monkeypatch.setattr(dispatch, "SETTLES_S", 0)
    worked(name)
    assert row(name) == {"state": "done", "sent": 3}
    assert [len(twilio.phone(person).texts) for person in people] == [1, 1, 1]


def test_after_a_crash_who_got_it_is_found_in_twilios_log(twilio, people):
    """It crashed after Twilio had taken the first text and before anything of that was written."""
    name = stored(*people)
    began = at(dispatch.SETTLES_S + 5)
    broadcasts.claim(Recipient(name, 0, people[0]), began)
    asked = {"to": people[0], "from_": LINE, "body": "hello all"}
    sid = twilio_client.send_message(**asked).sid
    worked(name)
    assert row(name) == {"state": "done", "sent": 3}
    assert broadcasts.outcomes(name, 0)[people[0]]["sid"] == sid
    assert [len(twilio.phone(person).texts) for person in people] == [1, 1, 1]
    assert messages.table().get(sid)["at"] == began


DIES = """
import os, sys
from shared.outbound import broadcast_worker, dispatch
broadcast_worker.AGAIN_S = 0
dispatch.ask = lambda *_: os._exit(9)
broadcast_worker.work(sys.argv[1])
"""


def test_what_a_dead_process_had_taken_comes_again_before_the_host_shows_it(queue, twilio, people, monkeypatch):
    name = stored(*people)
    message = msgspec.json.encode(Work(broadcast=name, batch=0)).decode()
    assert subprocess.run([sys.executable, "-c", DIES, message], cwd=ROOT, check=False).returncode == 9
    (twin,) = queue.taken()
    assert outcome(name, people[0]) == "sending"
    monkeypatch.setattr(dispatch, "SETTLES_S", 0)
    broadcast_worker.work(json.dumps(twin))
    assert row(name) == {"state": "done", "sent": 3}
    assert [len(twilio.phone(person).texts) for person in people] == [1, 1, 1]


def test_what_ends_in_order_or_fails_does_not_come_again_and_a_twin_has_none(queue, people, monkeypatch):
    seen = []
    monkeypatch.setattr(broadcast_worker, "_deliver", lambda *_: seen.append(queue.hidden()))
    name = stored(*people)
    worked(name)
    worked(name, is_twin=True)
    assert (seen, queue.hidden()) == ([1, 0], 0)
    monkeypatch.setattr(broadcast_worker, "_deliver", lambda *_: seen.append(1 / 0))
    with pytest.raises(ZeroDivisionError):
        worked(name)
    assert queue.hidden() == 0


def test_while_twilios_log_shuts_us_out_a_doubt_pauses_the_broadcast(twilio, people):
    name = stored(*people)
    broadcasts.claim(Recipient(name, 0, people[0]), at(dispatch.SETTLES_S + 5))
    twilio.faults(**POST | {"method": "GET"}, does="answer", status=401, code=20003)
    worked(name)
    assert broadcasts.get(name).state == "paused"


def test_a_batch_that_takes_too_long_hands_on_its_rest(queue, people, monkeypatch):
    monkeypatch.setattr(broadcast_worker, "WORKS_S", -1)
    name = stored(*people)
    worked(name)
    assert row(name) == {"state": "waiting"}
    assert queue.taken() == [{"broadcast": name, "batch": 0}]


def test_a_pause_holds_after_the_few_who_are_written_to_together(twilio, people, monkeypatch):
    monkeypatch.setattr(broadcast_worker, "TOGETHER", 1)
    twilio.faults(**POST, does="hang", delay_s=0.5)
    name = stored(*people)
    with ThreadPoolExecutor(1) as beside:
        working = beside.submit(worked, name)
        assert eventually(lambda: outcome(name, people[0]) == "sending")
        broadcasts.change(name, lambda now: msgspec.structs.replace(now, state="paused"))
        working.result()
    assert row(name) == {"state": "waiting", "sent": 1}
    assert [len(twilio.phone(person).texts) for person in people] == [1, 0, 0]


def test_what_failed_too_often_is_shown_as_stuck_and_nothing_else(people, caplog):
    name = stored(*people)
    broadcast_worker.lost("no json")
    broadcast_worker.lost(msgspec.json.encode(Work(broadcast=name)).decode())
    assert row(name)["state"] == "waiting"
    broadcast_worker.lost(msgspec.json.encode(Work(broadcast=name, batch=0)).decode())
    assert row(name)["state"] == "stuck"
    assert "a message of a broadcast failed too often: no json" in caplog.text
