"""How much may leave: counters in a table, which hold across instances; ETags keep two from counting as one.

A row for each hour (UTC) counts what left for a person, one row what left in all, in this hour and this day. Both turn
by the storage's clock, or each instance would begin them anew by its own; and the line's row never goes back to an hour
that has passed. A count is taken before anything is sent and never given back. When the storage is down nothing leaves:
a limit that cannot be checked is a limit that is reached.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated

import azure.functions as func
import msgspec
from msgspec import Meta

from shared import settings
from shared.errors import StorageDown
from shared.http import api
from shared.http.problem import Problem
from shared.store import clock
from shared.store.entities import Entity, key
from shared.store.older import Older
from shared.store.tables import Table

ROW = "row"
LINE = "line"  # the partition of the line's own row
_PERSON = "hours_"  # begins a person's partition: a row for each hour
_PERSON_BEFORE = "person_"  # began it in an older version: one row, of the newest hour
REFUSALS_KEPT = timedelta(days=90)
_WAIT_S = 3.0  # for the turn of this thread; then the storage is too slow to count
_turn = threading.Lock()  # threads of one instance take turns instead of losing to each other

log = logging.getLogger("ahoy.limits")


class LimitsQuery(msgspec.Struct):
    """Of which day refusals are asked for."""

    day: Annotated[date | None, Meta(description="The day (UTC) whose refusals are counted; today without one.")] = None


class Usage(msgspec.Struct):
    """How much has left, and how much may."""

    used: Annotated[int, Meta(description="How many texts and calls have left.")]
    limit: Annotated[int, Meta(description="How many may.")]


class Limits(msgspec.Struct, kw_only=True):
    """What has left, what may, and what was refused."""

    hour: Annotated[Usage, Meta(description="In this hour (UTC).")]
    day: Annotated[Usage, Meta(description="On this day (UTC).")]
    person_hourly_limit: Annotated[int, Meta(description="How many may leave for one person in an hour.")]
    date: Annotated[date, Meta(description="The day (UTC) of `refused`.")]
    refused: Annotated[dict[str, int], Meta(description="How often something was refused, by the reason.")]


class LimitReached(Problem):
    """429: as much has left as may; the limit opens again after `retry_after_s`."""

    def __init__(self, limit: str, retry_after_s: int) -> None:
        super().__init__(429, "The limit is reached", f"{limit} is used up.", retry_after_s=retry_after_s, reason=limit)


def take_person(person: str) -> None:
    """Count one thing that leaves for a person (identity).

    Raises LimitReached, or Problem 503 when it cannot be counted.
    """
    hour = ""
    while hour != (now := _hour(clock.storage.now())):  # as the answer said, which may be another than was counted in
        hour = now
        with _counting():
            _count_person(person, hour)


def _count_person(person: str, hour: str) -> None:
    """Count in the row of an hour, unless the storage says meanwhile that it is another; the first is one insert."""
    config = settings.current()
    most, before = int(config.ahoy_person_hourly_limit), _counted_before(person, hour)
    partition = f"{_PERSON}{key(person)}"
    first = {"PartitionKey": partition, "RowKey": hour, "hour": hour, "count": before + 1}
    if before < most and _table(config).insert(first):
        return

    def more(row: Entity | None) -> Entity | None:
        now, count = clock.storage.now(), row["count"] if row else before
        if _hour(now) != hour:
            return None
        if count >= most:
            raise LimitReached("AHOY_PERSON_HOURLY_LIMIT", _left_of_hour_s(now))
        return {"hour": hour, "count": count + 1}

    _table(config).update(partition, hour, more)


def _counted_before(person: str, hour: str) -> int:
    """Return what an older version counted for a person in an hour, or in one after it."""
    before = _before(settings.current())
    found = before.table.get(f"{_PERSON_BEFORE}{key(person)}", ROW) if before.has_rows() else None
    return int(found[0]["count"]) if found and found[0]["hour"] >= hour else 0


def take_line(count: int = 1) -> int:
    """Count up to `count` things that leave; return how many may, at least one.

    Raises LimitReached, or Problem 503 when it cannot be counted.
    """
    config = settings.current()
    granted = 0

    def more(row: Entity) -> Entity:
        nonlocal granted
        now = clock.storage.now()
        in_hour, in_day = _used(row, now)
        if in_day >= int(config.ahoy_daily_limit):
            raise LimitReached("AHOY_DAILY_LIMIT", _left_of_day_s(now))
        if in_hour >= int(config.ahoy_hourly_limit):
            raise LimitReached("AHOY_HOURLY_LIMIT", _left_of_hour_s(now))
        granted = min(count, int(config.ahoy_daily_limit) - in_day, int(config.ahoy_hourly_limit) - in_hour)
        hour, day = max(_hour(now), row.get("hour", "")), max(_day(now), row.get("day", ""))
        return {"hour": hour, "in_hour": in_hour + granted, "day": day, "in_day": in_day + granted}

    if not _turn.acquire(timeout=_WAIT_S):
        raise _cannot_count()
    try:
        _count(LINE, more)
    finally:
        _turn.release()
    return granted


class Quota:
    """The line's limit, taken ahead: several at once, so that not each person costs a request."""

    def __init__(self) -> None:
        self._granted = 0

    def take(self, person: str, left: int) -> None:
        """Count one thing that leaves for a person, of so many that are left. Raises LimitReached, Problem."""
        take_person(person)
        if not self._granted:
            self._granted = take_line(left)
        self._granted -= 1


