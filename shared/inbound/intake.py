"""A text is stored, once; with that goes what the line must know of its sender before it answers."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from shared.deadline import submit
from shared.outbound import opt_outs
from shared.phone import without_channel
from shared.store import messages
from shared.store.entities import Entity
from shared.store.indexed import IndexedTable, PageQuery

ANSWERED_AN_HOUR = 60  # texts of one person; who writes more is a machine, and two machines would never end
_LOOKED_AT = 3 * ANSWERED_AN_HOUR  # the person's newest rows: their texts, our answers, what the owner wrote

_asking = ThreadPoolExecutor(64, thread_name_prefix="asking")  # two questions of each text that may be at work at once
_copying: dict[str, Future[Any]] = {}  # by person: the newest copy that is on its way


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

    What must be known of its sender is asked at the same time; what only lists need is written behind the answer. A
    text whose SID is known counts as what came first. Raises AnotherText when it has another sender or line.
    """
    table, record = messages.table(), messages.from_webhook(parameters, at)
    opted_out, machine = _ask(lambda: _has_opted_out(record)), _ask(lambda: _is_machine(table, record))
    first, is_new = table.remember(record, partial(_copy_later, record["person"]))
    if (first["from"], first["to"]) != (record["from"], record["to"]):
        raise AnotherText
    had_opted_out = opt_outs.heed(first)
    is_wish = opt_outs.wish(record["body"], parameters.get("OptOutType", "")) in {"STOP", "START"}
    has_opted_out = _has_opted_out(record) if is_wish else opted_out.result()
    is_machine = machine.result() if is_new else _is_machine(table, first)
    return Stored(datetime.fromisoformat(first["at"]), is_new, had_opted_out, has_opted_out, is_machine)


def _copy_later(person: str, copy: Callable[[], Any]) -> None:
    """Write the copy by person behind the answer; who writes again meanwhile waits for it, so that it is counted."""
    _copying[person] = copying = submit(copy)
    copying.add_done_callback(lambda done: _copying.pop(person, None) if _copying.get(person) is done else None)


def _ask[T](question: Callable[[], T]) -> Future[T]:
    return _asking.submit(copy_context().run, question)


def _has_opted_out(text: Entity) -> bool:
    return opt_outs.has_opted_out(text["person"], without_channel(text["to"]))


def _is_machine(table: IndexedTable, text: Entity) -> bool:
    """Whether the sender had written too often in the hour before a text."""
    if copying := _copying.get(text["person"]):
        wait([copying])
    at = datetime.fromisoformat(text["at"])
    since = at - timedelta(hours=1)
    rows, _ = table.page(PageQuery(_LOOKED_AT, person=(text["person"],), since=since, until=at, as_copied=True))
    return [row["direction"] for row in rows].count("inbound") >= ANSWERED_AN_HOUR
