"""Forget a person: messages, calls, recordings and lists, here and if asked at Twilio. It may take several runs.

That somebody opted out stays known: forgetting it would let the line write to them again.
"""

import logging
import time
from datetime import timedelta
from functools import partial
from typing import Annotated

import azure.functions as func
import msgspec
from msgspec import Meta

from shared import clock, flow, phone, settings
from shared.history import listing
from shared.http import api
from shared.http.problem import Problem, WrongFields
from shared.person import identity
from shared.store import broadcasts_past, calls, lists, masked, messages, tombstones
from shared.store.indexed import SURE_S, IndexedTable, PageQuery
from shared.store.tables import at_once
from shared.twilio import log as twilio_log

REQUEST_S = 60  # Azure's load balancer gives up after 230 s
BATCH_ROWS = 100
UNCOPIED = timedelta(days=2)  # reconcile has written every copy by person by then

log = logging.getLogger("ahoy.forget")


class ForgetQuery(msgspec.Struct):
    """Whether Twilio is to forget, too."""

    twilio: Annotated[bool, Meta(description="Whether it is deleted at Twilio, too.")] = False


class DeletionResult(msgspec.Struct):
    """How much this request deleted, and whether that was all."""

    messages: Annotated[int, Meta(description="Texts that were deleted here.")] = 0
    calls: Annotated[int, Meta(description="Calls that were deleted here.")] = 0
    at_twilio: Annotated[int, Meta(description="Entries of Twilio's log that were deleted there.")] = 0
    complete: Annotated[bool, Meta(description="Whether that was all; if not, ask again.")] = True


class _OutOfTime(Exception):
    """The time of this request is used up."""


def person(req: func.HttpRequest) -> DeletionResult:
    """Delete what is known of the person that the route names; the answer says whether that is all.

    It works for a minute at most. Raises WrongFields for what is no address, Problem 409 for a number of ours, 503 when
    Twilio cannot delete now, and StorageDown.
    """
    query, named = api.query(req, ForgetQuery), req.route_params["person"]
    try:
        addresses = listing.people_named(named)
    except phone.BadAddress as e:
        raise WrongFields({"person": str(e)}) from None
    if addresses[0] in _ours():
        raise Problem(
            409,
            "This is no person",
            "It is a number of this line: its whole history would go. Name who called or wrote.",
        )
    done = DeletionResult()
    ends = time.monotonic() + REQUEST_S
    try:
        _forget(addresses, query, done, ends)
    except _OutOfTime:
        done.complete = False
    except twilio_log.LogNotReadable as e:
        raise Problem(503, "Twilio cannot delete this now", f"{e}. Ask again.", retry_after_s=10) from None
    log.info("forgot %s: %s", phone.redacted(named), msgspec.to_builtins(done))
    return done


def _ours() -> set[str]:
    """Return the line's own numbers: the one that is set, and those that the flow names."""
    return {identity(line) for line in (settings.current().twilio_phone_number, *flow.current().lines)}


def _forget(addresses: tuple[str, ...], query: ForgetQuery, done: DeletionResult, ends: float) -> None:
    """Forget the person, the first of their addresses, of whom something is known by each of these.

    Twilio first: what it still has when this is cut off is found again, and never brought back by reconcile.
    """
    person = addresses[0]
    tombstones.note(person, clock.now())
    for address in addresses if query.twilio else ():
        for _ in twilio_log.forget(address):
            done.at_twilio += 1
            _check(ends)
    lists.forget(person)
    masked.forget(person)
    broadcasts_past.forget(person, lambda: _check(ends))
    _delete_all_records(addresses, done, ends)


def _delete_all_records(addresses: tuple[str, ...], done: DeletionResult, ends: float) -> None:
    """Delete all texts and calls, also those that are being written meanwhile."""
    _delete_records(addresses, done, ends)
    found = True
    while found:
        time.sleep(SURE_S)
        found = _delete_records(addresses, done, ends)


def _delete_records(addresses: tuple[str, ...], done: DeletionResult, ends: float) -> bool:
    """Delete all texts and calls; whether there were any."""
    before = done.messages, done.calls
    while count := _delete(messages.table(), addresses):
        done.messages += count
        _check(ends)
    while count := _delete(calls.table(), addresses):
        done.calls += count
        _check(ends)
    return before != (done.messages, done.calls)


def _delete(table: IndexedTable, addresses: tuple[str, ...]) -> int:
    """Delete some records and return how many; at the end those that are not yet found by their person."""
    rows, _ = table.page(PageQuery(BATCH_ROWS, person=addresses, as_copied=True))
    if rows:
        at_once(partial(table.delete, found_by="person"), rows)
        return len(rows)
    rows = table.since(clock.now() - UNCOPIED, addresses, BATCH_ROWS)
    at_once(partial(table.delete, found_by="time"), rows)
    return len(rows)


def _check(ends: float) -> None:
    if time.monotonic() > ends:
        raise _OutOfTime
