"""How what is told of a message or call joins what is known of it.

Twilio tells in any order, twice, late, or only through its log. So a record is joined, never overwritten: the same
pieces give the same record in whatever order they come. What a teller does not know, it leaves out.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from shared.person import identity
from shared.store.entities import Entity

OBJECTS = ("life", "recordings")  # columns that hold a JSON object, joined entry by entry
# Source: Twilio's Call and Message resources. Of what ended well there are no two tales; of any other end there may be.
_ENDED_WELL = frozenset(["delivered", "read", "completed"])
_ENDED = _ENDED_WELL | {"undelivered", "failed", "canceled", "busy", "no-answer"}
_OF_STATUS = ("logged", "error_code", "errors")  # columns: the log's last word, the status's error, those of others
_NO_ERROR = frozenset(["", "0", "None", "null"])


def join(row: Entity, event: Entity, rank: Mapping[str, int]) -> Entity:
    """Return `row` with what `event` adds: the later status by `rank`, and each column that was not known."""
    joined = row | event | {column: value for column, value in row.items() if value != ""}
    for column in OBJECTS:
        if column in row and column in event:
            joined[column] = _sealed(_joined(_opened(row[column]), _opened(event[column])))
    return _settled(joined, row, event, rank) if "status" in joined else joined


def _settled(joined: Entity, row: Entity, event: Entity, rank: Mapping[str, int]) -> Entity:
    """Return `joined` with the status, and the error of that status, to which all that was told comes.

    It is the furthest one, unless Twilio's log says that it ended in another way. Each teller knows the error of its
    own status; `errors` keeps those of the others.
    """
    told = {*_opened(joined.get("life", "{}")), *(teller["status"] for teller in (row, event) if "status" in teller)}
    furthest = max(told, key=lambda status: (rank.get(status, -1), status))
    logged = max(row.get("logged", ""), event.get("logged", ""))
    _, last, error = [*logged.split(" "), "", ""][:3]
    errors = _joined(_errors(row), _errors(event)) | ({last: error} if error else {})
    status = last if last and not {furthest, last} <= _ENDED_WELL else furthest
    columns = present({
        "logged": logged,
        "error_code": str(errors.pop(status, "")),
        "errors": _sealed(errors) if errors else "",
    })  # fmt: skip
    return {name: value for name, value in joined.items() if name not in _OF_STATUS} | {"status": status} | columns


def _errors(teller: Entity) -> dict[str, object]:
    """Return the error codes that a teller knows, by the status to which each belongs."""
    others = _opened(teller.get("errors", "{}"))
    is_own = {"status", "error_code"} <= teller.keys() and teller["status"] not in _ENDED_WELL
    return others | {teller["status"]: teller["error_code"]} if is_own else others


def _joined(row: dict[str, object], event: dict[str, object]) -> dict[str, object]:
    """Join entry by entry; of two times the earlier one counts, of two texts the lesser, of two lengths the greater."""
    row = {name: value for name, value in row.items() if (name, value) != ("error_code", "0")}  # as it was once stored
    joined = event | row
    for name in row.keys() & event.keys():
        one, other = row[name], event[name]
        if isinstance(one, dict) and isinstance(other, dict):
            joined[name] = _joined(one, other)
        elif isinstance(one, str) and isinstance(other, str):
            joined[name] = min(one, other)
        elif isinstance(one, int) and isinstance(other, int):
            joined[name] = max(one, other)
    return joined


def has_ended(record: Entity) -> bool:
    """Whether a text or call is over, by its status."""
    return record.get("status") in _ENDED or record.get("status") == "received"


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


def last_word(status: str, at: datetime, error_code: str) -> Entity:
    """Return the column of how something ended by Twilio's log; none when by its `status` it goes on.

    `at` is when the log last changed it, `error_code` is empty when there was no error.
    """
    return {"logged": f"{moment(at)} {status} {error_code}".rstrip()} if status in _ENDED else {}


def error(code: object) -> str:
    """Return an error code of Twilio's; empty where it says in one of its ways that there is none."""
    return "" if str(code) in _NO_ERROR else str(code)


def count(name: str, shown: object, most: int = 2**31 - 1) -> Entity:
    """Return the column `name` of a count or duration as Twilio has `shown` it, of `most` at most.

    There is none while it is not known: Twilio says 0 or -1 then.
    """
    found = whole(shown, most)
    return {name: found} if found else {}


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
