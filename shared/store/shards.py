"""Partitions read as one, in the order of their keys: a part of each at first, and more only of one that runs dry."""

import heapq
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

from shared.store.tables import at_once

SPREAD = 3  # standard deviations: one page in 200 needs more of a partition than its share


def even_share(size: int, count: int) -> int:
    """Return how many of `size` rows one of `count` partitions has at most, nearly always, when a hash spreads them."""
    expected = size / count
    return min(size, math.ceil(expected + SPREAD * math.sqrt(expected * (1 - 1 / count))))


def first[R](
    read: Callable[[str, str, int], list[R]],
    partitions: Iterable[str],
    size: int,
    *,
    share: int,
    key: Callable[[R], str],
) -> list[R]:
    """Return the `size` rows of all `partitions` whose `key` is lowest, ascending.

    `read` gives the rows of a partition above a key ("" at first), as many as it is asked for while there are some; it
    is asked for a `share` at a time, of all partitions at once that may have a row of the answer.
    """
    parts = [_Part[R](partition) for partition in partitions]
    found: list[R] = []
    dry = parts
    while dry:
        at_once(lambda part: part.read_on(read, min(size - len(part.rows), max(share, len(part.rows))), key), dry)
        found = list(islice(heapq.merge(*(part.rows for part in parts), key=key), size))
        last = key(found[-1]) if len(found) == size else None
        dry = [part for part in parts if not part.is_whole and (last is None or part.above < last)]
    return found


@dataclass(slots=True)
class _Part[R]:
    """What is known of one partition: its rows as far as they were read, and the key of the last."""

    partition: str
    above: str = ""
    rows: list[R] = field(default_factory=list)
    is_whole: bool = False

    def read_on(self, read: Callable[[str, str, int], list[R]], size: int, key: Callable[[R], str]) -> None:
        rows = read(self.partition, self.above, size)
        self.rows += rows
        self.is_whole = len(rows) < size
        self.above = key(rows[-1]) if rows else self.above
