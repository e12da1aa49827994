"""Many partitions give the rows that one would, in few requests."""

import random
from threading import Lock

from hypothesis import example, given
from hypothesis import strategies as st

from shared.store.shards import even_share, first

KEYS = st.lists(st.integers(0, 400).map(lambda number: f"{number:03d}"), unique=True, max_size=120)


class Kept:
    """Partitions in memory, and how often each was asked for how many rows."""

    def __init__(self, *partitions):
        self.rows = {str(number): sorted(rows) for number, rows in enumerate(partitions)}
        self.asked, self.lock = [], Lock()

    def read(self, partition, above, size):
        with self.lock:
            self.asked.append((partition, size))
        return [row for row in self.rows[partition] if row > above][:size]

    def first(self, size, share=0):
        count = len(self.rows)
        return first(self.read, self.rows, size, share=share or even_share(size, count), key=lambda row: row)


@given(partitions=st.lists(KEYS, min_size=1, max_size=5), size=st.integers(1, 60), share=st.integers(0, 9))
@example(partitions=[[f"{n:03d}" for n in range(51)], [], [], []], size=51, share=0)
@example(partitions=[["1", "2"], ["3", "4"]], size=2, share=1)
def test_they_are_the_first_of_all_however_they_are_spread(partitions, size, share):
    kept = Kept(*partitions)
    wanted = sorted(row for rows in partitions for row in rows)[:size]
    assert kept.first(size, share) == wanted
    for partition in kept.rows:
        assert sum(asked for name, asked in kept.asked if name == partition) <= size


def test_what_is_spread_by_a_hash_takes_a_request_of_each_and_less_than_half_of_the_rows():
    rows, more = [f"{n:06d}" for n in range(20_000)], 0
    chance = random.Random(7)  # noqa: S311 -- the same spread each time
    for size in (51, 1001):
        for _ in range(50):
            spread = [[], [], [], []]
            for row in rows[: size * 2]:
                chance.choice(spread).append(row)
            kept = Kept(*spread)
            kept.first(size)
            more += len(kept.asked) - 4
            assert sum(asked for _, asked in kept.asked) < size * 2
    assert more <= 3


def test_a_partition_alone_is_asked_for_all_at_once():
    kept = Kept([f"{n:03d}" for n in range(100)])
    assert len(kept.first(51)) == 51
    assert kept.asked == [("0", 51)]
