"""A text is stored, once; with that goes what the line must know of its sender before it answers."""

from datetime import datetime, timedelta
from typing import NamedTuple

from shared.outbound import opt_outs
from shared.phone import without_channel
from shared.store import messages
from shared.store.indexed import IndexedTable, PageQuery
from shared.store.tables import Entity

ANSWERED_AN_HOUR = 60  # texts of one person; who writes more is a machine, and two machines would never end
_LOOKED_AT = 3 * ANSWERED_AN_HOUR  # the person's newest rows: their texts, our answers, what the owner wrote


class AnotherText(Exception):
    """A text under the SID of one that came from somebody else, or to another line: a signed request was cut anew."""


class Stored(NamedTuple):
    """What the storage says of a text: when it came first (UTC), whether that is now, and of its sender.

    `has_opted_out` may be by this text; `had_opted_out`: they say so once more.
    """

    at: datetime
    is_new: bool
    had_opted_out: bool
    has_opted_out: bool
    is_machine: bool


def remember(parameters: dict[str, str], at: datetime) -> Stored:
    """Store a text that came at `at`, and do what it asks of the line's opt-outs; raises what the storage raises.

    A text whose SID is known counts as what came first. Raises AnotherText when it has another sender or line.
    """
    table, record = messages.table(), messages.from_webhook(parameters, at)
    is_new = table.add(record)
    first = record if is_new else table.get(record["sid"]) or record
    if (first["from"], first["to"]) != (record["from"], record["to"]):
        raise AnotherText
    had_opted_out = opt_outs.heed(first)
    has_opted_out = opt_outs.has_opted_out(record["person"], without_channel(record["to"]))
    return Stored(datetime.fromisoformat(first["at"]), is_new, had_opted_out, has_opted_out, _is_machine(table, first))


def _is_machine(table: IndexedTable, text: Entity) -> bool:
    """Whether the sender had written too often in the hour before a text."""
    at = datetime.fromisoformat(text["at"])
    query = PageQuery(_LOOKED_AT, person=(text["person"],), since=at - timedelta(hours=1), until=at)
    rows, _ = table.page(query)
    return [row["direction"] for row in rows].count("inbound") >= ANSWERED_AN_HOUR
