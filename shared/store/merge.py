"""How what is told of a message or call joins what is known of it.

Twilio tells in any order, twice, late, or only through its log. So a record is joined, never overwritten: the same
pieces give the same record in whatever order they come. What a teller does not know, it leaves out.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from shared.person import identity
from shared.store.tables import Entity

OBJECTS = ("life", "recordings")  # columns that hold a JSON object, joined entry by entry


def join(row: Entity, event: Entity, rank: Mapping[str, int]) -> Entity:
    """Return `row` with what `event` adds: the later status by `rank`, and each column that was not known."""
    joined = event | row
    if rank.get(event.get("status", ""), -1) > rank.get(row.get("status", ""), -1):
        joined["status"] = event["status"]
    for column in OBJECTS:
        if column in row and column in event:
            joined[column] = _sealed(_joined(_opened(row[column]), _opened(event[column])))
    return joined


def _joined(row: dict[str, object], event: dict[str, object]) -> dict[str, object]:
    """Join entry by entry; of two times the earlier one counts, of two texts the one that was known first."""
    joined = event | row
    for name in row.keys() & event.keys():
        one, other = row[name], event[name]
        if isinstance(one, dict) and isinstance(other, dict):
            joined[name] = _joined(one, other)
        elif isinstance(one, str) and isinstance(other, str):
            joined[name] = min(one, other)
    return joined


def adds(row: Entity, event: Entity, rank: Mapping[str, int]) -> bool:
    """Whether `event` adds something to `row` beside the times at which Twilio's log has it.

    `rank` orders the statuses.
    """
    joined = join(row, event, rank)
    return any(value != row.get(column) for column, value in joined.items() if column != "life")


def moment(at: datetime) -> str:
    """Return a time as records hold it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def between(sid: str, at: datetime, direction: str, from_: str, to: str) -> Entity:
    """Return the columns of a SID that never change: `at`, `direction`, `from`, `to` and the person.

    That is whoever is at the other end of the line: `to` when it is outbound, else `from`.
    """
    person = identity(from_ if direction == "inbound" else to) or "unknown"
    return {"sid": sid, "at": moment(at), "direction": direction, "person": person, "from": from_, "to": to}


def lived(status: str, at: datetime) -> Entity:
    """Return the columns of a status that was reached at a time."""
    return {"status": status, "life": _sealed({status: moment(at)})}


def present(columns: Mapping[str, str | int | None]) -> Entity:
    """Return the columns that have a value; a column that is left out is one that its teller does not know."""
    return {name: value for name, value in columns.items() if value not in {None, ""}}


def whole(text: object, most: int = 2**31 - 1) -> int:
    """Return a count or a duration of Twilio's; 0 for what is none."""
    shown = str(text)
    return min(int(shown), most) if shown.isascii() and shown.isdigit() and len(shown) < 11 else 0


def _sealed(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def _opened(text: str) -> dict[str, object]:
    return msgspec.json.decode(text, type=dict[str, object])
