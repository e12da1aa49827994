"""One text or call to many, as the API knows it: start one, see how far it is, pause, resume, cancel.

Accepting one only stores it, in batches, and puts one message into a queue; broadcast_worker.py does the rest.
"""

import logging
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

import azure.functions as func
import msgspec
from msgspec import Meta

from shared import clock, phone, routes, settings
from shared.errors import StorageDown
from shared.http import api
from shared.http.fields import Moment
from shared.http.problem import Problem, StorageUnavailable, WrongFields
from shared.outbound import idempotency, sending
from shared.outbound.broadcast_worker import Work
from shared.outbound.sending import CallRequest, TextRequest
from shared.person import identity
from shared.platform_limits import MESSAGE_CHARACTERS, MESSAGE_MEDIA
from shared.store import broadcasts, queues
from shared.store.broadcasts import FORGOTTEN, OUTCOMES, Broadcast, State
from shared.twilio import signature

MAX_RECIPIENTS = 100_000
MAX_REQUEST_BYTES = 4 * 1024 * 1024  # 100,000 addresses on WhatsApp, quoted
BATCH_SIZE = 50  # people; one execution of the queue function, some 15 s at Twilio's usual pace
SHOWN_MISTAKES = 10
# Shape only; whether a number exists, and may be reached, is asked before it is written to: that takes 0.1 ms each.
_PERSON = re.compile(r"(whatsapp:)?\+[1-9][0-9]{6,14}", re.ASCII)
_NEEDS_NO_SPELLING = re.compile(r"(whatsapp:)?\+1[2-9][0-9]{9}", re.ASCII)  # there is no other; to look takes 0.1 ms
_SAMPLE = "+12025550122"  # stands for the recipient while the rest is checked

log = logging.getLogger("ahoy.broadcast")


class BroadcastRequest(msgspec.Struct, kw_only=True):
    """A text (`body`, `media`) or a call (`scene`), to numbers (`to`) or to a stored list (`list`)."""

    to: Annotated[list[str], Meta(description="Numbers in E.164 form, or `whatsapp:` and one.")] = []
    list_: Annotated[str, Meta(description="The list whose members it goes to, as the flow names it.")] = msgspec.field(
        name="list", default=""
    )
    body: Annotated[str, Meta(max_length=MESSAGE_CHARACTERS, description="What the text says.")] = ""
    media: Annotated[
        list[str],
        Meta(max_length=MESSAGE_MEDIA, description="Addresses (https) of pictures and files to send."),
    ] = []
    scene: Annotated[str, Meta(description="The scene of the flow that the call begins with.")] = ""
    from_: Annotated[
        str, Meta(description="A number or messaging service of the line; without it the one that is set up.")
    ] = msgspec.field(name="from", default="")


class BroadcastUpdate(msgspec.Struct):
    """What a broadcast is to do from now on."""

    state: State


class BroadcastAccepted(msgspec.Struct, frozen=True, kw_only=True):
    """A broadcast that has begun; `GET broadcasts/{id}` tells how far it is."""

    id: Annotated[str, Meta(description="Its name in `broadcasts/{id}`.")]
    state: State
    total: Annotated[int, Meta(description="How many it goes to.")]


type Stage = Annotated[
    Literal["running", "paused", "canceled", "done"],
    Meta(title="BroadcastStage", description="What a broadcast is doing; `done` when nobody waits any more."),
]


class BroadcastProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a broadcast is."""

    id: Annotated[str, Meta(description="Its name in `broadcasts/{id}`.")]
    at: Annotated[Moment, Meta(description="When it was accepted.")]
    state: Stage
    reason: Annotated[
        str, Meta(description="Why it paused itself; set it running when that is put right. Empty when it did not.")
    ]
    total: Annotated[int, Meta(description="How many it goes to.")]
    counts: Annotated[
        dict[str, int],
        Meta(description="Recipients by outcome: waiting, sent, failed, opted_out, refused, forgotten."),
    ]
    stuck: Annotated[int, Meta(description="How many are in batches that failed too often; resuming takes them up.")]
    left_s: Annotated[int | None, Meta(description="Seconds left at its pace; null while that is not known.")]


def start(req: func.HttpRequest) -> BroadcastAccepted:
    """Accept a broadcast; return its id and how many it goes to. Nobody is written to twice.

    Raises WrongFields, and StorageUnavailable that says whether something may have been stored.
    """
    request = api.body(req, BroadcastRequest, MAX_REQUEST_BYTES)
    base = signature.base_url(req, settings.current())
    from_ = _checked(request, base)
    people = _people(request)
    ticket = idempotency.ticket(req, routes.BROADCASTS)
    if ticket.answer is not None:
        return msgspec.convert(ticket.answer, BroadcastAccepted)
    try:
        answer = _accepted(request, ticket.id, base, from_, people)
    except StorageDown as e:
        log.warning("a broadcast cannot be stored: %s", e.kind)
        raise StorageUnavailable(_withdrawn(ticket)) from None
    if ticket.is_keyed:
        idempotency.save_answer(ticket.id, msgspec.to_builtins(answer))
    return answer


def _accepted(request: BroadcastRequest, name: str, base: str, from_: str, people: list[str]) -> BroadcastAccepted:
    now = clock.now().isoformat(timespec="milliseconds")
    broadcast = Broadcast(
        id=name, at=now, since=now, from_=from_, base=base, total=len(people), state="running",
        batches=-(-len(people) // BATCH_SIZE), body=request.body, media=request.media, scene=request.scene,
    )  # fmt: skip
    broadcasts.add(broadcast, people, BATCH_SIZE)
    queues.put(routes.BROADCASTS_QUEUE, Work(broadcast=name))
    return BroadcastAccepted(id=name, state=broadcast.state, total=broadcast.total)


def _withdrawn(ticket: idempotency.Ticket) -> str:
    """Take back what may have been stored and put into the queue although no answer came; say what is to be done."""
    if ticket.is_keyed:
        idempotency.release(ticket)
        return "Send it again with the same Idempotency-Key: nobody gets it twice."
    try:
        broadcasts.drop(ticket.id)
    except StorageDown:
        return f"Look at broadcasts/{ticket.id} before you send it again: it may run all the same."
    return "Nothing was sent; try again."


def show(req: func.HttpRequest) -> BroadcastProgress:
    """Return a broadcast's state, its counts by outcome and an estimate of the seconds left."""
    return _shown(_known(req))


