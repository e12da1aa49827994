"""It leaves: row first, then Twilio, then the history. What is in doubt is looked up in Twilio's log, never repeated.

Twilio has no key that makes a creation happen once. Between the first row and the history lies the moment in which a
crash or a lost answer leaves us not knowing; `settle` ends it.
"""

import contextlib
import logging
from datetime import timedelta
from hashlib import sha256
from typing import Any, Literal, NamedTuple

import msgspec

from shared import clock, phone
from shared.errors import StorageDown
from shared.http.problem import Problem, StorageUnavailable
from shared.outbound import idempotency, opt_outs, policy
from shared.platform_limits import UNSUBSCRIBED_RECIPIENT
from shared.store import calls, messages, outbox
from shared.store.entities import Entity
from shared.store.indexed import IndexedTable
from shared.store.outbox import Intent
from shared.twilio import client as twilio_client
from shared.twilio import marks
from shared.twilio.client import Sent

SETTLES_S = 60  # Twilio's own work on a request ends long before; only then does "not in the log" mean "not sent"
CLOCKS_S = 5  # by which our clock and Twilio's may differ
TRIAL = "Sent from your Twilio trial account - "  # Twilio puts it before the texts of a trial account

log = logging.getLogger("ahoy.departure")


class InDoubt(Problem):
    """503: it may have left. It is settled from Twilio's log; the same Idempotency-Key gives the outcome."""

    def __init__(self, told: dict[str, Any] | None = None) -> None:
        detail = "It is not known whether it left; that is looked up. Ask again with the same Idempotency-Key, or look."
        super().__init__(503, "Twilio did not answer", detail, retry_after_s=SETTLES_S, twilio=told)


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """A text or call that may leave; `parameters` are Twilio's.

    `to` and `from_` are spelled as they are reached, `from_` may be a messaging service; `person` is who is reached.
    """

    kind: Literal["call", "message"]
    to: str
    person: str
    from_: str
    parameters: dict[str, Any]
    body: str = ""
    media: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The number of ours, without a channel, or the messaging service that it leaves from."""
        return phone.without_channel(self.from_)

    def to_send(self, ticket: idempotency.Ticket) -> "Send":
        """Return it as what leaves now under a ticket: once for each."""
        return self.sent_at(ticket.id, clock.now().isoformat(timespec="milliseconds"), is_keyed=ticket.is_keyed)

    def sent_at(self, intent_id: str, at: str, *, is_keyed: bool = False) -> "Send":
        """Return it as what was to leave `at` a moment (ISO 8601, UTC) under `intent_id`, an id of ours.

        `is_keyed` tells that an API caller may ask again under that id.
        """
        return Send(self, Intent(
            id=intent_id, kind=self.kind, at=at, to=self.to, from_=self.from_, digest=digest(self.body),
            media_urls=self.media, is_keyed=is_keyed,
        ))  # fmt: skip


class Send(NamedTuple):
    """One thing that leaves, with the note of it that is written before."""

    thing: Thing
    intent: Intent


def send(one: Send) -> Sent:
    """Let it leave, once for each id; `clear_intent(id)` when the answer is kept. Raises Problem; InDoubt: unknown."""
    thing, intent = one
    if not _write_intent(intent):
        before = outbox.get(intent.id) or intent
        if sent := find_in_log(before):
            return save(before, sent)
        if before.moment > clock.now() - timedelta(seconds=SETTLES_S):
            raise InDoubt
        try:
            policy.check(thing.person, thing.line)  # they may have opted out since
        except (policy.OptedOut, policy.NotAllowed):
            clear_intent(intent.id)
            raise
        outbox.add_again(intent)
    try:
        sent = ask(one)
    except InDoubt:
        raise
    except Problem:
        clear_intent(intent.id)
        raise
    return save(intent, sent)


def is_in_doubt(ticket: idempotency.Ticket) -> bool:
    """Whether a request under this key has been let out before and its outcome is not known."""
    return ticket.is_keyed and outbox.get(ticket.id) is not None


def clear_intent(intent_id: str) -> None:
    """Nothing is in doubt any more; when that cannot be noted, settling finds it out again."""
    try:
        outbox.clear(intent_id)
    except StorageDown as e:
        log.warning("intent %s stays: %s", intent_id, e.kind)


def ask(one: Send) -> Sent:
    """Ask Twilio once. Raises its refusal as Problem, InDoubt when it neither answered nor shows it in its log."""
    thing, intent = one
    make = twilio_client.place_call if thing.kind == "call" else twilio_client.send_message
    marked = {"status_callback": marks.marked(thing.parameters["status_callback"], intent.mark, intent.moment)}
    try:
        return make(**thing.parameters | marked)
    except twilio_client.Refused as refusal:
        if refusal.code == UNSUBSCRIBED_RECIPIENT:
            opt_outs.note_refusal_by_twilio(thing.person, thing.line)
        raise
    except twilio_client.NoAnswer as silence:
        with contextlib.suppress(InDoubt):
            if sent := find_in_log(intent):
                return sent
        raise InDoubt(silence.told) from None


def find_in_log(intent: Intent) -> Sent | None:
    """Return what Twilio's log shows of it, None when nothing. Raises InDoubt when Twilio or storage cannot be asked.

    The log shows no word of ours, and two calls to one person look the same. What a status callback or an answer of
    Twilio's has told to be this one wins; what is known to be another never counts.
    """
    look = twilio_client.calls_to if intent.kind == "call" else twilio_client.messages_to
    try:
        found = look(intent.to, intent.moment - timedelta(seconds=CLOCKS_S))
        alike = [(one, _owner(one, intent.kind)) for one in reversed(found) if _is(one, intent)]
    except Problem as refusal:
        raise InDoubt(refusal.document.get("twilio")) from None
    except twilio_client.NoAnswer as silence:
        raise InDoubt(silence.told) from None
    except StorageDown:
        raise InDoubt from None
    return next((one for mark in (intent.mark, "") for one, owner in alike if owner == mark), None)


def save(intent: Intent, sent: Sent) -> Sent:
    """Write it into its table under Twilio's SID. When storage is down, reconcile brings the history."""
    note_leaving(sent.sid)
    record = _record(intent, sent)
    try:
        _table(intent.kind).add(record)
    except StorageDown as e:
        log.error("%s left but is not stored yet: %s", sent.sid, e.kind)  # noqa: TRY400 -- one line says it
    return sent


