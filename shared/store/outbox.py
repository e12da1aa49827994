"""What has left our hands and is not yet known to have arrived at Twilio: one row for each, gone once that is known.

A row is written before Twilio is asked, so that a crash leaves a trace to follow.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Literal

import msgspec

from shared import settings
from shared.store.entities import Entity, key
from shared.store.tables import Table

ROW = "row"


class Intent(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A text or call that was to leave at `at` (ISO 8601, UTC) from a number or messaging service.

    `id` is ours. `digest` is of the body: enough to know the text again in Twilio's log. `media_urls` are the sender's
    own addresses. `is_keyed` tells that the API's caller may ask again under this id.
    """

    id: str
    kind: Literal["call", "message"]
    at: str
    to: str
    from_: str
    digest: str = ""
    media_urls: tuple[str, ...] = ()
    is_keyed: bool = False

    @property
    def moment(self) -> datetime:
        """When it was to leave."""
        return datetime.fromisoformat(self.at)

    @property
    def mark(self) -> str:
        """What Twilio's status callbacks carry of it; an id may hold a number, and addresses end up in logs."""
        return sha256(self.id.encode()).hexdigest()[:32]


def add(intent: Intent) -> bool:
    """Note that it is about to leave; False when one with this id is noted already."""
    return _table(settings.current()).insert(_row(intent))


def add_again(intent: Intent) -> None:
    """Note that it is about to leave once more, certainly not having left before."""
    _table(settings.current()).put(_row(intent))


def get(intent_id: str) -> Intent | None:
    """Return what is in doubt under this id."""
    found = _table(settings.current()).get(**_named(intent_id))
    return _intent(found[0]) if found else None


def clear(intent_id: str) -> None:
    """Forget it: it is known whether it left."""
    _table(settings.current()).delete(**_named(intent_id))


def clear_unchanged(intent: Intent) -> None:
    """Forget it as it was, not when it has been noted once more meanwhile."""
    table = _table(settings.current())
    found = table.get(**_named(intent.id))
    if found and _intent(found[0]) == intent:
        table.delete(**_named(intent.id), etag=found[1])


def in_doubt() -> Iterator[Intent]:
    """Return all that is in doubt; what left a moment ago is among it."""
    return map(_intent, _table(settings.current()).rows())


def _intent(row: Entity) -> Intent:
    return msgspec.convert(row | {"media_urls": tuple(row.get("media_urls", "").split())}, Intent)


def _row(intent: Intent) -> Entity:
    columns: Entity = msgspec.to_builtins(intent)
    return columns | {"PartitionKey": key(intent.id), "RowKey": ROW, "media_urls": " ".join(intent.media_urls)}


def _named(intent_id: str) -> dict[str, str]:
    return {"partition": key(intent_id), "row": ROW}


@cache
def _table(of: settings.Settings) -> Table:
    return Table(of, "outgoing")
