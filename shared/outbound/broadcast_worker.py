"""A broadcast on its way: a queue message spreads it into batches, then one message each; each recipient gets it once.

A message may come twice, late or after a crash. Each person is claimed by a row before anything is sent and closed by
it after, a few at a time; who was claimed and never closed is looked up in Twilio's log. What cannot go now goes back
into the queue; what only the owner can put right pauses the broadcast.
"""

import logging
import time
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

import msgspec

from shared import phone
from shared.http.problem import Problem, WrongFields
from shared.outbound import dispatch, policy, rate_limits, sending
from shared.outbound.dispatch import InDoubt, Thing
from shared.outbound.policy import NotAllowed, OptedOut
from shared.outbound.rate_limits import LimitReached
from shared.outbound.sending import CallRequest, TextRequest
from shared.platform_limits import UNSUBSCRIBED_RECIPIENT
from shared.store import broadcasts, queues
from shared.store.broadcasts import OUTCOMES, Broadcast
from shared.store.tables import Entity
from shared.twilio import client as twilio_client

SPREAD = 200  # batches that one message puts into the queue before it hands on to the next
TOGETHER = 10  # people whose outcomes are written at once; then it is asked whether the broadcast still runs
WORKS_S = 120  # on a batch, then its rest goes back into the queue: host.json, functionTimeout, is five minutes
NO_ENTRY = {401, 403}  # how Twilio's log refuses the account

log = logging.getLogger("ahoy.spreading")


