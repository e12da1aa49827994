"""People are taken on together, each by one worker, and let go when nothing was sent to them."""

import uuid

import pytest

from shared.outbound import claims
from shared.outbound.claims import Claims
from shared.store import broadcasts
from shared.store.broadcasts import Recipient

pytestmark = pytest.mark.usefixtures("ours")
LONG_AGO = "2026-11-24T12:00:00.000+00:00"


@pytest.fixture
def people():
    name = uuid.uuid4().hex
    return [Recipient(name, 0, f"+1202555012{digit}") for digit in range(3)]


def known(people):
    """Return since when who is taken on."""
    rows = broadcasts.outcomes(people[0].broadcast_id, 0)
    return {whom: rows[whom.address]["at"] for whom in people if whom.address in rows}


def test_all_are_taken_on_by_one_request_and_each_is_then_ours(people, requests_of):
    Claims([Recipient("another", 0, people[0].address)])  # the table is there from now on
    made = []
    assert requests_of(lambda: made.append(Claims(people))) == 1
    since = known(people)
    assert list(since) == people
    assert requests_of(lambda: made.append([made[0].take(whom) for whom in people])) == 0
    assert made[1] == list(since.values())


def test_whom_somebody_else_has_taken_on_is_theirs_and_the_others_are_ours(people):
    assert broadcasts.claim(people[1], LONG_AGO)
    ours = Claims(people)
    assert [bool(ours.take(whom)) for whom in people] == [True, False, True]
    ours.give_back([])
    assert known(people)[people[1]] == LONG_AGO


def test_one_that_has_waited_is_made_anew_before_the_sending_unless_others_were_first(people, monkeypatch):
    monkeypatch.setattr(claims, "FRESH_S", -1)
    ours = Claims(people)
    since = known(people)
    assert broadcasts.claim_again(people[1], LONG_AGO, since[people[1]])
    monkeypatch.setattr(claims, "_now", lambda: "2100-01-01T00:00:00.000+00:00")
    assert [ours.take(whom) for whom in people[:2]] == ["2100-01-01T00:00:00.000+00:00", ""]
    assert known(people) == dict(
        zip(people, ["2100-01-01T00:00:00.000+00:00", LONG_AGO, since[people[2]]], strict=True)
    )


def test_who_was_in_doubt_is_taken_over_once(people):
    broadcasts.claim(people[0], LONG_AGO)
    one, other = Claims([]), Claims([])
    assert [bool(some.take(people[0], LONG_AGO)) for some in (one, other)] == [True, False]


def test_whoever_got_nothing_is_let_go_and_nobody_of_whom_it_is_known_what_became(people):
    ours = Claims(people)
    ours.take(people[0])
    broadcasts.close({people[1]: {"state": "refused"}})
    ours.give_back([people[1]])
    rows = broadcasts.outcomes(people[0].broadcast_id, 0)
    assert {address: row["state"] for address, row in rows.items()} == {
        people[0].address: "sending",
        people[1].address: "refused",
    }
