"""Broadcasts, their batches and what became of each recipient.

broadcasts    PartitionKey = id           RowKey = "row"     what is sent, and whether it runs
batches       PartitionKey = id           RowKey = number    counts by outcome: all that progress needs
              PartitionKey = id_people    RowKey = number    the people of a batch, until it is done
recipients    PartitionKey = id_number    RowKey = person    written before and after each sending

broadcasts_past.py deletes.
"""

from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import Annotated, Literal, NamedTuple

import msgspec

from shared import settings
from shared.store.entities import Entity, key
from shared.store.tables import LAST_KEY, PAGE_ROWS, Table

ROW = "row"
MAX_PEOPLE = PAGE_ROWS  # of a batch: what became of them comes in one page
OUTCOMES = ("sent", "failed", "opted_out", "refused")  # a recipient's last states; the one before is "sending"
FORGOTTEN = "forgotten"  # counts who was taken out of a batch before it was done

type State = Annotated[
    Literal["running", "paused", "canceled"],
    msgspec.Meta(title="BroadcastState", description="What a broadcast is to do. One that is canceled stays so."),
]


class Broadcast(msgspec.Struct, frozen=True, kw_only=True):
    """One text, or one scene of a call, to many.

    `base` is our address outside, `since` when it last began to run, `reason` why it paused itself.
    """

    id: str
    at: str
    from_: str
    base: str
    total: int
    batches: int
    state: State
    since: str
    reason: str = ""
    done_before: int = 0
    body: str = ""
    media: list[str] = []
    scene: str = ""


class Recipient(NamedTuple):
    """One person of a batch, at the address that they are written to or called at."""

    broadcast_id: str
    batch: int
    address: str

    @property
    def intent_id(self) -> str:
        """What the sending to them is known by: the same whoever tries it, and however often."""
        return f"{self.broadcast_id}_{self.address}"


def add(broadcast: Broadcast, people: list[str], size: int) -> None:
    """Store a broadcast with its people in batches of `size`; the broadcast itself last, so that it is whole."""
    numbered = [(n, people[start : start + size]) for n, start in enumerate(range(0, len(people), size))]
    table = tables().batches
    table.put_all([_people_key(broadcast.id, n) | {"people": " ".join(some)} for n, some in numbered])
    table.put_all([_batch_key(broadcast.id, n) | {"size": len(some), "state": "waiting"} for n, some in numbered])
    tables().broadcasts.put(_row(broadcast))


def get(broadcast_id: str) -> Broadcast | None:
    """Return a broadcast, or None."""
    found = tables().broadcasts.get(key(broadcast_id), ROW)
    return opened(found[0]) if found else None


def drop(broadcast_id: str) -> None:
    """Forget a broadcast that nobody was told of; its messages in the queue then do nothing."""
    tables().broadcasts.delete(key(broadcast_id), ROW)


def change(broadcast_id: str, make: Callable[[Broadcast], Broadcast]) -> Broadcast | None:
    """Replace a broadcast by what `make` makes of its newest state, however many change it at once; None: unknown."""

    def changed(row: Entity | None) -> Entity | None:
        return row and _row(make(opened(row)))

    row = tables().broadcasts.update(key(broadcast_id), ROW, changed)
    return opened(row) if row else None


def batches(broadcast_id: str) -> Iterator[Entity]:
    """Return the counts of all batches, in order; at most 2,000 rows, in pages of 1,000."""
    yield from tables().batches.rows("PartitionKey eq @id", {"id": key(broadcast_id)})


def people(broadcast_id: str, number: int) -> list[str] | None:
    """Return the people of a batch; None when it is done or there is none."""
    row = _people_key(broadcast_id, number)
    found = tables().batches.get(row["PartitionKey"], row["RowKey"])
    return found[0]["people"].split() if found else None


