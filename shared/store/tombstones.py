"""Who was forgotten, and when: what is older stays away, although Twilio's log may have it still.

The row holds a hash of the address and no address.
"""

from datetime import datetime
from hashlib import sha256

from shared import settings
from shared.store.tables import Table

ROW = "row"


def note(person: str, at: datetime) -> None:
    """Remember that everything up to `at` of a person is to stay away."""
    _table().update(_hash(person), ROW, lambda _: {"at": at.isoformat()})


def covers(person: str, at: datetime) -> bool:
    """Whether a record of this person and time was deleted on purpose."""
    found = _table().get(_hash(person), ROW)
    return found is not None and at <= datetime.fromisoformat(found[0]["at"])


def is_known(person: str) -> bool:
    """Whether a person was ever forgotten."""
    return _table().get(_hash(person), ROW) is not None


def _hash(person: str) -> str:
    return sha256(person.encode()).hexdigest()


def _table() -> Table:
    return Table(settings.current(), "forgotten")
