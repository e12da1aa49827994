"""Who wrote to a line whose texts are forwarded, and who was answered: one row for each line and owner's phone."""

from collections.abc import Callable
from functools import cache

import msgspec

from shared import settings
from shared.person import identity, numbers
from shared.store.entities import Entity, key
from shared.store.tables import Table


class Person(msgspec.Struct, frozen=True):
    """Somebody who wrote to `line`; moments are ISO 8601, UTC. `answer_sids` are the owner's last texts to them."""

    address: str
    line: str
    wrote: str
    answered: str = ""
    answer_sids: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether they wrote after they were last answered."""
        return self.wrote > self.answered


def change(line: str, owner: str, merge: Callable[[list[Person]], list[Person]]) -> None:
    """Replace the people of a `line` that an `owner`'s phone answers by `merge` of them, whoever else changes them.

    The owner is as person.identity gives it. What `merge` raises, passes.
    """
    table = _table(settings.current())

    def merged(row: Entity | None) -> Entity:
        people = merge(_people(row or _before(table, line, owner)))
        return {"line": line, "owner": owner, "people": msgspec.json.encode(people).decode()}

    table.update(key(line), key(owner), merged)


def forget(person: str) -> None:
    """Forget that a person (identity) wrote to any line whose texts are forwarded."""
    for row in _table(settings.current()).rows():
        if any(identity(one.address) == person for one in _people(row)):
            change(row["line"], row["owner"], lambda people: [one for one in people if identity(one.address) != person])


def _before(table: Table, line: str, owner: str) -> Entity | None:
    """Return the row that was kept under another spelling of the owner's number, before those were one person."""
    return next((row[0] for number in numbers(owner)[1:] if (row := table.get(key(line), key(number)))), None)


def _people(row: Entity | None) -> list[Person]:
    return msgspec.json.decode(row["people"], type=list[Person]) if row else []


@cache
def _table(of: settings.Settings) -> Table:
    return Table(of, "relays")
