"""`Idempotency-Key`: the same key sent again gets the same answer and never a second call or text.

A key is kept for its route and for a week. Its row holds a digest of the body and, once there is one, the answer.
"""

import contextlib
import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

import azure.functions as func
import msgspec

from shared import clock, settings
from shared.errors import StorageDown
from shared.http.problem import Problem, StorageUnavailable, WrongFields
from shared.store.tables import Table

HEADER = "Idempotency-Key"
MAX_CHARACTERS = 200
ROW = "row"
KEPT = timedelta(days=7)
AT_WORK_S = 60  # longer than any request works on one; then it has crashed

log = logging.getLogger("ahoy.idempotency")


class AtWork(Problem):
    """409: the same is being done right now."""

    def __init__(self) -> None:
        detail = "Its answer, or that of what became of it, is given under the same key in a moment."
        super().__init__(409, "A request with this Idempotency-Key is at work", detail, retry_after_s=AT_WORK_S)


class Ticket(msgspec.Struct, frozen=True):
    """The right to do something once. `id` is the same for the same key; `answer` is there when it was done before."""

    id: str
    is_keyed: bool
    answer: dict[str, Any] | None = None


def new_id() -> str:
    """Return an id that nothing had before."""
    return uuid.uuid4().hex


def ticket(req: func.HttpRequest, route: str) -> Ticket:
    """Return the ticket of a request to `route`, by its Idempotency-Key when it has one.

    Raises WrongFields for a key that is too long, and as `ticket_for_key` does.
    """
    given = req.headers.get(HEADER.lower(), "")
    if not given:
        return Ticket(new_id(), is_keyed=False)
    if len(given) > MAX_CHARACTERS:
        raise WrongFields({HEADER: f"expected at most {MAX_CHARACTERS} characters"})
    return ticket_for_key(route, given, req.get_body())


def ticket_for_key(route: str, key: str, body: bytes = b"") -> Ticket:
    """Return the ticket of a `key`, the caller's or ours, for a `route`; `body` is what it came with.

    Raises AtWork, StorageUnavailable, and Problem 422 for another body.
    """
    name = sha256(f"{route}\n{key}".encode()).hexdigest()[:32]
    digest, now = sha256(body).hexdigest(), clock.now()
    row = {"PartitionKey": name, "RowKey": ROW, "digest": digest, "at": now.isoformat(), "answer": "", "by": new_id()}
    try:
        return Ticket(name, is_keyed=True) if _table(settings.current()).insert(row) else _existing(row, now)
    except StorageDown as e:
        log.warning("an Idempotency-Key cannot be kept: %s", e.kind)
        raise StorageUnavailable from None


def _existing(row: dict[str, Any], now: datetime) -> Ticket:
    table, name = _table(settings.current()), row["PartitionKey"]
    found = table.get(name, ROW)
    if found is None:
        raise AtWork
    before, etag = found
    if before["digest"] != row["digest"]:
        raise Problem(422, "This Idempotency-Key was used for another request", "Take a new key for a new request.")
    if before.get("by") == row["by"]:
        return Ticket(name, is_keyed=True)  # the SDK sent the insert again, after an answer that was lost
    if before["answer"]:
        return Ticket(name, is_keyed=True, answer=msgspec.json.decode(before["answer"]))
    if datetime.fromisoformat(before["at"]) > now - timedelta(seconds=AT_WORK_S):
        raise AtWork
    if not table.replace(row, etag):
        raise AtWork
    return Ticket(name, is_keyed=True)


def save_answer(ticket_id: str, answer: dict[str, Any]) -> bool:
    """Keep the answer for whoever asks again; whether it is kept."""
    row = {"PartitionKey": ticket_id, "RowKey": ROW, "answer": msgspec.json.encode(answer).decode()}
    try:
        _table(settings.current()).put(row)
    except StorageDown as e:
        log.error("the answer under an Idempotency-Key is not kept: %s", e.kind)  # noqa: TRY400 -- one line says it
        return False
    return True


def release(kept: Ticket) -> None:
    """Nothing was done: the key may be used again, at the latest when AT_WORK_S are over."""
    if kept.is_keyed:
        with contextlib.suppress(StorageDown):
            _table(settings.current()).delete(kept.id, ROW)


def sweep(check_time: Callable[[], None]) -> int:
    """Forget keys that are older than KEPT; return how many."""
    before = (clock.now() - KEPT).isoformat()
    return _table(settings.current()).sweep("at lt @before", {"before": before}, check_time)


@cache
def _table(of: settings.Settings) -> Table:
    return Table(of, "idempotency")
