"""A broadcast on its way: a queue message spreads it into batches, then one message each; each recipient gets it once.

A message may come twice, late or after a crash. Each person is claimed by a row before anything is sent and closed by
it after, some at a time; who was claimed and never closed is looked up in Twilio's log. What cannot go now goes back
into the queue; what only the owner can put right pauses the broadcast.
"""

import contextlib
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import batched
from typing import Any, NamedTuple

import msgspec

from shared import clock, phone, routes
from shared.http.problem import Problem, WrongFields
from shared.outbound import dispatch, policy, rate_limits, sending
from shared.outbound.claims import Claims
from shared.outbound.dispatch import InDoubt, Thing
from shared.outbound.policy import NotAllowed, OptedOut
from shared.outbound.rate_limits import LimitReached
from shared.outbound.sending import CallRequest, TextRequest
from shared.platform_limits import UNSUBSCRIBED_RECIPIENT
from shared.store import broadcasts, queues
from shared.store.broadcasts import OUTCOMES, Broadcast, Recipient
from shared.store.entities import Entity
from shared.twilio import client as twilio_client
from shared.twilio.client import Sent

SPREAD = 200  # batches that one message puts into the queue before it hands on to the next
TOGETHER = 20  # people who are taken on, and closed, at once; then it is asked whether the broadcast still runs
WORKS_S = 30  # on a batch, then its rest goes back into the queue
AGAIN_S = 60  # after it began, somebody else begins: one request to Twilio, and writing, end long before
NO_ENTRY = {401, 403}  # how Twilio's log refuses the account

log = logging.getLogger("ahoy.spreading")


