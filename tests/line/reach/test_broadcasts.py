"""One text to many: through the queue, each once, whatever crashes, doubles or is refused on the way."""

import base64
import contextlib
import json
import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableClient
from azure.storage.queue import QueueClient

from shared import settings
from shared.outbound import broadcast_worker
from shared.store import broadcasts
from tests.tools.waiting import eventually


def finished(api, name, seconds=60, state="done"):
    assert eventually(lambda: api.get(f"broadcasts/{name}").told["state"] == state, seconds)
    return api.get(f"broadcasts/{name}").told


def started(api, people, **more):
    answer = api.post("broadcasts", {"body": "hello all", "to": people, **more})
    assert answer.status == 202, answer.told
    return answer.told["id"]


def queue(processes, name="broadcasts"):
    return QueueClient.from_connection_string(processes.line.storage, name)


def rows(processes, table, partition):
    with (
        TableClient.from_connection_string(processes.line.storage, table) as client,
        contextlib.suppress(ResourceNotFoundError),  # nothing has been written there yet
    ):
        return list(client.query_entities("PartitionKey eq @partition", parameters={"partition": partition}))
    return []


def test_each_gets_it_once_and_the_rest_is_told_why_not(api, twilio, numbers):
    left, *people = [next(numbers) for _ in range(6)]
    twilio.text(left, "STOP")
    failing = people[0]
    answer = api.post(
        "broadcasts", {"body": "hi", "to": [*people, left, people[1], "+442079460958", "+12025550", "+19005550123"]}
    )
    assert answer.status == 202
    assert answer.headers["location"] == f"/api/broadcasts/{answer.told['id']}"
    told = finished(api, answer.told["id"])
    assert told["total"] == 9
    assert told["counts"] == {"waiting": 0, "sent": 5, "failed": 0, "opted_out": 1, "refused": 3, "forgotten": 0}
    assert [len(twilio.texts(person)) for person in people] == [1] * 5
    assert [text for text in twilio.texts(left) if text["direction"] == "outbound-api"] == []
    assert failing in {row["person"] for row in api.get("messages").told["messages"]}


def test_a_reminder_is_a_call_with_a_scene(api, twilio, numbers):
    people = [next(numbers) for _ in range(2)]
    answer = api.post("broadcasts", {"scene": "start", "to": people})
    finished(api, answer.told["id"])
    assert [len(twilio.rings(person, wait_s=5)) for person in people] == [1, 1]


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
def test_what_is_wrong_is_named_before_anything_is_sent(api, wrong, field):
    answer = api.post("broadcasts", wrong)
    assert answer.status == 400
    assert [error["field"] for error in answer.told["errors"]] == [field]


def test_an_unknown_broadcast_is_404(api):
    assert api.get("broadcasts/none").status == 404


def test_a_doubled_queue_message_sends_nothing_twice(api, twilio, processes, numbers):
    people = [next(numbers) for _ in range(3)]
    name = started(api, people)
    for _ in range(3):
        message = base64.b64encode(json.dumps({"broadcast": name, "batch": 0}).encode()).decode()
        queue(processes).send_message(message)
    finished(api, name)
    time.sleep(1)
    assert [len(twilio.texts(person)) for person in people] == [1, 1, 1]


def test_a_lost_answer_is_looked_up(api, twilio, numbers):
    people = [next(numbers) for _ in range(3)]
    twilio.fault(on="rest", does="lose-answer", of="Messages", method="POST", times=2)
    assert finished(api, started(api, people))["counts"]["sent"] == 3
    assert [len(twilio.texts(person)) for person in people] == [1, 1, 1]


def test_429_slows_it_down_and_loses_nobody(api, twilio, numbers):
    people = [next(numbers) for _ in range(4)]
    twilio.fault(on="rest", does="answer", of="Messages", method="POST", status=429, retry_after_s=9, times=2)
    assert finished(api, started(api, people), seconds=40)["counts"]["sent"] == 4
    assert [len(twilio.texts(person)) for person in people] == [1] * 4


def test_a_broadcast_is_paused_resumed_and_canceled(api, twilio, numbers):
    people = [next(numbers) for _ in range(12)]
    twilio.fault(on="rest", does="hang", of="Messages", method="POST", delay_s=0.4, times=12)
    name = started(api, people)
    assert eventually(lambda: twilio.texts(people[0]))
    assert api.post(f"broadcasts/{name}", {"state": "paused"}).status == 200
    assert eventually(lambda: api.get(f"broadcasts/{name}").told["counts"]["waiting"] == 2)  # asked every ten people
    assert api.get(f"broadcasts/{name}").told["state"] == "paused"
    api.post(f"broadcasts/{name}", {"state": "running"})
    finished(api, name)
    assert [len(twilio.texts(person)) for person in people] == [1] * 12
    other = started(api, [next(numbers)])
    finished(api, other)
    assert api.post(f"broadcasts/{other}", {"state": "canceled"}).status == 200
    assert api.post(f"broadcasts/{other}", {"state": "running"}).status == 409


