"""What Twilio's own log has and the history has not: missing rows, final states and prices that were never told.

Each pass walks towards the present, a slice of time after another, and remembers how far it came. The early passes
follow the present closely; the late ones come again when everything has ended. All of it may be done twice.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched, islice
from typing import Annotated, Any, NamedTuple

import azure.functions as func
import msgspec
from msgspec import Meta

from shared import clock, flow, settings
from shared.history import retention
from shared.http import api
from shared.http.problem import Problem, WrongFields
from shared.outbound import dispatch, opt_outs
from shared.store import calls, conferences, folding, merge, messages, tombstones, watermark
from shared.store.entities import Entity
from shared.store.folding import Stored
from shared.store.indexed import IndexedTable, PageQuery
from shared.store.tables import PAGE_ROWS, at_once
from shared.twilio import log as twilio_log

OVERLAP = timedelta(minutes=15)  # what Twilio's log may show late
LATE = timedelta(hours=25)  # a call ends within 24 hours, a text within ten
FIRST_LOOK = timedelta(hours=24)  # how far back the very first run looks
SLICE = timedelta(hours=6)
CLOCKS = timedelta(seconds=30)  # how far a row's time (ours) and a log's (Twilio's) mostly differ
TIMER_S = 240  # host.json, functionTimeout, is five minutes
REQUEST_S = 60  # Azure's load balancer gives up after 230 s
KNOWN_ROWS = 20_000  # that are read for a page of the log; a short code may have more in a minute

log = logging.getLogger("ahoy.reconcile")


EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)  # that a key can hold
LATEST = timedelta(days=1)  # after now: the end of somebody's day


class ReconcilePeriod(msgspec.Struct):
    """A period to compare."""

    since: Annotated[datetime, Meta(tz=True, description="Its begin.")]
    until: Annotated[Annotated[datetime, Meta(tz=True)] | None, Meta(description="Its end; without it, now.")] = None


class ReconcileResult(msgspec.Struct):
    """What a run saw in Twilio's log, added to the history and changed in it."""

    seen: Annotated[int, Meta(description="Entries of Twilio's log that were compared.")] = 0
    added: Annotated[int, Meta(description="Those that were missing here.")] = 0
    changed: Annotated[int, Meta(description="Those that were here with less than Twilio knows.")] = 0
    complete: Annotated[bool, Meta(description="Whether the whole period is done; if not, go on from `reached`.")] = (
        True
    )
    reached: Annotated[
        Annotated[datetime, Meta(tz=True)] | None, Meta(description="The moment up to which all was compared.")
    ] = None


class OutOfTime(Exception):
    """The time of this run is used up; the next one goes on."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One of Twilio's logs and the table that it belongs to."""

    name: str
    read: Callable[[datetime, datetime | None], Iterator[dict[str, Any]]]
    to_row: Callable[[dict[str, Any]], Entity]
    table: Callable[[], IndexedTable]
    rank: dict[str, int]


def _recordings(after: datetime, before: datetime | None) -> Iterator[dict[str, Any]]:
    """Yield the log's recordings, a conference's once for each call of it that is known here."""
    for row in twilio_log.recordings(after, before):
        if not row["conference_sid"]:
            yield row
            continue
        columns = {"recordings": calls.logged_recording(row)["recordings"]}
        took_part = conferences.recorded(row["conference_sid"], columns)
        known = [sid for sid in took_part if calls.table().get(sid)]
        yield from (row | {"call_sid": sid} for sid in {*known, row["call_sid"]} if sid)


KINDS = (
    Kind("messages", twilio_log.messages, messages.from_log, messages.table, messages.RANK),
    Kind("calls", twilio_log.calls, calls.from_log, calls.table, calls.RANK),
    Kind("recordings", _recordings, calls.logged_recording, calls.table, calls.RANK),
)


