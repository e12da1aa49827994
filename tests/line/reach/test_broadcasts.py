"""One text to many: through the queue, each once, whatever crashes, doubles or is refused on the way."""

import base64
import json
import re
import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from azure.data.tables import TableClient
from azure.storage.queue import QueueClient

from shared import settings
from shared.outbound import broadcast_worker
from shared.store import broadcasts
from tests.line.around import struck
from tests.tools.waiting import eventually


def finished(line, name, seconds=60, state="done"):
    assert eventually(lambda: line.shows(f"broadcasts/{name}")["state"] == state, seconds)
    return line.shows(f"broadcasts/{name}")


def started(line, people, **more):
    answer = line.post("broadcasts", {"body": "hello all", "to": people, **more})
    assert answer.status == 202, answer.told
    return answer.told["id"]


def queue(line, name="broadcasts"):
    return QueueClient.from_connection_string(line.running.line.storage, name)


def claims(line, name):
    """Return the rows of those in a broadcast's first batch who are being sent to, or have been."""
    return line.rows("recipients", PartitionKey=f"{name}_000000")


def test_each_gets_it_once_and_the_rest_is_told_why_not(line, twilio, numbers):
    left, *people = [next(numbers) for _ in range(6)]
    twilio.text("STOP", left)
    failing = people[0]
    answer = line.post(
        "broadcasts", {"body": "hi", "to": [*people, left, people[1], "+442079460958", "+12025550", "+19005550123"]}
    )
    assert answer.status == 202
    assert answer.headers["location"] == f"/api/broadcasts/{answer.told['id']}"
    told = finished(line, answer.told["id"])
    assert told["total"] == 9
    assert told["counts"] == {"waiting": 0, "sent": 5, "failed": 0, "opted_out": 1, "refused": 3, "forgotten": 0}
    assert [len(twilio.phone(person).texts) for person in people] == [1] * 5
    assert [text for text in twilio.phone(left).messages() if text["direction"] == "outbound-api"] == []
    assert failing in {row["person"] for row in line.shows("messages")["messages"]}


def test_a_reminder_is_a_call_with_a_scene(line, twilio, numbers):
    people = [next(numbers) for _ in range(2)]
    answer = line.post("broadcasts", {"scene": "start", "to": people})
    finished(line, answer.told["id"])
    assert [len(twilio.phone(person).rung(wait_s=20)) for person in people] == [1, 1]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"body": "x"}, "to"),
        ({"body": "x", "to": ["+12025550122"], "list": "news"}, "to"),
        ({"to": ["+12025550122"]}, "body"),
        ({"body": "x", "scene": "start", "to": ["+12025550122"]}, "body"),
        ({"scene": "nowhere", "to": ["+12025550122"]}, "scene"),
        ({"body": "x", "to": ["+12025550122", "202-555-0123"]}, "to"),
        ({"body": "x", "list": "nobody"}, "list"),
        ({"body": "x", "to": ["+12025550122"], "media": ["ftp://example.com/x"]}, "media"),
    ],
)
def test_what_is_wrong_is_named_before_anything_is_sent(line, wrong, field):
    answer = line.post("broadcasts", wrong)
    assert answer.status == 400
    assert [error["field"] for error in answer.told["errors"]] == [field]


def test_an_unknown_broadcast_is_404(line):
    assert line.get("broadcasts/none").status == 404


def test_a_doubled_queue_message_sends_nothing_twice(line, twilio, numbers):
    people = [next(numbers) for _ in range(3)]
    name = started(line, people)
    for _ in range(3):
        message = base64.b64encode(json.dumps({"broadcast": name, "batch": 0}).encode()).decode()
        queue(line).send_message(message)
    finished(line, name)
    time.sleep(1)
    assert [len(twilio.phone(person).texts) for person in people] == [1, 1, 1]


def test_a_lost_answer_is_looked_up(line, twilio, numbers):
    people = [next(numbers) for _ in range(3)]
    twilio.faults(on="rest", does="lose-answer", of="Messages", method="POST", times=2)
    assert finished(line, started(line, people))["counts"]["sent"] == 3
    assert [len(twilio.phone(person).texts) for person in people] == [1, 1, 1]


def test_429_slows_it_down_and_loses_nobody(line, twilio, numbers):
    people = [next(numbers) for _ in range(4)]
    for retry_after_s in (1, 9):  # what is waited for, and what the rest is put off for
        twilio.faults(on="rest", does="answer", of="Messages", method="POST", status=429, retry_after_s=retry_after_s)
    began = time.monotonic()
    assert finished(line, started(line, people), seconds=40)["counts"]["sent"] == 4
    assert time.monotonic() - began >= 10
    assert [len(twilio.phone(person).texts) for person in people] == [1] * 4


def test_a_broadcast_is_paused_resumed_and_canceled(line, twilio, numbers):
    people = [next(numbers) for _ in range(22)]
    twilio.faults(on="rest", does="hang", of="Messages", method="POST", delay_s=0.2, times=22)
    name = started(line, people)
    assert eventually(lambda: twilio.phone(people[0]).messages())
    assert line.post(f"broadcasts/{name}", {"state": "paused"}).status == 200
    assert eventually(lambda: line.shows(f"broadcasts/{name}")["counts"]["waiting"] == 2)  # asked every twenty people
    assert line.shows(f"broadcasts/{name}")["state"] == "paused"
    line.post(f"broadcasts/{name}", {"state": "running"})
    finished(line, name)
    assert [len(twilio.phone(person).texts) for person in people] == [1] * 22
    other = started(line, [next(numbers)])
    finished(line, other)
    assert line.post(f"broadcasts/{other}", {"state": "canceled"}).status == 200
    assert line.post(f"broadcasts/{other}", {"state": "running"}).status == 409


