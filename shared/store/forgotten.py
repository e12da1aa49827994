"""Who was forgotten, and when: what is older stays away, although Twilio's log may have it still.

The row holds a hash of the address and no address.
"""

from datetime import datetime
from hashlib import sha256

from azure.core.exceptions import ResourceModifiedError

from shared import settings
from shared.store.tables import Table

ROW = "row"


def note(person: str, at: datetime) -> None:
    """Remember that everything up to `at` of a person is to stay away."""
    row = {"PartitionKey": _hash(person), "RowKey": ROW, "at": at.isoformat()}
    while not _table().insert(row):
        found = _table().get(_hash(person), ROW)
        if found is None:
            continue
        try:
            _table().replace(row, found[1])
        except ResourceModifiedError:
            continue
        return


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
