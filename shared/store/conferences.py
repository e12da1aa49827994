"""Conferences that are recorded: which calls take part, and what was recorded, whichever is told first.

Twilio tells of a recording without saying whose it is, and no longer lists who was there once a conference has ended.
A row holds no person; it is kept for as long as something late may be told.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cache

import msgspec

from shared import clock, settings
from shared.store import merge
from shared.store.entities import Entity, key
from shared.store.tables import Table

ROW = "row"
KEPT = timedelta(days=30)


def joined(sid: str, call_sid: str) -> Entity:
    """Note that the call `call_sid` takes part in the conference `sid`.

    Return what the call's row owes to it: the column of its recordings, nothing when there are none yet.
    """
    row = _change(sid, lambda row: {"calls": msgspec.json.encode(sorted({*calls_of(row), call_sid})).decode()})
    return {"recordings": row["recordings"]} if "recordings" in row else {}


def recorded(sid: str, recordings: Entity) -> list[str]:
    """Note `recordings`, a column of what was recorded of the conference `sid`; return the SIDs of its calls."""
    return calls_of(_change(sid, lambda row: merge.join(row, recordings, {})))


def calls_of(row: Entity) -> list[str]:
    """Return the SIDs of the calls that a row has."""
    return msgspec.json.decode(row.get("calls", "[]"), type=list[str])


def sweep(check_time: Callable[[], None]) -> int:
    """Delete rows that are older than KEPT and return how many; `check_time` raises when there is no more time."""
    before = (clock.now() - KEPT).isoformat()
    return _table(settings.current()).sweep("at lt @before", {"before": before}, check_time)


def _change(sid: str, columns: Callable[[Entity], Entity]) -> Entity:
    new = {"at": clock.now().isoformat()}
    row = _table(settings.current()).update(key(sid), ROW, lambda there: (there or new) | columns(there or new))
    return row or new


@cache
def _table(of: settings.Settings) -> Table:
    return Table(of, "conferences")