def test_a_broadcast_pauses_itself_while_twilio_refuses_the_account_and_goes_on_when_resumed(api, twilio, numbers):
    people = [next(numbers) for _ in range(3)]
    twilio.fault(on="rest", does="answer", of="Messages", method="POST", status=401, code=20003, times=1)
    name = started(api, people)
    told = finished(api, name, seconds=10, state="paused")
    assert told["reason"].startswith("Twilio refuses the credentials or the account of the line (20003 ")
    assert told["counts"]["waiting"] == 3
    time.sleep(1)
    assert [twilio.texts(person) for person in people] == [[], [], []]
    assert api.post(f"broadcasts/{name}", {"state": "running"}).told["reason"] == ""
    assert finished(api, name, seconds=10)["counts"]["sent"] == 3  # nobody had to wait for being in doubt
    assert [len(twilio.texts(person)) for person in people] == [1, 1, 1]


def test_a_broadcast_pauses_itself_when_twilios_log_is_shut_to_what_is_in_doubt(api, twilio, processes, numbers):
    person = next(numbers)
    twilio.fault(on="rest", does="answer", of="Messages", method="POST", status=401, code=20003, times=1)
    name = started(api, [person])
    finished(api, name, seconds=10, state="paused")
    claim = {"PartitionKey": f"{name}_000000", "RowKey": person, "person": person, "state": "sending"}
    with TableClient.from_connection_string(processes.line.storage, "recipients") as client:
        client.create_entity(claim | {"at": (datetime.now(UTC) - timedelta(minutes=2)).isoformat()})
    twilio.fault(on="rest", does="answer", of="Messages", method="GET", status=401, code=20003, times=99)
    api.post(f"broadcasts/{name}", {"state": "running"})
    assert "20003" in finished(api, name, seconds=10, state="paused")["reason"]
    assert twilio.texts(person) == []
    twilio.no_faults()
    api.post(f"broadcasts/{name}", {"state": "running"})
    finished(api, name, seconds=10)
    assert len(twilio.texts(person)) == 1


def test_a_batch_that_takes_too_long_hands_its_rest_on(api, twilio, processes, numbers, monkeypatch):
    """The host would end the function after five minutes; a batch stops by itself before, and another goes on."""
    people = [next(numbers) for _ in range(3)]
    twilio.fault(on="rest", does="answer", of="Messages", method="POST", status=401, code=20003, times=1)
    name = started(api, people)
    finished(api, name, seconds=10, state="paused")
    known = settings.read(processes.environ | processes.settings)
    monkeypatch.setattr(settings, "current", lambda: known)
    monkeypatch.setattr(broadcast_worker, "WORKS_S", -1)
    broadcasts.change(name, lambda now: msgspec.structs.replace(now, state="running"))
    broadcast_worker.work(json.dumps({"broadcast": name, "batch": 0}))
    assert finished(api, name, seconds=15)["counts"]["sent"] == 3
    assert [len(twilio.texts(person)) for person in people] == [1, 1, 1]


def test_a_broadcast_that_was_canceled_stays_so_although_twilio_refuses_the_account(api, twilio, processes, numbers):
    people = [next(numbers) for _ in range(2)]
    twilio.fault(on="rest", does="hang", of="Messages", method="POST", delay_s=1, times=1)
    twilio.fault(on="rest", does="answer", of="Messages", method="POST", status=401, code=20003, times=1)
    name = started(api, people)
    assert eventually(lambda: rows(processes, "recipients", f"{name}_000000"))  # the first is being sent to
    assert api.post(f"broadcasts/{name}", {"state": "canceled"}).status == 200
    assert eventually(lambda: api.get(f"broadcasts/{name}").told["counts"]["sent"] == 1)  # then all of it is noted
    told = api.get(f"broadcasts/{name}").told
    assert (told["state"], told["reason"], len(twilio.texts(people[1]))) == ("canceled", "", 0)


def test_a_poison_message_ends_in_the_poison_queue_and_holds_nobody_up(api, twilio, processes, numbers):
    queue(processes).send_message(base64.b64encode(b"no json").decode())
    person = next(numbers)
    finished(api, started(api, [person]))
    assert len(twilio.texts(person)) == 1
    log = processes.folder / "logs" / "app.log"
    assert eventually(lambda: "failed too often: no json" in log.read_text(encoding="utf-8"), 20)
    assert log.read_text(encoding="utf-8").count("spread_broadcast failed at try") == 5


def test_a_crash_between_sending_and_writing_sends_nothing_twice(api, twilio, numbers, processes, world):
    """The host is killed while Twilio's third answer is on its way and what became of the first two is not written.

    The batch comes again and looks into Twilio's log.
    """
    people = [next(numbers) for _ in range(6)]
    twilio.fault(on="rest", does="hang", of="Messages", method="POST", delay_s=0, times=2)
    twilio.fault(on="rest", does="hang", of="Messages", method="POST", delay_s=1.0)
    name = started(api, people)
    twilio.struck()
    world.crash()
    assert [len(twilio.texts(person, wait_s=5)) for person in people[:3]] == [1] * 3
    assert {row["state"] for row in rows(processes, "recipients", f"{name}_000000")} == {"sending"}
    world.a_minute_passes("recipients", state="sending")
    assert api.post(f"broadcasts/{name}", {"state": "running"}).status == 200
    assert finished(api, name)["counts"]["sent"] == 6
    assert [len(twilio.texts(person)) for person in people] == [1] * 6