def note_leaving(sid: str) -> None:
    """Log what left and costs money, for the alert on spending and the workbook; they count each SID once."""
    log.info("left %s", sid)


def settle() -> int:
    """Settle what is in doubt for long enough, from Twilio's log; return how many. Raises InDoubt without Twilio."""
    before = clock.now() - timedelta(seconds=SETTLES_S)
    doubtful = [intent for intent in outbox.in_doubt() if intent.moment < before]
    for intent in doubtful:
        if sent := find_in_log(intent):
            save(intent, sent)
            if intent.is_keyed and not idempotency.save_answer(intent.id, shown(intent.kind, sent)):
                continue  # the next run
        else:
            log.warning("a %s to %s never left", intent.kind, phone.redacted(intent.to))
        outbox.clear_unchanged(intent)
    return len(doubtful)


def in_doubt(kind: str) -> list[dict[str, str]]:
    """Return what is in doubt as the API shows it."""
    return [
        {"id": intent.id, "at": intent.at, "to": intent.to, "from": intent.from_, "status": "unknown"}
        for intent in outbox.in_doubt()
        if intent.kind == kind
    ]


def shown(kind: str, sent: Sent) -> dict[str, Any]:
    """Return what has left as the API answers it."""
    status = (calls if kind == "call" else messages).named(sent.status)
    answer: dict[str, Any] = {"sid": sent.sid, "status": status, "to": sent.to, "from": sent.from_}
    if kind == "call":
        return answer
    from shared.outbound import segments

    how = segments.cut(sent.body)
    return answer | {"encoding": how.encoding, "segments": how.segments}


def digest(body: str) -> str:
    """Return what a text is known again by."""
    return sha256(body.encode()).hexdigest()[:32]


def _write_intent(intent: Intent) -> bool:
    try:
        return outbox.add(intent)
    except StorageDown as e:
        log.warning("nothing leaves without a row: %s", e.kind)
        raise StorageUnavailable from None


def _is(one: Sent, intent: Intent) -> bool:
    is_from = intent.from_.startswith("MG") or one.from_ == intent.from_
    bodies = {digest(one.body), digest(one.body.removeprefix(TRIAL))}
    return (
        one.is_ours
        and is_from
        and (intent.kind == "call" or (intent.digest in bodies and one.media == len(intent.media_urls)))
    )


def _owner(one: Sent, kind: str) -> str:
    """Return the mark of the intent that it is known to come from, empty when that is not known."""
    row = _table(kind).get(one.sid) or {}
    return str(row.get("intent", ""))


def _record(intent: Intent, sent: Sent) -> Entity:
    if intent.kind == "call":
        record = calls.placed(sent.sid, sent.from_ or intent.from_, sent.to, sent.status, intent.moment)
    else:
        record = messages.sent(
            sent.sid,
            sent.from_ or intent.from_,
            sent.to,
            sent.body,
            sent.status,
            intent.moment,
            media=intent.media_urls,
        )
    return record | {"intent": intent.mark}


def _table(kind: str) -> IndexedTable:
    return calls.table() if kind == "call" else messages.table()