def test_a_broadcast_pauses_itself_while_twilio_refuses_the_account_and_goes_on_when_resumed(line, twilio, numbers):
    people = [next(numbers) for _ in range(3)]
    twilio.faults(on="rest", does="answer", of="Messages", method="POST", status=401, code=20003, times=1)
    name = started(line, people)
    told = finished(line, name, seconds=10, state="paused")
    assert told["reason"].startswith("Twilio refuses the credentials or the account of the line (20003 ")
    assert told["counts"]["waiting"] == 3
    time.sleep(1)
    assert [twilio.phone(person).messages() for person in people] == [[], [], []]
    assert line.post(f"broadcasts/{name}", {"state": "running"}).told["reason"] == ""
    assert finished(line, name, seconds=10)["counts"]["sent"] == 3  # nobody had to wait for being in doubt
    assert [len(twilio.phone(person).texts) for person in people] == [1, 1, 1]


def test_a_broadcast_pauses_itself_when_twilios_log_is_shut_to_what_is_in_doubt(line, twilio, numbers):
    person = next(numbers)
    twilio.faults(on="rest", does="answer", of="Messages", method="POST", status=401, code=20003, times=1)
    name = started(line, [person])
    finished(line, name, seconds=10, state="paused")
    claim = {"PartitionKey": f"{name}_000000", "RowKey": person, "person": person, "state": "sending"}
    with TableClient.from_connection_string(line.running.line.storage, "recipients") as client:
        client.create_entity(claim | {"at": (datetime.now(UTC) - timedelta(minutes=2)).isoformat()})
    twilio.faults(on="rest", does="answer", of="Messages", method="GET", status=401, code=20003, times=99)
    line.post(f"broadcasts/{name}", {"state": "running"})
    assert "20003" in finished(line, name, seconds=10, state="paused")["reason"]
    assert twilio.phone(person).messages() == []
    twilio.faults()
    line.post(f"broadcasts/{name}", {"state": "running"})
    finished(line, name, seconds=10)
    assert len(twilio.phone(person).texts) == 1


def test_a_batch_that_takes_too_long_hands_its_rest_on(line, twilio, numbers, monkeypatch):
    """The host would end the function after five minutes; a batch stops by itself before, and another goes on."""
    people = [next(numbers) for _ in range(3)]
    twilio.faults(on="rest", does="answer", of="Messages", method="POST", status=401, code=20003, times=1)
    name = started(line, people)
    finished(line, name, seconds=10, state="paused")
    known = settings.read(line.running.environ | line.running.settings)
    monkeypatch.setattr(settings, "current", lambda: known)
    monkeypatch.setattr(broadcast_worker, "WORKS_S", -1)
    broadcasts.change(name, lambda now: msgspec.structs.replace(now, state="running"))
    broadcast_worker.work(json.dumps({"broadcast": name, "batch": 0}))
    assert finished(line, name, seconds=15)["counts"]["sent"] == 3
    assert [len(twilio.phone(person).texts) for person in people] == [1, 1, 1]


def test_a_broadcast_that_was_canceled_stays_so_although_twilio_refuses_the_account(line, twilio, numbers):
    people = [next(numbers) for _ in range(2)]
    twilio.faults(on="rest", does="hang", of="Messages", method="POST", delay_s=1, times=1)
    twilio.faults(on="rest", does="answer", of="Messages", method="POST", status=401, code=20003, times=1)
    name = started(line, people)
    assert eventually(lambda: claims(line, name))  # the first is being sent to
    assert line.post(f"broadcasts/{name}", {"state": "canceled"}).status == 200
    assert eventually(lambda: line.shows(f"broadcasts/{name}")["counts"]["sent"] == 1)  # then all of it is noted
    told = line.get(f"broadcasts/{name}").told
    assert (told["state"], told["reason"], len(twilio.phone(people[1]).texts)) == ("canceled", "", 0)


def test_a_poison_message_ends_in_the_poison_queue_and_holds_nobody_up(line, twilio, numbers):
    queue(line).send_message(base64.b64encode(b"no json").decode())
    person = next(numbers)
    finished(line, started(line, [person]))
    assert len(twilio.phone(person).texts) == 1
    assert line.logs("failed too often: no json")
    assert len(re.findall(r"Executed 'spread_broadcast' \(Failed, .*JSON is malformed", line.log())) == 5


def test_a_crash_between_sending_and_writing_sends_nothing_twice(line, twilio, numbers):
    """The host is killed while Twilio's third answer is on its way and what became of the first two is not written.

    The batch comes again and looks into Twilio's log.
    """
    people = [next(numbers) for _ in range(6)]
    twilio.faults(on="rest", does="hang", of="Messages", method="POST", delay_s=0, times=2)
    twilio.faults(on="rest", does="hang", of="Messages", method="POST", delay_s=1.0)
    name = started(line, people)
    struck(line)
    line.crash()
    assert [len(twilio.phone(person).messages(wait_s=20)) for person in people[:3]] == [1] * 3
    assert {row["state"] for row in claims(line, name)} == {"sending"}
    line.a_minute_passes("recipients", state="sending")
    assert line.post(f"broadcasts/{name}", {"state": "running"}).status == 200
    assert finished(line, name)["counts"]["sent"] == 6
    assert [len(twilio.phone(person).texts) for person in people] == [1] * 6