class Work(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A queue message: send a batch or, without one, spread the batches from `spread_from` on."""

    broadcast: str
    batch: int | None = None
    spread_from: int = 0
    is_twin: bool = False


def work(text: str) -> None:
    """Do what a queue message says. What it raises brings the message back, five times at most.

    Its twin is for a process that dies meanwhile, and has none of its own, or a message that kills would never end.
    """
    message = msgspec.json.decode(text, type=Work)
    twin = msgspec.structs.replace(message, is_twin=True)
    insured = queues.kept_for_a_crash(routes.BROADCASTS_QUEUE, twin, AGAIN_S)
    with contextlib.nullcontext() if message.is_twin else insured:
        _do(message)


def _do(message: Work) -> None:
    broadcast = broadcasts.get(message.broadcast)
    if broadcast is None or broadcast.state != "running":
        return  # resuming spreads again what is left
    if message.batch is None:
        _spread(broadcast, message.spread_from)
    else:
        _deliver(broadcast, message.batch)


def lost(text: str) -> None:
    """A message failed five times: show its batch as stuck; resuming the broadcast tries it again."""
    log.error("a message of a broadcast failed too often: %s", text[:100])
    try:
        message = msgspec.json.decode(text, type=Work)
    except msgspec.DecodeError:
        return
    if message.batch is not None and broadcasts.people(message.broadcast, message.batch) is not None:
        broadcasts.note_batch(message.broadcast, message.batch, state="stuck")


def _spread(broadcast: Broadcast, start: int) -> None:
    done = {int(row["RowKey"]) for row in broadcasts.batches(broadcast.id) if row["state"] == "done"}
    end = min(start + SPREAD, broadcast.batches)
    if end < broadcast.batches:
        queues.put(routes.BROADCASTS_QUEUE, Work(broadcast=broadcast.id, spread_from=end))
    for number in range(start, end):
        if number not in done:
            queues.put(routes.BROADCASTS_QUEUE, Work(broadcast=broadcast.id, batch=number))


class Done(NamedTuple):
    """It is known what became of a recipient: the columns that are written, `state` among them."""

    row: Entity


class Later(NamedTuple):
    """A recipient cannot get it now; `ends` when nobody of the batch can."""

    after_s: int
    ends: bool = False


class Halted(NamedTuple):
    """Nobody can get it until the owner has put something right; `reason` says what."""

    reason: str


type Outcome = Done | Later | Halted


def _deliver(broadcast: Broadcast, batch: int) -> None:
    """Send to whoever of a batch has not got it; what is left comes back by the queue."""
    rows = broadcasts.outcomes(broadcast.id, batch)  # first: forgetting goes the other way round
    people = broadcasts.people(broadcast.id, batch)
    if people is None:
        return
    left = [Recipient(broadcast.id, batch, person) for person in people if _is_open(rows.get(person))]
    ends, quota = time.monotonic() + WORKS_S, rate_limits.Quota()
    held: list[Later | Halted] = []
    for n, some in enumerate(batched(left, TOGETHER, strict=False)):
        if n and not _runs(broadcast):
            break
        held += _send_some(broadcast, some, rows, quota, ends)
        if _has_ended(held):
            break
    if halted := next((one for one in held if isinstance(one, Halted)), None):
        _pause(broadcast, halted.reason)
    count(broadcast.id, batch)
    waiting = [one for one in held if isinstance(one, Later)]
    if waiting:
        after_s = next((one.after_s for one in waiting if one.ends), min(one.after_s for one in waiting))
        queues.put(routes.BROADCASTS_QUEUE, Work(broadcast=broadcast.id, batch=batch), after_s)


def _has_ended(held: list[Later | Halted]) -> bool:
    return bool(held) and (isinstance(held[-1], Halted) or held[-1].ends)


def _send_some(
    broadcast: Broadcast, people: tuple[Recipient, ...], rows: dict[str, Entity], quota: rate_limits.Quota, ends: float
) -> list[Later | Halted]:
    """Send to a few and write what became of them together, whatever ends it; a crash leaves all in doubt.

    Return what keeps the others from it, up to what keeps everybody.
    """
    if time.monotonic() > ends:
        return [Later(0, ends=True)]
    claims = Claims([whom for whom in people if whom.address not in rows])
    closed: dict[Recipient, Entity] = {}
    held: list[Later | Halted] = []
    try:
        for n, whom in enumerate(people):
            if time.monotonic() > ends:
                outcome: Outcome = Later(0, ends=True)
            else:
                take = partial(quota.take, left=len(people) - n)
                outcome = _reach(broadcast, whom, rows.get(whom.address), take, claims)
            if isinstance(outcome, Done):
                closed[whom] = outcome.row
                continue
            held.append(outcome)
            if _has_ended(held):
                break
    finally:
        broadcasts.close(closed)
        claims.give_back(closed)
    return held


def _reach(
    broadcast: Broadcast, whom: Recipient, row: Entity | None, take: Callable[[str], None], claims: Claims
) -> Outcome:
    """Send to one person, unless it may have been done before; return what became of them."""
    try:
        thing = _thing(broadcast, whom.address)
        before = _doubtful(whom, row)
        if before and (sent := dispatch.find_in_log(thing.sent_at(whom.intent_id, before).intent)):
            return _keep(thing, whom, before, sent)
        policy.check(thing.person, thing.line)
        take(thing.person)
    except (NotAllowed, OptedOut, WrongFields) as problem:
        return _refuse(whom, problem)
    except InDoubt as doubt:
        return _doubt(doubt)
    except LimitReached as limit:
        return Later(limit.retry_after_s, ends=limit.document["reason"] != "AHOY_PERSON_HOURLY_LIMIT")
    except Problem as problem:
        return Later(problem.retry_after_s, ends=True)
    return _send(thing, whom, claims.take(whom, before))


def _doubtful(whom: Recipient, row: Entity | None) -> str:
    """Return when a sending began that was never closed, or "". Raises InDoubt while it may be at work."""
    if row is None:
        return ""
    before = str(row["at"])
    if datetime.fromisoformat(before) > clock.now() - timedelta(seconds=dispatch.SETTLES_S):
        raise InDoubt
    log.info("it is looked up whether %s got it", phone.redacted(whom.address))
    return before


def _send(thing: Thing, whom: Recipient, at: str) -> Outcome:
    """Send to a person who is taken on since `at`; "": others have, and what became of it is known later."""
    if not at:
        return Later(dispatch.SETTLES_S)
    try:
        sent = dispatch.ask(thing.sent_at(whom.intent_id, at))
    except InDoubt as doubt:
        return _doubt(doubt)
    except twilio_client.Busy as busy:
        broadcasts.release(whom, at)
        return Later(busy.retry_after_s, ends=True)
    except Problem as refusal:
        return _fail(whom, at, refusal)
    return _keep(thing, whom, at, sent)


def _keep(thing: Thing, whom: Recipient, at: str, sent: Sent) -> Done:
    dispatch.save(thing.sent_at(whom.intent_id, at).intent, sent)
    return Done({"state": "sent", "sid": sent.sid})


def _refuse(whom: Recipient, problem: Problem) -> Done:
    if not isinstance(problem, WrongFields):
        policy.count_refusal(whom.address, problem)
    state = "opted_out" if isinstance(problem, OptedOut) else "refused"
    return Done({"state": state, "reason": str(problem.document.get("reason", "number"))})


def _doubt(doubt: InDoubt) -> Later | Halted:
    """Let a person wait until it is known; while Twilio's log shuts us out, it never will be."""
    told = doubt.document["twilio"] or {}
    return Halted(_refused_by_twilio(told)) if told.get("status") in NO_ENTRY else Later(doubt.retry_after_s)


def _fail(whom: Recipient, at: str, refusal: Problem) -> Done | Halted:
    """Tell what Twilio refuses of a person from what it refuses of the line or its account."""
    if refusal.status in {502, 503}:
        broadcasts.release(whom, at)
        told = refusal.document.get("twilio")
        return Halted(_refused_by_twilio(told) if told else f"{refusal.document['title']}: {refusal}")
    code = str(refusal.document["twilio"]["code"])
    return Done({"state": "opted_out" if code == str(UNSUBSCRIBED_RECIPIENT) else "failed", "reason": code})


def _runs(broadcast: Broadcast) -> bool:
    now = broadcasts.get(broadcast.id)
    return now is not None and now.state == "running"


def _pause(broadcast: Broadcast, reason: str) -> None:
    log.error("broadcast %s pauses: %s", broadcast.id, reason)

    def pause(now: Broadcast) -> Broadcast:
        is_this_run = now.state == "running" and now.since == broadcast.since
        return msgspec.structs.replace(now, state="paused", reason=reason) if is_this_run else now

    broadcasts.change(broadcast.id, pause)


def count(broadcast_id: str, batch: int) -> None:
    """Bring the counts of a batch up to date; it is done when nobody in it waits any more."""
    rows = broadcasts.outcomes(broadcast_id, batch)  # first, as in `_deliver`
    people = broadcasts.people(broadcast_id, batch)
    if people is None:
        return  # a twin of this message has ended it
    states = [row["state"] for row in rows.values()]
    counts = {outcome: states.count(outcome) for outcome in OUTCOMES}
    state = "waiting" if any(_is_open(rows.get(person)) for person in people) else "done"
    broadcasts.note_batch(broadcast_id, batch, state=state, **counts)


def _is_open(row: Entity | None) -> bool:
    return row is None or row["state"] not in OUTCOMES


def _refused_by_twilio(told: dict[str, Any]) -> str:
    said = f"{told.get('code', '')} {told.get('message', '')}"
    return f"Twilio refuses the credentials or the account of the line ({said}): put it right, then resume"


def _thing(broadcast: Broadcast, person: str) -> Thing:
    if broadcast.scene:
        request = CallRequest(to=phone.without_channel(person), from_=broadcast.from_, scene=broadcast.scene)
        return sending.ringing(request, broadcast.base)
    text = TextRequest(
        to=person, body=broadcast.body, media=broadcast.media, from_=phone.without_channel(broadcast.from_)
    )
    return sending.texting(text, broadcast.base)