def note_batch(broadcast_id: str, number: int, state: str, **counts: int) -> None:
    """Bring `state` and `counts` of a batch (`number` of `broadcast_id`) up to date.

    One that is done stays so, and who was in it is not kept.
    """

    def noted(row: Entity | None) -> Entity | None:
        if row is None or row["state"] == "done":
            return row
        missing = {FORGOTTEN: row["size"] - sum(counts.values())} if state == "done" else {}
        return row | {"state": state, **counts, **missing}

    row = tables().batches.update(key(broadcast_id), _number(number), noted)
    if row and row["state"] == "done":
        people = _people_key(broadcast_id, number)
        tables().batches.delete(people["PartitionKey"], people["RowKey"])


def outcomes(broadcast_id: str, number: int) -> dict[str, Entity]:
    """Return what is known of the people of a batch, by person."""
    partition = _recipients_of(broadcast_id, number)
    rows = tables().recipients.between(partition, "", LAST_KEY, MAX_PEOPLE)
    return {row["person"]: row for row in rows}


def claim_all(people: Collection[Recipient], at: str) -> bool:
    """Take people of one batch on together, before anything is sent; False, and none is, when somebody has one."""
    claims = [_recipient(whom) | {"state": "sending", "at": at} for whom in people]
    return not claims or tables().recipients.commit([("create", claim, {}) for claim in claims])


def claim(whom: Recipient, at: str) -> bool:
    """Take a person on, before anything is sent; False when somebody has."""
    return tables().recipients.insert(_recipient(whom) | {"state": "sending", "at": at})


def claim_again(whom: Recipient, at: str, before: str) -> bool:
    """Take a person over whom somebody took on at `before` and never finished; False when somebody else has."""
    table, row = tables().recipients, _recipient(whom)
    found = table.get(row["PartitionKey"], row["RowKey"])
    if found is None or found[0]["state"] != "sending" or found[0]["at"] != before:
        return False
    return table.replace(row | {"state": "sending", "at": at}, found[1])


def release(whom: Recipient, at: str) -> None:
    """Let go of a person who was taken on at `at` and to whom certainly nothing was sent."""
    table, row = tables().recipients, _recipient(whom)
    found = table.get(row["PartitionKey"], row["RowKey"])
    if found and found[0].get("at") == at:
        table.delete(row["PartitionKey"], row["RowKey"], found[1])  # unless somebody else has taken them on


def close(outcomes: dict[Recipient, Entity]) -> None:
    """Note what became of people of one batch who were taken on or refused: `state` and what belongs to it."""
    tables().recipients.put_all([_recipient(whom) | outcome for whom, outcome in outcomes.items()])


def opened(row: Entity) -> Broadcast:
    """Return the broadcast that a row holds."""
    return msgspec.json.decode(row["document"], type=Broadcast)


def _row(broadcast: Broadcast) -> Entity:
    document = msgspec.json.encode(broadcast).decode()
    return {"PartitionKey": key(broadcast.id), "RowKey": ROW, "document": document}


def _batch_key(broadcast_id: str, number: int) -> Entity:
    return {"PartitionKey": key(broadcast_id), "RowKey": _number(number)}


def _people_key(broadcast_id: str, number: int) -> Entity:
    return {"PartitionKey": f"{key(broadcast_id)}_people", "RowKey": _number(number)}


def _recipient(whom: Recipient) -> Entity:
    partition = _recipients_of(whom.broadcast_id, whom.batch)
    return {"PartitionKey": partition, "RowKey": key(whom.address), "person": whom.address}


def _recipients_of(broadcast_id: str, number: int) -> str:
    return f"{key(broadcast_id)}_{_number(number)}"


def _number(number: int) -> str:
    return f"{number:06d}"


class Tables(msgspec.Struct, frozen=True):
    """The tables of broadcasts."""

    broadcasts: Table
    batches: Table
    recipients: Table


def tables() -> Tables:
    """Return the tables of this process's storage account."""
    return _tables_of(settings.current())


@cache
def _tables_of(of: settings.Settings) -> Tables:
    return Tables(Table(of, "broadcasts"), Table(of, "batches"), Table(of, "recipients"))
