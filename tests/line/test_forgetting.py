"""A person who is forgotten is nowhere any more, nobody else is touched, and what is too old goes by itself."""

import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from shared.inbound import masking
from shared.store import broadcasts, broadcasts_past, lists, masked
from shared.store.broadcasts import Broadcast, Recipient
from tests.line.around import forget, signed
from tests.tools.waiting import eventually

pytestmark = pytest.mark.usefixtures("ours")
NOW = datetime.now(UTC)
OWNER, LINE = "+12025550101", "+12025550100"


def stored(people, days=0, **more):
    """Store a broadcast that began so many days ago, in one batch, and is not on its way."""
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
    known = {"state": "paused", "total": len(people), "batches": 1} | more
    broadcast = Broadcast(id=uuid.uuid4().hex, at=at, since=at, from_=LINE, base="https://x.example", body="x", **known)
    broadcasts.add(broadcast, people, 50)
    return broadcast.id


def ended(people, days=0):
    """Store a broadcast that everybody got."""
    name = stored(people, days, state="running")
    broadcasts.close({Recipient(name, 0, person): {"state": "sent", "sid": "SM1"} for person in people})
    broadcasts.note_batch(name, 0, "done", sent=len(people), failed=0, opted_out=0, refused=0)
    return name


def test_a_person_is_taken_off_lists_and_relays_and_their_neighbours_stay(line, number):
    other, now = number + "0", datetime.now(UTC)
    for person in (number, other):
        lists.note("forgetting", person, LINE, now, is_in=True)
        masked.change(LINE, OWNER, lambda people, who=person: masking.wrote(people, who, LINE, now))
    for _ in range(2):
        assert forget(line, number)["complete"]
        assert [row["person"] for row in lists.members("forgetting", 10)] == [other]
        seen = []
        masked.change(LINE, OWNER, lambda people, seen=seen: seen.append(people) or people)
        assert number not in [person.address for person in seen[0]]
        assert other in [person.address for person in seen[0]]


def test_who_got_a_broadcast_is_forgotten_and_the_counts_stay(line, number):
    other = number + "0"
    name = ended([number, other])
    assert broadcasts.people(name, 0) is None
    assert forget(line, number)["complete"]
    assert list(broadcasts.outcomes(name, 0)) == [other]
    told = line.get(f"broadcasts/{name}").told
    assert (told["state"], told["counts"]["sent"], told["counts"]["forgotten"]) == ("done", 2, 0)


def test_who_waits_for_a_broadcast_is_taken_out_and_it_ends_without_them(line, number, another):
    name = stored([number, another])
    assert forget(line, number)["complete"]
    assert broadcasts.people(name, 0) == [another]
    assert line.post(f"broadcasts/{name}", {"state": "running"}).status == 200
    assert eventually(lambda: line.shows(f"broadcasts/{name}")["state"] == "done")
    counts = line.shows(f"broadcasts/{name}")["counts"]
    assert (counts["sent"], counts["waiting"], counts["forgotten"]) == (1, 0, 1)
    assert line.twilio.phone(number).messages() == []


def test_who_got_it_and_is_forgotten_before_the_batch_is_done_does_not_get_it_again(line, number):
    name = stored([number])
    broadcasts.close({Recipient(name, 0, number): {"state": "sent", "sid": "SM1"}})
    assert forget(line, number)["complete"]
    assert broadcasts.outcomes(name, 0) == {}
    assert line.post(f"broadcasts/{name}", {"state": "running"}).status == 200
    assert eventually(lambda: line.shows(f"broadcasts/{name}")["state"] == "done")
    assert line.twilio.phone(number).messages() == []


def test_a_batch_that_is_done_stays_so_whatever_a_slower_twin_says(number):
    name = ended([number])
    broadcasts.note_batch(name, 0, "waiting", sent=0, failed=0, opted_out=0, refused=0)
    (row,) = broadcasts.batches(name)
    assert (row["state"], row["sent"]) == ("done", 1)


def test_who_got_a_broadcast_is_deleted_after_a_month_and_one_that_waits_is_left(number):
    old, new, waiting, canceled = (
        ended([number], 31),
        ended([number], 29),
        stored([number], 31),
        stored([number], 31, state="canceled"),
    )
    broadcasts_past.sweep(0, lambda: None)
    assert [len(broadcasts.outcomes(name, 0)) for name in (old, new)] == [0, 1]
    assert [broadcasts.people(name, 0) for name in (waiting, canceled)] == [[number], None]
    assert all(broadcasts.get(name) for name in (old, new, waiting, canceled))

    broadcasts_past.sweep(30, lambda: None)
    assert [broadcasts.get(name) is None for name in (old, new, waiting, canceled)] == [True, False, False, True]
    assert list(broadcasts.batches(old)) == []


def test_a_late_recording_does_not_bring_a_forgotten_persons_call_back(line, number):
    call = line.twilio.dial(from_=number)
    call.ended()
    assert eventually(lambda: line.call_row(call.sid))
    assert forget(line, number)["complete"]
    told = {"CallSid": call.sid, "RecordingSid": "RE" + "5" * 32, "TranscriptionText": "call me",
            "TranscriptionStatus": "completed"}  # fmt: skip
    url, headers = signed(line, "status/recording", told)
    assert line.http.post(url, content=urlencode(told), headers=headers).status_code == 204
    assert line.call_row(call.sid) is None
