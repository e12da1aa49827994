"""What is deleted of broadcasts: a person who is forgotten, and what is too old.

Nobody is taken out of a batch that is at work without leaving its people list first: a row of somebody who got it is
all that keeps them from getting it again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import batched

from shared import clock
from shared.person import identity, spellings
from shared.store.broadcasts import Broadcast, batches, opened, tables
from shared.store.entities import Entity, any_of, key
from shared.store.tables import at_once

RECIPIENTS_KEPT = timedelta(days=30)  # who got it; the counts stay, and so does each text in the history
_STEP = 100

type CheckTime = Callable[[], None]


def forget(person: str, check_time: CheckTime) -> None:
    """Take a person (identity) out of all broadcasts; the counts stay. `check_time` raises when time is up."""
    _each(partial(_forget, person, check_time=check_time), check_time)


def sweep(days: int, check_time: CheckTime) -> None:
    """Delete who got broadcasts that ended RECIPIENTS_KEPT ago, and the broadcasts after `days`, if any."""
    _each(partial(_sweep, days=days, check_time=check_time), check_time)


def _each(work: Callable[[Broadcast], None], check_time: CheckTime) -> None:
    for rows in batched(tables().broadcasts.rows(page_rows=_STEP), _STEP, strict=False):
        at_once(work, [opened(row) for row in rows])
        check_time()


def _forget(person: str, broadcast: Broadcast, check_time: CheckTime) -> None:
    for row in tables().batches.rows("PartitionKey eq @people", {"people": f"{key(broadcast.id)}_people"}):
        if any(identity(one) == person for one in row["people"].split()):
            _take_out(row, person)
    where, whom = _of(broadcast)
    rows, people = any_of("RowKey", spellings(person))
    tables().recipients.sweep(f"{where} and ( {rows} )", whom | people, check_time)


def _take_out(row: Entity, person: str) -> None:
    """Take a person out of the people of a batch, whoever else does so; a batch without people is at its end."""

    def without(found: Entity | None) -> Entity | None:
        return found and found | {"people": " ".join(one for one in found["people"].split() if identity(one) != person)}

    tables().batches.update(row["PartitionKey"], row["RowKey"], without)


def _sweep(broadcast: Broadcast, days: int, check_time: CheckTime) -> None:
    age = clock.now() - datetime.fromisoformat(broadcast.since)
    is_over = bool(days) and age > timedelta(days=days)
    if not (is_over or age > RECIPIENTS_KEPT) or not _has_ended(broadcast):
        return
    where, whom = _of(broadcast)
    tables().recipients.sweep(where, whom, check_time)
    rows = {"id": key(broadcast.id), "people": f"{key(broadcast.id)}_people"}
    tables().batches.sweep("PartitionKey eq @people", {"people": rows["people"]}, check_time)
    if is_over:  # the broadcast last, so that whoever was cut off finds it again
        tables().batches.sweep("PartitionKey eq @id", {"id": rows["id"]}, check_time)
        tables().broadcasts.sweep("PartitionKey eq @id", {"id": rows["id"]}, check_time)


def _has_ended(broadcast: Broadcast) -> bool:
    """Whether nobody can get it any more; one that waits, however long, may be set running."""
    return broadcast.state == "canceled" or all(row["state"] == "done" for row in batches(broadcast.id))


def _of(broadcast: Broadcast) -> tuple[str, dict[str, str]]:
    name = key(broadcast.id)
    return "PartitionKey ge @from and PartitionKey lt @until", {"from": f"{name}_", "until": f"{name}`"}
