"""Nobody waits for a storage that hangs, however many come at once, and those after it recovered wait for nothing."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from timeit import repeat

import pytest
from azure_functions_runtime import invocation_id_cv

from shared import deadline
from shared.store import tables

PATIENCE_S = 1.0


def hang(released):
    with pytest.raises(TimeoutError):
        deadline.run_within(PATIENCE_S, released.wait)


def test_sixty_four_at_once_all_get_their_answer_and_the_next_ones_at_once():
    released = Event()
    try:
        began = time.monotonic()
        with ThreadPoolExecutor(16) as pool:  # as many threads as the app's host has
            list(pool.map(lambda _: hang(released), range(64)))
        assert time.monotonic() - began < 3 * PATIENCE_S  # one after the other they would take four
        assert min(repeat(lambda: hang(released), number=1, repeat=5)) < deadline.IMPATIENT_S / 2
    finally:
        released.set()


def test_after_the_hanging_ones_have_ended_work_gets_its_whole_time_again():
    released = Event()
    hang(released)
    released.set()
    deadline_at = time.monotonic() + 30
    while deadline._behind.overdue and time.monotonic() < deadline_at:
        time.sleep(0.01)

    def slowly():
        time.sleep(deadline.IMPATIENT_S * 2)
        return "done"

    assert deadline.run_within(PATIENCE_S * 4, slowly) == "done"


def test_what_the_work_raises_is_raised():
    def fails():
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match="of its own"):
        deadline.run_within(1, fails)
    assert not deadline._behind.overdue


def test_work_behind_somebodys_back_is_still_theirs_to_the_host():
    """Its lines of the log would be dropped otherwise: the host takes the invocation from this variable."""
    token = invocation_id_cv.set("ours")
    try:
        assert deadline.run_within(PATIENCE_S, invocation_id_cv.get) == "ours"
        assert tables.at_once(lambda _: invocation_id_cv.get(), range(40)) == ["ours"] * 40
    finally:
        invocation_id_cv.reset(token)
    assert deadline.run_within(PATIENCE_S, invocation_id_cv.get) is None
