"""Who wrote to a line whose texts are forwarded, and who was answered: one row for each line and owner's phone."""

from collections.abc import Callable
from functools import cache

import msgspec

from shared import settings
from shared.store.tables import Entity, Table, key


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

    What `merge` raises, passes.
    """

    def merged(row: Entity | None) -> Entity:
        people = merge(_people(row) if row else [])
        return {"line": line, "owner": owner, "people": msgspec.json.encode(people).decode()}

    _table(settings.current()).update(key(line), key(owner), merged)


def forget(address: str) -> None:
    """Forget that a person wrote to any line whose texts are forwarded."""
    for row in _table(settings.current()).rows():
        if any(person.address == address for person in _people(row)):
            change(row["line"], row["owner"], lambda people: [one for one in people if one.address != address])


def _people(row: Entity) -> list[Person]:
    return msgspec.json.decode(row["people"], type=list[Person])


@cache
def _table(of: settings.Settings) -> Table:
    return Table(of, "relays")
