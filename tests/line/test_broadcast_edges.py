"""Where a broadcast could reach somebody it must not, twice or never: spellings, twins, people who are forgotten."""

import time
from urllib.parse import urlsplit

import azure.functions as func
import msgspec
import pytest

from shared.http.problem import StorageUnavailable
from shared.outbound import broadcast_worker
from shared.outbound import broadcasts as accepted
from shared.outbound.broadcasts import BroadcastRequest
from shared.store import broadcasts, broadcasts_past, lists
from shared.store.broadcasts import Recipient
from tests.line.test_forgetting import NOW, ended, stored
from tests.tools.waiting import eventually

pytestmark = pytest.mark.usefixtures("ours")


def test_one_number_in_several_spellings_is_one_person():
    one, sure, short = "+447911123456", "+12025550122", "+12025550"
    wanted = BroadcastRequest(to=["+4407911123456", one, sure, short, "whatsapp:+4407911123456"])
    assert accepted._people(wanted) == [one, sure, short]


def test_somebody_on_a_list_who_has_no_number_is_refused_and_holds_nobody_up(line, number):
    for person in (number, "rcs:agent", "72233"):
        lists.note("odd", person, line.number, NOW, is_in=True)
    told = line.post("broadcasts", {"list": "odd", "body": "hello"})
    assert told.status == 202, told.told
    assert eventually(lambda: line.shows(f"broadcasts/{told.told['id']}")["state"] == "done")
    counts = line.shows(f"broadcasts/{told.told['id']}")["counts"]
    assert (counts["sent"], counts["refused"]) == (1, 2)


def test_who_waits_is_not_lost_while_somebody_else_is_being_forgotten(number, another):
    name = stored([number, another])
    broadcasts.close({Recipient(name, 0, number): {"state": "sent", "sid": "SM1"}})
    row = broadcasts._people_key(name, 0)
    broadcasts.tables().batches.put(row | {"people": another})  # taken out, the row that they got it not deleted yet
    broadcast_worker.count(name, 0)
    assert broadcasts.people(name, 0) == [another]
    broadcasts.close({Recipient(name, 0, another): {"state": "sent", "sid": "SM2"}})
    broadcast_worker.count(name, 0)
    assert broadcasts.people(name, 0) is None


def test_a_slow_worker_does_not_give_back_whom_another_has_taken_on(number):
    name = stored([number])
    whom = Recipient(name, 0, number)
    assert broadcasts.claim(whom, "10:00")
    assert broadcasts.claim_again(whom, "10:02", "10:00")
    broadcasts.release(whom, "10:00")
    assert broadcasts.outcomes(name, 0)[number]["at"] == "10:02"
    broadcasts.release(whom, "10:02")
    assert broadcasts.outcomes(name, 0) == {}


def test_a_person_in_many_broadcasts_is_forgotten_in_all_of_them(number):
    names = [ended([number]) for _ in range(20)]
    broadcasts_past.forget(number, lambda: None)
    assert [broadcasts.outcomes(name, 0) for name in names] == [{}] * 20


def test_a_sweep_that_was_cut_off_goes_on_the_next_time(number):
    name = ended([number], days=40)
    row = broadcasts._batch_key(name, 0)
    broadcasts.tables().batches.delete(row["PartitionKey"], row["RowKey"])
    broadcasts_past.sweep(30, lambda: None)
    assert broadcasts.get(name) is None


def test_a_broadcast_whose_message_found_no_queue_is_taken_back(line, ours):
    queue = next(part for part in line.running.line.storage.split(";") if part.startswith("QueueEndpoint="))
    dead = queue.replace(f":{urlsplit(queue.partition('=')[2]).port}/", ":9/")
    ours(AzureWebJobsStorage=line.running.line.storage.replace(queue, dead))
    body = msgspec.json.encode({"to": ["+12025550122"], "body": "hello"})
    headers = {"content-type": "application/json"}
    req = func.HttpRequest("POST", "https://x.example/api/broadcasts", headers=headers, body=body)
    before, began = ids(), time.monotonic()
    with pytest.raises(StorageUnavailable, match="Nothing was sent"):
        accepted.start(req)
    assert time.monotonic() - began < 10
    assert ids() == before


def ids():
    return {row["PartitionKey"] for row in broadcasts.tables().broadcasts.rows()}
