"""A broadcast on its way: a queue message spreads it into batches, then one message each; each recipient gets it once.

A message may come twice, late or after a crash. Each person is claimed by a row before anything is sent and closed by
it after; who was claimed and never closed is looked up in Twilio's log. What cannot go now goes back into the queue.
"""

import logging
from datetime import UTC, datetime, timedelta

import msgspec

from shared import departure, gate, limits, optouts, outbox, phone, queues, twilio_api
from shared.departure import InDoubt, Thing
from shared.gate import NotAllowed, OptedOut
from shared.limits import LimitReached
from shared.outbox import CallRequest, TextRequest
from shared.problem import Problem, WrongFields
from shared.store import broadcasts
from shared.store.broadcasts import OUTCOMES, Broadcast
from shared.store.tables import Entity

SPREAD = 200  # batches that one message puts into the queue before it hands on to the next
AHEAD = 10  # people for whom the line's limit is taken at once
LOOKS_EVERY = 10  # people, after which it is asked whether the broadcast still runs

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
    if asked.batch is not None and broadcasts.batch(asked.broadcast, asked.batch):
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


class _Batch:
    """The delivery of one batch."""

    def __init__(self, broadcast: Broadcast, asked: Work) -> None:
        self.broadcast, self.asked = broadcast, asked
        self.number = asked.batch or 0
        self.granted = 0  # by the line's limit, taken ahead
        self.after_s: list[int] = []  # when what is left may be tried again

    def deliver(self) -> None:
        """Send to whoever has not got it; what is left comes back by the queue."""
        found = broadcasts.batch(self.broadcast.id, self.number)
        if found is None or found[0]["state"] == "done":
            return
        people, known = found[1], broadcasts.outcomes(self.broadcast.id, self.number)
        left = [person for person in people if known.get(person, {}).get("state") not in OUTCOMES]
        try:
            for n, person in enumerate(left):
                if n and n % LOOKS_EVERY == 0 and not self._runs():
                    break
                self._one(person, known.get(person), len(left) - n)
        except Later as later:
            self.after_s = [later.after_s]
        self._count(people)
        if self.after_s:
            queues.put(queues.BROADCASTS, self.asked, min(self.after_s))

    def _runs(self) -> bool:
        now = broadcasts.get(self.broadcast.id)
        return now is not None and now.state == "running"

    def _count(self, people: list[str]) -> None:
        states = [row["state"] for row in broadcasts.outcomes(self.broadcast.id, self.number).values()]
        counts = {outcome: states.count(outcome) for outcome in OUTCOMES}
        state = "done" if sum(counts.values()) == len(people) else "waiting"
        broadcasts.note_batch(self.broadcast.id, self.number, state=state, **counts)

    def _one(self, person: str, known: Entity | None, left: int) -> None:
        try:
            thing = _thing(self.broadcast, person)
            before = self._doubtful(person, known)
            if before and (sent := departure.looked_up(thing.intent(self._id(person), at=before))):
                self._sent(thing, person, before, sent)
                return
            gate.check(person, self.broadcast.from_)
            self._take(person, left)
        except (NotAllowed, OptedOut, WrongFields) as problem:
            self._refuse(person, problem)
        except InDoubt as doubt:
            self.after_s.append(doubt.retry_after_s)
        except LimitReached as limit:
            self._wait(limit)
        except Problem as problem:
            raise Later(problem.retry_after_s) from None
        else:
            self._send(thing, person, before)

    def _doubtful(self, person: str, known: Entity | None) -> str:
        """Give when a sending began that was never closed, empty when none. Raises InDoubt while it may be at work."""
        if known is None:
            return ""
        before = str(known["at"])
        if datetime.fromisoformat(before) > datetime.now(UTC) - timedelta(seconds=departure.SETTLES_S):
            raise InDoubt
        log.info("it is looked up whether %s got it", phone.shortened(person))
        return before

    def _take(self, person: str, left: int) -> None:
        limits.take_person(person)
        if not self.granted:
            self.granted = limits.take_line(min(AHEAD, left))
        self.granted -= 1

    def _wait(self, limit: LimitReached) -> None:
        if limit.document["reason"] != "AHOY_PERSON_HOURLY_LIMIT":
            raise Later(limit.retry_after_s)
        self.after_s.append(limit.retry_after_s)

    def _refuse(self, person: str, problem: Problem) -> None:
        state = "opted_out" if isinstance(problem, OptedOut) else "refused"
        reason = str(problem.document.get("reason", "number"))
        if not isinstance(problem, WrongFields):
            gate.refused(person, problem)
        broadcasts.close(self.broadcast.id, self.number, person, state=state, reason=reason)

    def _send(self, thing: Thing, person: str, before: str) -> None:
        intent = thing.intent(self._id(person))
        place = (self.broadcast.id, self.number, person)
        claimed = broadcasts.claim_again(*place, intent.at, before) if before else broadcasts.claim(*place, intent.at)
        if not claimed:
            self.after_s.append(departure.SETTLES_S)
            return
        try:
            sent = departure.ask(thing, intent)
        except InDoubt as doubt:
            self.after_s.append(doubt.retry_after_s)
        except twilio_api.Refused as refusal:
            self._failed(person, refusal)
        except Problem as busy:
            broadcasts.release(*place)
            raise Later(busy.retry_after_s) from None
        else:
            self._sent(thing, person, intent.at, sent)

    def _failed(self, person: str, refusal: twilio_api.Refused) -> None:
        if refusal.status == 502:  # the account, not the recipient
            broadcasts.release(self.broadcast.id, self.number, person)
            raise Later(departure.SETTLES_S)
        state = "opted_out" if str(refusal.code) == optouts.UNSUBSCRIBED_RECIPIENT else "failed"
        broadcasts.close(self.broadcast.id, self.number, person, state=state, reason=str(refusal.code))

    def _sent(self, thing: Thing, person: str, at: str, sent: twilio_api.Known) -> None:
        departure.remembered(thing.intent(self._id(person), at=at), sent, thing.media)
        broadcasts.close(self.broadcast.id, self.number, person, state="sent", sid=sent.sid)

    def _id(self, person: str) -> str:
        return f"{self.broadcast.id}_{person}"


def _thing(broadcast: Broadcast, person: str) -> Thing:
    if broadcast.scene:
        asked = CallRequest(to=phone.bare(person), from_=broadcast.from_, scene=broadcast.scene)
        return outbox.ringing(asked, broadcast.base)
    text = TextRequest(to=person, body=broadcast.body, media=broadcast.media, from_=phone.bare(broadcast.from_))
    return outbox.texting(text, broadcast.base)