class Run:
    """One run: its time, and what it found."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self.found = ReconcileResult()

    def check_time(self) -> None:
        """Raise OutOfTime when the time is used up."""
        if time.monotonic() > self._ends:
            raise OutOfTime

    def compare(self, kind: Kind, since: datetime, until: datetime | None) -> None:
        """Bring the history of a `kind` (texts, calls, recordings) between `since` and `until` to what the log says.

        Raises OutOfTime, LogNotReadable, StorageDown; what was compared until then stays.
        """
        for rows in batched(kind.read(since, until), PAGE_ROWS, strict=False):
            self.check_time()
            stored = _stored(kind, [kind.to_row(row) for row in rows])
            self.found.seen += len(rows)
            news = [row for row in rows if _is_news(kind, kind.to_row(row), stored)]
            for some in batched(news, 50, strict=False):
                self.check_time()
                self._bring(kind, some, stored)

    def _bring(self, kind: Kind, logged: tuple[dict[str, Any], ...], stored: dict[str, Stored]) -> None:
        """Bring records to what the log says of them, their copies too."""
        brought = at_once(lambda row: _brought(kind, row, stored), logged)
        folding.fold(kind.table(), [(one.stored, one.news) for one in brought if one.stored])
        outcomes = [one.outcome for one in brought]
        _note_leaving(kind, logged, outcomes)
        self.found.added += outcomes.count("added")
        self.found.changed += outcomes.count("changed")


def timer(_: func.TimerRequest) -> None:
    """Compare since the watermarks and delete what is too old; the last line is the heartbeat that alerts watch for."""
    for mistake in (*flow.current().mistakes, *flow.current().warnings):  # said while the app loads, Azure drops them
        log.log(logging.ERROR if mistake.breaks else logging.WARNING, "%s", mistake)
    run = Run(TIMER_S)
    outcome = "done"
    try:
        dispatch.settle()
        _all_passes(run)
        retention.apply(run.check_time)
    except OutOfTime:
        outcome = "stopped for time, the next run goes on"
    except dispatch.InDoubt as e:
        outcome = f"stopped: {e.document['title']}"
    except twilio_log.LogNotReadable as e:
        outcome = f"stopped: {e}"
    found = run.found
    log.info("reconcile %s: %s seen, %s added, %s changed", outcome, found.seen, found.added, found.changed)


def period(req: func.HttpRequest) -> ReconcileResult:
    """Compare a past period, oldest first, for a minute at most; the answer says how far it came.

    Raises WrongFields for a period that ends before it begins or is no past one, Problem 503 when the log
    cannot be read.
    """
    request, now = api.body(req, ReconcilePeriod), clock.now()
    until = request.until or now
    if request.since < EARLIEST:
        raise WrongFields({"since": f"there is nothing before {EARLIEST:%Y}"})
    if until > now + LATEST:
        raise WrongFields({"until": "is still to come"})
    if request.since >= until:
        raise WrongFields({"since": "must be before `until`"})
    run = Run(REQUEST_S)
    reached = request.since
    try:
        for start, end in _slices(request.since, until):
            for kind in KINDS:
                run.compare(kind, start, end)
            reached = end
    except OutOfTime:
        run.found.complete = False
    except twilio_log.LogNotReadable as e:
        raise Problem(503, "Twilio's log cannot be read now", str(e), retry_after_s=10) from None
    run.found.reached = reached
    return run.found


def _all_passes(run: Run) -> None:
    now = clock.now()
    for lag in (timedelta(), LATE):
        for kind in KINDS:
            _pass(run, kind, f"{kind.name}-{'late' if lag else 'early'}", now - lag)


def _pass(run: Run, kind: Kind, name: str, until: datetime) -> None:
    """Go on from the watermark. When another instance moved it meanwhile, the rest is left to that one."""
    mark = watermark.get(name)
    since = mark.at if mark else until - FIRST_LOOK
    for start, end in _slices(since - OVERLAP, until):
        run.compare(kind, start, end)
        if end > since:
            mark = watermark.move(name, mark, end)
            if mark is None:
                return


def _slices(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    while since < until:
        end = min(since + SLICE, until)
        yield since, end
        since = end


def _stored(kind: Kind, log_rows: list[Entity]) -> dict[str, Stored]:
    """Return what is stored of what the log tells of, by SID; what is not among it may still be known.

    All rows of the times that the log tells of are read, and no others kept: a broadcast has many at the same time.
    """
    times = [datetime.fromisoformat(row["at"]) for row in log_rows if "at" in row]
    if not times:  # recordings are few and looked up one by one
        return {}
    told_of, table = {row["sid"] for row in log_rows}, kind.table()
    query = PageQuery(since=min(times) - CLOCKS, until=max(times) + CLOCKS)
    read = islice(folding.read(table, query), KNOWN_ROWS)
    return {one.record["sid"]: one for one in read if one.record["sid"] in told_of}


def _note_leaving(kind: Kind, rows: Iterable[dict[str, Any]], outcomes: list[str]) -> None:
    """Note what left without the line's asking for it by the API: replies, and calls that a flow forwarded."""
    for logged, outcome in zip(rows, outcomes, strict=True):
        row = kind.to_row(logged)
        if outcome == "added" and row.get("direction") == "outbound":
            dispatch.note_leaving(row["sid"])


def _is_news(kind: Kind, log_row: Entity, stored: dict[str, Stored]) -> bool:
    one = stored.get(log_row["sid"])
    return one is None or one.is_due or merge.adds(one.record, log_row, kind.rank)


class _Brought(NamedTuple):
    """What became of a row of the log: "added", "changed" or "left"; what is to be folded, with what the log adds."""

    outcome: str
    stored: Stored | None = None
    news: Entity | None = None


def _brought(kind: Kind, logged: dict[str, Any], stored: dict[str, Stored]) -> _Brought:
    """Add one record that the log has and we have not, or find what is to be changed in the one that is known."""
    row, table = kind.to_row(logged), kind.table()
    known = stored.get(row["sid"]) or folding.find(table, row["sid"])
    before = known.record if known else table.old(row["sid"])
    if before is None:
        if "at" not in row:  # a recording does not say who called
            row = calls.from_log(twilio_log.call(row["sid"])) | row
        if _is_gone(row):
            return _Brought("left")
    elif _is_too_old(before):
        return _Brought("left")
    if logged.get("num_media") not in {None, "", "0"} and "media" not in (before or {}):
        row["media"] = messages.with_media(twilio_log.media(row["sid"]))
    if before is None:
        table.add(row)
        _heed(row)
        return _Brought("added")
    if known and "copied" not in known.row:
        _heed(before)
    if not merge.adds(before, row, kind.rank):
        return _Brought("left", known if known and known.is_due else None)
    if known and not known.is_of_before:
        return _Brought("changed", known, row)
    table.tell_known(row["sid"], row)
    return _Brought("changed")


def _heed(record: Entity) -> None:
    """Do what a text that came in asks for: STOP counts, too, whose webhook never came, or was cut off once stored."""
    if record["direction"] == "inbound" and "body" in record:
        opt_outs.heed(record, {})


def _is_gone(log_row: Entity) -> bool:
    """Whether a record is one that was deleted here on purpose, by age or with its person."""
    return _is_too_old(log_row) or tombstones.covers(log_row["person"], datetime.fromisoformat(log_row["at"]))


def _is_too_old(record: Entity) -> bool:
    """Whether a record is older than the retention, so that it goes."""
    days = settings.current().retention_days
    return bool(days) and datetime.fromisoformat(record["at"]) < clock.now() - timedelta(days=days)