def change(req: func.HttpRequest) -> BroadcastProgress:
    """Pause, resume or cancel a broadcast; resuming also takes up what was stuck."""
    state = api.body(req, BroadcastUpdate).state
    return _changed(_known(req), state)


def _changed(broadcast: Broadcast, state: State) -> BroadcastProgress:
    done = sum(_counts(list(broadcasts.batches(broadcast.id))).values())
    since = clock.now().isoformat(timespec="milliseconds")

    def changed(now: Broadcast) -> Broadcast:
        if now.state == "canceled" and state != "canceled":
            raise Problem(409, "The broadcast was canceled", "Start another one.")
        reason = now.reason if now.state == state else ""
        return msgspec.structs.replace(now, state=state, reason=reason, since=since, done_before=done)

    broadcast = broadcasts.change(broadcast.id, changed) or broadcast
    if state == "running":
        queues.put(routes.BROADCASTS_QUEUE, Work(broadcast=broadcast.id))
    return _shown(broadcast)


def _checked(request: BroadcastRequest, base: str) -> str:
    """Check everything but the people, as if it went to one; return the sender."""
    if bool(request.scene) == bool(request.body or request.media):
        raise WrongFields({"body": "expected either a text (`body`, `media`) or a call (`scene`)"})
    if bool(request.to) == bool(request.list_):
        raise WrongFields({"to": "expected either numbers (`to`) or a stored list (`list`)"})
    sample = next((person for person in request.to if person.startswith("whatsapp:")), "") and f"whatsapp:{_SAMPLE}"
    if request.scene:
        return sending.ringing(CallRequest(to=_SAMPLE, from_=request.from_, scene=request.scene), base).from_
    text = TextRequest(to=sample or _SAMPLE, body=request.body, media=request.media, from_=request.from_)
    return sending.texting(text, base).from_


def _people(request: BroadcastRequest) -> list[str]:
    wrong = [person for person in request.to if not _PERSON.fullmatch(person)]  # odd ones of a list: later
    if wrong:
        shown = ", ".join(f'"{person[:30]}"' for person in wrong[:SHOWN_MISTAKES])
        raise WrongFields({"to": f"{len(wrong)} are no numbers in E.164 form, such as {shown}"})
    people = _once_each(map(_one_spelling, request.to or _members(request.list_)))
    field = "to" if request.to else "list"
    if not people:
        raise WrongFields({field: f'nobody is on the list "{request.list_}"'})
    if len(people) > MAX_RECIPIENTS:
        raise WrongFields({field: f"has more than {MAX_RECIPIENTS} people"})
    return people


def _once_each(addresses: Iterable[str]) -> list[str]:
    """Return the first address of each person."""
    first: dict[str, str] = {}
    for address in addresses:
        first.setdefault(identity(address), address)
    return list(first.values())


def _one_spelling(person: str) -> str:
    """Return a person's address as it is reached: +4407911... is +447911..."""
    if _NEEDS_NO_SPELLING.fullmatch(person):
        return person
    try:
        return phone.textable_address(person).spelled
    except phone.BadAddress:
        return person  # refused when its turn comes


def _members(name: str) -> list[str]:
    from shared.store import lists

    return [str(row["person"]) for row in lists.members(name, MAX_RECIPIENTS + 1)]


def _known(req: func.HttpRequest) -> Broadcast:
    broadcast = broadcasts.get(req.route_params["id"])
    if broadcast is None:
        raise Problem(404, "There is no such broadcast")
    return broadcast


def _shown(broadcast: Broadcast) -> BroadcastProgress:
    rows = list(broadcasts.batches(broadcast.id))
    counts = _counts(rows)
    done = sum(counts.values())
    waiting = broadcast.total - done
    return BroadcastProgress(
        id=broadcast.id,
        at=broadcast.at,
        state=broadcast.state if waiting else "done",
        reason=broadcast.reason,
        total=broadcast.total,
        counts={"waiting": waiting, **counts},
        stuck=sum(row["size"] for row in rows if row["state"] == "stuck"),
        left_s=_left_s(broadcast, done, waiting),
    )


def _counts(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {outcome: sum(row.get(outcome, 0) for row in rows) for outcome in (*OUTCOMES, FORGOTTEN)}


def _left_s(broadcast: Broadcast, done: int, waiting: int) -> int | None:
    """Return the time left at the pace since it last began to run; None while that is not known."""
    took_s = (clock.now() - datetime.fromisoformat(broadcast.since)).total_seconds()
    newly = done - broadcast.done_before
    if broadcast.state != "running" or newly <= 0:
        return 0 if not waiting else None
    return round(waiting * took_s / newly)
