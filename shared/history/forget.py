"""Forget a person: messages, calls, recordings and lists, here and if asked at Twilio. It may take several runs.

That somebody opted out stays known: forgetting it would let the line write to them again.
"""

import logging
import time
from datetime import UTC, datetime
from functools import partial

import azure.functions as func
import msgspec

from shared import phone
from shared.http import api
from shared.http.problem import Problem, WrongFields
from shared.store import broadcasts_past, calls, lists, masked, messages, tombstones
from shared.store.indexed import IndexedTable, PageQuery
from shared.store.tables import at_once
from shared.twilio import log as twilio_log

REQUEST_S = 60  # Azure's load balancer gives up after 230 s
BATCH_ROWS = 100

log = logging.getLogger("ahoy.forget")


class ForgetQuery(msgspec.Struct):
    """Whether Twilio is to forget, too."""

    twilio: bool = False


class Forgotten(msgspec.Struct):
    """How many records this request deleted, and whether that was all; if not, ask again."""

    messages: int = 0
    calls: int = 0
    at_twilio: int = 0
    complete: bool = True


class _OutOfTime(Exception):
    """The time of this request is used up."""


def person(req: func.HttpRequest) -> Forgotten:
    """Delete what is known of the person that the route names; raises Problem when something does not answer."""
    asked, named = api.query(req, ForgetQuery), req.route_params["person"].strip()
    if not named:
        raise WrongFields({"person": "is required"})
    done = Forgotten()
    ends = time.monotonic() + REQUEST_S
    try:
        for address in _addresses(named):
            _forget(address, asked, done, ends)
    except _OutOfTime:
        done.complete = False
    except twilio_log.LogNotReadable as e:
        raise Problem(503, "Twilio cannot delete this now", f"{e}. Ask again.", retry_after_s=10) from None
    log.info("forgot %s: %s", phone.redacted(named), msgspec.to_builtins(done))
    return done


def _addresses(named: str) -> list[str]:
    """Whoever has a phone number may have written by WhatsApp, too."""
    return [named, f"whatsapp:{named}"] if named.startswith("+") else [named]


def _forget(address: str, asked: ForgetQuery, done: Forgotten, ends: float) -> None:
    """Twilio first: what it still has when this is cut off is found again, and never brought back by reconcile."""
    tombstones.note(address, datetime.now(UTC))
    if asked.twilio:
        for _ in twilio_log.forget(address):
            done.at_twilio += 1
            _check(ends)
    lists.forget(address)
    masked.forget(address)
    broadcasts_past.forget(address, lambda: _check(ends))
    while count := _delete(messages.book(), address):
        done.messages += count
        _check(ends)
    while count := _delete(calls.book(), address):
        done.calls += count
        _check(ends)


def _delete(book: IndexedTable, address: str) -> int:
    rows, _ = book.page(PageQuery(BATCH_ROWS, person=address))
    at_once(partial(book.delete, found_by="person"), rows)
    return len(rows)


def _check(ends: float) -> None:
    if time.monotonic() > ends:
        raise _OutOfTime