def note_refusal(reason: str) -> None:
    """Count a refusal by its reason, a row for each day; a refusal that cannot be counted is still one."""

    def more(row: Entity) -> Entity:
        refused = _by_reason(row)
        return {"refused": msgspec.json.encode(refused | {reason: refused.get(reason, 0) + 1}).decode()}

    try:
        _count(_refusals(clock.storage.now()), more)
    except Problem as e:
        log.warning("a refusal was not counted: %s", type(e).__name__)


def show(req: func.HttpRequest) -> Limits:
    """Return what has left in this hour and day, what may, and how often something was refused on the day asked for.

    Raises WrongFields, and Problem 503 when the counters cannot be read.
    """
    query, config = api.query(req, LimitsQuery), settings.current()
    try:
        row = _table(config).get(LINE, ROW)
        now = clock.storage.now()
        day = query.day or now.date()
        refused = _table(config).get(_refusals(day), ROW)
    except StorageDown:
        raise Problem(503, "The limits cannot be read", "Try again.", retry_after_s=10) from None
    in_hour, in_day = _used(row[0] if row else {}, now)
    return Limits(
        hour=Usage(in_hour, int(config.ahoy_hourly_limit)),
        day=Usage(in_day, int(config.ahoy_daily_limit)),
        person_hourly_limit=int(config.ahoy_person_hourly_limit),
        date=day,
        refused=_by_reason(refused[0] if refused else {}),
    )


def sweep(check_time: Callable[[], None]) -> int:
    """Delete the counts of people of past days, and of refusals of more than REFUSALS_KEPT ago; return how many."""
    now, table = clock.storage.now(), _table(settings.current())
    yesterday, past = _hour(now - timedelta(days=1)), _refusals((now - REFUSALS_KEPT).date())
    people = sum(
        table.sweep(f"{_beginning_with(prefix)} and hour lt @before", {"before": yesterday}, check_time)
        for prefix in (_PERSON, _PERSON_BEFORE)
    )
    return people + table.sweep("PartitionKey ge 'refused_' and PartitionKey lt @before", {"before": past}, check_time)


def _beginning_with(prefix: str) -> str:
    """Return the query for the partitions whose keys begin with a `prefix` that ends in "_"."""
    return f"PartitionKey ge '{prefix}' and PartitionKey lt '{prefix[:-1]}`'"


def _count(partition: str, more: Callable[[Entity], Entity]) -> None:
    """Replace a row by what `more` makes of it, however many do so at once."""
    with _counting():
        _table(settings.current()).update(partition, ROW, lambda row: more(row or {}))


@contextlib.contextmanager
def _counting() -> Iterator[None]:
    try:
        yield
    except StorageDown as e:
        log.warning("limits cannot be counted: %s", e.kind)
        raise _cannot_count() from None


def _cannot_count() -> Problem:
    return Problem(503, "The limits cannot be checked", "Nothing was sent; try again.", retry_after_s=10)


def _by_reason(row: Entity) -> dict[str, int]:
    return msgspec.json.decode(row.get("refused", "{}"), type=dict[str, int])


def _used(row: Entity, now: datetime) -> tuple[int, int]:
    in_hour = row.get("in_hour", 0) if row.get("hour", "") >= _hour(now) else 0
    return in_hour, row.get("in_day", 0) if row.get("day", "") >= _day(now) else 0


def _hour(now: datetime) -> str:
    return f"{now:%Y-%m-%dT%H}"


def _day(now: date) -> str:
    return f"{now:%Y-%m-%d}"


def _refusals(day: date) -> str:
    return f"refused_{_day(day)}"


def _left_of_hour_s(now: datetime) -> int:
    return 3600 - now.minute * 60 - now.second


def _left_of_day_s(now: datetime) -> int:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return int((midnight - now).total_seconds()) + 1


@cache
def _table(of: settings.Settings) -> Table:
    return Table(of, "limits")


@cache
def _before(of: settings.Settings) -> Older:
    return Older(_table(of), _beginning_with(_PERSON_BEFORE))
