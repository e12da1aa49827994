"""A text is stored, once; with that goes what the line must know of its sender before it answers."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from shared.deadline import submit
from shared.outbound import opt_outs
from shared.store import messages, people, told
from shared.store.entities import Entity
from shared.store.people import Known

ANSWERED_AN_HOUR = 60  # texts of one person; who writes more is a machine, and two machines would never end

_asking = ThreadPoolExecutor(32, thread_name_prefix="asking")  # a question of each text that may be at work at once
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
    looking = _asking.submit(copy_context().run, _look, record)
    first, is_new = table.remember(record, partial(_copy_later, record["person"]))
    if (first["from"], first["to"]) != (record["from"], record["to"]):
        raise AnotherText
    known = looking.result() if is_new else _look(first)
    had_opted_out, has_opted_out = opt_outs.heed(first, known.wishes)
    is_machine = _is_machine([told.record(copy, table.join) for copy in known.texts], first["at"])
    return Stored(datetime.fromisoformat(first["at"]), is_new, had_opted_out, has_opted_out, is_machine)


def _copy_later(person: str, copy: Callable[[], Any]) -> None:
    """Write the copy by person behind the answer; who writes again meanwhile waits for it, so that it is counted."""
    _copying[person] = copying = submit(copy)
    copying.add_done_callback(lambda done: _copying.pop(person, None) if _copying.get(person) is done else None)


def _look(text: Entity) -> Known:
    """Return what is known of a text's sender, with what was written in the hour before it."""
    if copying := _copying.get(text["person"]):
        wait([copying])
    return people.look(text["person"], datetime.fromisoformat(text["at"]) - timedelta(hours=1))


def _is_machine(texts: list[Entity], at: str) -> bool:
    """Whether somebody had written too often before a moment (ISO 8601, UTC); `texts` begin an hour before it."""
    written = [text for text in texts if text["direction"] == "inbound" and text["at"] < at]
    return len(written) >= ANSWERED_AN_HOUR
