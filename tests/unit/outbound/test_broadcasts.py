"""One to many, as the API knows it: accepted whole, shown as it goes, paused, resumed, canceled."""

from datetime import UTC, datetime

import msgspec
import pytest

from shared.http.problem import Problem, StorageUnavailable, WrongFields
from shared.outbound import broadcasts, idempotency
from shared.store import broadcasts as stored
from shared.store import lists
from tests.tools.requests_in import api_request
from tests.tools.stand_in import LINE

pytestmark = pytest.mark.usefixtures("queue")
PEOPLE = [f"+1202555{n:04d}" for n in range(100, 200)]


def started(key="", **document):
    headers = {"idempotency_key": key} if key else {}
    return msgspec.to_builtins(broadcasts.start(api_request({"body": "hello all"} | document, "broadcasts", **headers)))


def shown(name):
    return msgspec.to_builtins(
        broadcasts.show(api_request({}, "broadcasts/{id}", method="GET", route_params={"id": name}))
    )


def changed(name, state):
    return msgspec.to_builtins(
        broadcasts.change(api_request({"state": state}, "broadcasts/{id}", route_params={"id": name}))
    )


def test_a_broadcast_is_stored_in_batches_and_set_on_its_way_by_one_message(queue):
    answer = started(to=PEOPLE[:60])
    assert (answer["state"], answer["total"]) == ("running", 60)
    assert [len(stored.people(answer["id"], n)) for n in range(2)] == [50, 10]
    assert queue.taken() == [{"broadcast": answer["id"]}]
    told = shown(answer["id"])
    assert (told["counts"]["waiting"], told["left_s"], told["stuck"], told["reason"]) == (60, None, 0, "")


def test_nobody_is_written_to_twice_however_they_are_spelled():
    answer = started(to=["+442079460018", "+4402079460018", *PEOPLE[:2], PEOPLE[0]])
    assert stored.people(answer["id"], 0) == ["+442079460018", *PEOPLE[:2]]


def test_a_list_goes_to_who_is_on_it_now(number, another):
    name = f"news{number[1:]}"
    for person, is_in in ((number, True), (another, True), (another, False)):
        lists.note(name, person, LINE, datetime.now(UTC), is_in=is_in)
    assert stored.people(started(list=name)["id"], 0) == [number]


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"to": ["12"]}, "to"),
        ({"to": []}, "to"),
        ({"to": PEOPLE[:1], "list": "news"}, "to"),
        ({"list": "a-list-of-nobody"}, "list"),
        ({"to": PEOPLE[:1], "scene": "start"}, "body"),
        ({"to": PEOPLE[:1], "body": ""}, "body"),
        ({"to": PEOPLE[:1], "body": "", "scene": "nowhere"}, "scene"),
        ({"to": PEOPLE[:1], "media": ["ftp://x"]}, "media"),
        ({"to": PEOPLE[:1], "from": "me"}, "from"),
    ],
)
def test_each_wrong_field_is_named_before_anything_is_stored(queue, document, field):
    with pytest.raises(WrongFields) as wrong:
        started(**document)
    assert [error["field"] for error in wrong.value.document["errors"]] == [field]
    assert queue.taken() == []


def test_more_than_may_be_reached_are_refused(monkeypatch):
    monkeypatch.setattr(broadcasts, "MAX_RECIPIENTS", 2)
    with pytest.raises(WrongFields, match="to"):
        started(to=PEOPLE[:3])


def test_the_same_key_starts_one(queue):
    key = idempotency.new_id()
    assert started(key, to=PEOPLE[:1]) == started(key, to=PEOPLE[:1])
    assert len(queue.taken()) == 1


def test_one_is_paused_resumed_and_canceled_for_good(queue):
    name = started(to=PEOPLE[:1])["id"]
    queue.taken()
    assert changed(name, "paused")["state"] == "paused"
    assert queue.taken() == []
    assert changed(name, "running")["state"] == "running"
    assert queue.taken() == [{"broadcast": name}]
    assert changed(name, "canceled")["state"] == "canceled"
    with pytest.raises(Problem) as late:
        changed(name, "running")
    assert late.value.status == 409
    assert (changed(name, "canceled")["state"], queue.taken()) == ("canceled", [])


def test_how_far_it_is_and_how_long_it_takes_follow_from_its_batches():
    name = started(to=PEOPLE)["id"]
    stored.note_batch(name, 0, "done", sent=40, failed=4, opted_out=3, refused=1)
    stored.note_batch(name, 1, "stuck", sent=2)
    told = shown(name)
    assert told["counts"] == {"waiting": 48, "sent": 42, "failed": 4, "opted_out": 3, "refused": 1, "forgotten": 2}
    assert (told["state"], told["stuck"]) == ("running", 50)
    assert told["left_s"] >= 0
    stored.note_batch(name, 1, "done", sent=50)
    assert (shown(name)["state"], shown(name)["left_s"]) == ("done", 0)


def test_what_is_not_there_is_404():
    for ask in (shown, lambda name: changed(name, "paused")):
        with pytest.raises(Problem) as unknown:
            ask("nothing")
        assert unknown.value.status == 404


def test_without_storage_none_is_accepted_and_it_is_said_what_to_do(storage_away):
    storage_away()
    with pytest.raises(StorageUnavailable, match="before you send it again"):
        started(to=PEOPLE[:1])
