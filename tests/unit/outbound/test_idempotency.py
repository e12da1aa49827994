"""The same key, the same answer: one of many at once does the work, and a crash hands it on."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared import settings
from shared.http.problem import Problem, StorageUnavailable, WrongFields
from shared.outbound import idempotency
from shared.outbound.idempotency import AtWork
from shared.store.tables import Table
from tests.tools.requests_in import api_request

ANSWER = {"sid": "SM1", "status": "queued"}


@pytest.fixture
def fresh(ours):
    """A key that nobody has used, on a line with storage."""
    ours()
    return idempotency.new_id()


def asked(key, document=None, route="send-sms"):
    return idempotency.ticket(api_request(document or {"to": "x"}, route, idempotency_key=key), route)


@pytest.mark.usefixtures("ours")
def test_without_a_key_each_request_is_its_own():
    first, second = (idempotency.ticket(api_request({}), "send-sms") for _ in range(2))
    assert first.id != second.id
    assert (first.is_keyed, first.answer) == (False, None)


def test_the_same_key_gets_the_answer_that_was_kept(fresh):
    first = asked(fresh)
    assert (first.is_keyed, first.answer) == (True, None)
    assert idempotency.save_answer(first.id, ANSWER)
    assert (asked(fresh).id, asked(fresh).answer) == (first.id, ANSWER)


def test_a_key_is_kept_for_its_route(fresh):
    assert asked(fresh).id != asked(fresh, route="make-call").id


def test_a_key_that_is_used_for_another_request_is_refused(fresh):
    asked(fresh)
    with pytest.raises(Problem) as other:
        asked(fresh, {"to": "y"})
    assert other.value.status == 422


def test_while_one_is_at_work_the_others_come_back_later(fresh):
    def outcome(_):
        try:
            return asked(fresh).answer
        except AtWork as busy:
            return busy.status, busy.retry_after_s

    with ThreadPoolExecutor(8) as together:
        outcomes = list(together.map(outcome, range(16)))
    assert (outcomes.count(None), outcomes.count((409, idempotency.AT_WORK_S))) == (1, 15)


def test_what_crashed_is_taken_up_by_the_next_who_asks(fresh, monkeypatch):
    first = asked(fresh)
    monkeypatch.setattr(idempotency, "AT_WORK_S", 0)
    assert asked(fresh) == first


def test_a_key_that_is_given_back_may_be_used_for_another_request(fresh):
    idempotency.release(asked(fresh))
    assert asked(fresh, {"to": "y"}).answer is None


def test_a_key_is_of_a_fair_length(fresh):
    with pytest.raises(WrongFields):
        asked(fresh * 10)


def test_without_storage_a_key_is_refused_and_an_answer_is_not_kept(fresh, storage_away):
    first = asked(fresh)
    storage_away()
    with pytest.raises(StorageUnavailable):
        asked(fresh)
    assert not idempotency.save_answer(first.id, ANSWER)
    idempotency.release(first)


def test_a_week_later_a_key_is_forgotten(fresh):
    old = asked(fresh)
    table = Table(settings.current(), "idempotency")
    table.put({"PartitionKey": old.id, "RowKey": idempotency.ROW, "at": "2026-01-01T00:00:00+00:00"})
    kept = asked(idempotency.new_id())
    assert idempotency.sweep(lambda: None) == 1
    assert table.get(old.id, idempotency.ROW) is None
    assert table.get(kept.id, idempotency.ROW)
