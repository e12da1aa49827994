"""Who was forgotten, and when: what is older stays away, although Twilio's log may have it still.

The row holds a hash of the address and no address.
"""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from shared import settings
from shared.person import spellings
from shared.store.entities import Entity
from shared.store.tables import Table

ROW = "row"


def note(person: str, at: datetime) -> None:
    """Remember that everything up to `at` of a person (identity) is to stay away."""
    _table().update(_hash(person), ROW, lambda _: {"at": at.isoformat()})


def covers(person: str, at: datetime) -> bool:
    """Whether a record of this person and time was deleted on purpose."""
    return any(at <= datetime.fromisoformat(row["at"]) for row in _rows(person))


def is_known(person: str) -> bool:
    """Whether a person was ever forgotten."""
    return any(True for _ in _rows(person))


def _rows(person: str) -> Iterator[Entity]:
    """Return what was noted of a person, under other spellings, too: before those were known to be one person."""
    for spelling in spellings(person):
        if found := _table().get(_hash(spelling), ROW):
            yield found[0]


def _hash(person: str) -> str:
    return sha256(person.encode()).hexdigest()


def _table() -> Table:
    return Table(settings.current(), "forgotten")