class Work(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A queue message: send a batch or, without one, spread the batches from `spread_from` on."""

    broadcast: str
    batch: int | None = None
    spread_from: int = 0


def work(text: str) -> None:
    """Do what a queue message says. What it raises brings the message back, five times at most."""
    asked = msgspec.json.decode(text, type=Work)
    broadcast = broadcasts.get(asked.broadcast)
    if broadcast is None or broadcast.state != "running":
        return  # resuming spreads again what is left
    if asked.batch is None:
        _spread(broadcast, asked.spread_from)
    else:
        _Batch(broadcast, asked).deliver()


def lost(text: str) -> None:
    """A message failed five times: show its batch as stuck; resuming the broadcast tries it again."""
    log.error("a message of a broadcast failed too often: %s", text[:100])
    try:
        asked = msgspec.json.decode(text, type=Work)
    except msgspec.DecodeError:
        return
    if asked.batch is not None and broadcasts.people(asked.broadcast, asked.batch) is not None:
        broadcasts.note_batch(asked.broadcast, asked.batch, state="stuck")


def _spread(broadcast: Broadcast, start: int) -> None:
    done = {int(row["RowKey"]) for row in broadcasts.batches(broadcast.id) if row["state"] == "done"}
    end = min(start + SPREAD, broadcast.batches)
    if end < broadcast.batches:
        queues.put(queues.BROADCASTS, Work(broadcast=broadcast.id, spread_from=end))
    for number in range(start, end):
        if number not in done:
            queues.put(queues.BROADCASTS, Work(broadcast=broadcast.id, batch=number))


class Later(Exception):
    """The rest of the batch cannot go now."""

    def __init__(self, after_s: int) -> None:
        super().__init__(after_s)
        self.after_s = after_s


class Halted(Exception):
    """Nothing more can go until the owner has put something right; the message says what."""


class _Batch:
    """The delivery of one batch."""

    def __init__(self, broadcast: Broadcast, asked: Work) -> None:
        self.broadcast, self.asked = broadcast, asked
        self.number = asked.batch or 0
        self.ends = time.monotonic() + WORKS_S
        self.granted = 0  # by the line's limit, taken ahead
        self.closed: dict[str, Entity] = {}  # what became of people, to be written together
        self.after_s: list[int] = []  # when what is left may be tried again

    def deliver(self) -> None:
        """Send to whoever has not got it; what is left comes back by the queue."""
        known = broadcasts.outcomes(self.broadcast.id, self.number)  # first: forgetting goes the other way round
        people = broadcasts.people(self.broadcast.id, self.number)
        if people is None:
            return
        left = [person for person in people if _is_open(known.get(person))]
        try:
            for n, some in enumerate(batched(left, TOGETHER, strict=False)):
                if n and not self._runs():
                    break
                self._several(some, known)
        except Later as later:
            self.after_s = [later.after_s]
        except Halted as halt:
            self._pause(str(halt))
        self._count()
        if self.after_s:
            queues.put(queues.BROADCASTS, self.asked, min(self.after_s))

    def _several(self, people: tuple[str, ...], known: dict[str, Entity]) -> None:
        """Send to a few and write what became of them together, whatever ends it; a crash leaves all in doubt."""
        try:
            for n, person in enumerate(people):
                if time.monotonic() > self.ends:
                    raise Later(0)
                self._one(person, known.get(person), len(people) - n)
        finally:
            broadcasts.close(self.broadcast.id, self.number, self.closed)
            self.closed = {}

    def _runs(self) -> bool:
        now = broadcasts.get(self.broadcast.id)
        return now is not None and now.state == "running"

    def _pause(self, reason: str) -> None:
        log.error("broadcast %s pauses: %s", self.broadcast.id, reason)

        def paused(now: Broadcast) -> Broadcast:
            is_this_run = now.state == "running" and now.since == self.broadcast.since
            return msgspec.structs.replace(now, state="paused", reason=reason) if is_this_run else now

        broadcasts.change(self.broadcast.id, paused)

    def _count(self) -> None:
        known = broadcasts.outcomes(self.broadcast.id, self.number)  # first, as in `deliver`
        people = broadcasts.people(self.broadcast.id, self.number)
        if people is None:
            return  # a twin of this message has ended it
        states = [row["state"] for row in known.values()]
        counts = {outcome: states.count(outcome) for outcome in OUTCOMES}
        state = "waiting" if any(_is_open(known.get(person)) for person in people) else "done"
        broadcasts.note_batch(self.broadcast.id, self.number, state=state, **counts)

    def _one(self, person: str, known: Entity | None, left: int) -> None:
        try:
            thing = _thing(self.broadcast, person)
            before = self._doubtful(person, known)
            if before and (sent := dispatch.find_in_log(thing.intent(self._id(person), at=before))):
                self._sent(thing, person, before, sent)
                return
            policy.check(thing.to, self.broadcast.from_)
            self._take(thing.to, left)
        except (NotAllowed, OptedOut, WrongFields) as problem:
            self._refuse(person, problem)
        except InDoubt as doubt:
            self._doubt(doubt)
        except LimitReached as limit:
            self._wait(limit)
        except Problem as problem:
            raise Later(problem.retry_after_s) from None
        else:
            self._send(thing, person, before)

    def _doubtful(self, person: str, known: Entity | None) -> str:
        """Return when a sending began that was never closed, or "". Raises InDoubt while it may be at work."""
        if known is None:
            return ""
        before = str(known["at"])
        if datetime.fromisoformat(before) > datetime.now(UTC) - timedelta(seconds=dispatch.SETTLES_S):
            raise InDoubt
        log.info("it is looked up whether %s got it", phone.redacted(person))
        return before

    def _take(self, person: str, left: int) -> None:
        rate_limits.take_person(person)
        if not self.granted:
            self.granted = rate_limits.take_line(left)
        self.granted -= 1

    def _wait(self, limit: LimitReached) -> None:
        if limit.document["reason"] != "AHOY_PERSON_HOURLY_LIMIT":
            raise Later(limit.retry_after_s)
        self.after_s.append(limit.retry_after_s)

    def _refuse(self, person: str, problem: Problem) -> None:
        state = "opted_out" if isinstance(problem, OptedOut) else "refused"
        reason = str(problem.document.get("reason", "number"))
        if not isinstance(problem, WrongFields):
            policy.count_refusal(person, problem)
        self.closed[person] = {"state": state, "reason": reason}

    def _send(self, thing: Thing, person: str, before: str) -> None:
        intent = thing.intent(self._id(person))
        place = (self.broadcast.id, self.number, person)
        claimed = broadcasts.claim_again(*place, intent.at, before) if before else broadcasts.claim(*place, intent.at)
        if not claimed:
            self.after_s.append(dispatch.SETTLES_S)
            return
        try:
            sent = dispatch.ask(thing, intent)
        except InDoubt as doubt:
            self._doubt(doubt)
        except twilio_client.Busy as busy:
            broadcasts.release(*place, intent.at)
            raise Later(busy.retry_after_s) from None
        except Problem as refusal:
            self._failed(person, intent.at, refusal)
        else:
            self._sent(thing, person, intent.at, sent)

    def _doubt(self, doubt: InDoubt) -> None:
        """Let a person wait until it is known; while Twilio's log shuts us out, it never will be."""
        told = doubt.document["twilio"] or {}
        if told.get("status") in NO_ENTRY:
            raise Halted(_refused_by_twilio(told))
        self.after_s.append(doubt.retry_after_s)

    def _failed(self, person: str, at: str, refusal: Problem) -> None:
        if refusal.status in {502, 503}:  # the line or its account, not the recipient
            broadcasts.release(self.broadcast.id, self.number, person, at)
            told = refusal.document.get("twilio")
            raise Halted(_refused_by_twilio(told) if told else f"{refusal.document['title']}: {refusal}")
        code = str(refusal.document["twilio"]["code"])
        state = "opted_out" if code == str(UNSUBSCRIBED_RECIPIENT) else "failed"
        self.closed[person] = {"state": state, "reason": code}

    def _sent(self, thing: Thing, person: str, at: str, sent: twilio_client.Sent) -> None:
        dispatch.save(thing.intent(self._id(person), at=at), sent)
        self.closed[person] = {"state": "sent", "sid": sent.sid}

    def _id(self, person: str) -> str:
        return f"{self.broadcast.id}_{person}"


def _is_open(known: Entity | None) -> bool:
    return known is None or known["state"] not in OUTCOMES


def _refused_by_twilio(told: dict[str, Any]) -> str:
    said = f"{told.get('code', '')} {told.get('message', '')}"
    return f"Twilio refuses the credentials or the account of the line ({said}): put it right, then resume"


def _thing(broadcast: Broadcast, person: str) -> Thing:
    if broadcast.scene:
        asked = CallRequest(to=phone.identity(person), from_=broadcast.from_, scene=broadcast.scene)
        return sending.ringing(asked, broadcast.base)
    text = TextRequest(to=person, body=broadcast.body, media=broadcast.media, from_=phone.identity(broadcast.from_))
    return sending.texting(text, broadcast.base)
