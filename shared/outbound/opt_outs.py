"""Who does not want to be written to or called by whom: remembered for good, heeded before anything leaves.

One row for each person and line; a line is a number of ours or a messaging service. A row says since when it holds, so
that a text delivered twice or late never undoes a newer one.
"""

import logging
from datetime import UTC, datetime
from functools import cache
from typing import Literal

import msgspec

from shared import opt_out_words, phone, settings
from shared.person import identity, numbers
from shared.phone import without_channel
from shared.store import latest
from shared.store.tables import Entity, Table, key

type Wish = Literal["STOP", "START", "HELP", ""]

log = logging.getLogger("ahoy.optouts")


def wish(body: str, opt_out_type: str = "") -> Wish:
    """Return what a text asks for. `opt_out_type` is Twilio's word on it, sent when Advanced Opt-Out is on."""
    word = opt_out_type or body.strip().upper()
    if word in opt_out_words.STOP:
        return "STOP"
    if word in opt_out_words.START:
        return "START"
    return "HELP" if word in opt_out_words.HELP else ""


def is_answered_by_twilio(parameters: dict[str, str]) -> bool:
    """Whether Twilio itself answers this text, so that an answer of ours would be a second one, or blocked."""
    if parameters.get("OptOutType"):
        return True
    is_whatsapp = parameters.get("From", "").startswith("whatsapp:")  # there nobody answers STOP but us
    return not is_whatsapp and wish(parameters.get("Body", "")) == "STOP"


def heed(record: Entity) -> None:
    """Do what a stored text asks for. `record` is the message's as it was stored first: its time is the wish's time."""
    parameters = msgspec.json.decode(record.get("parameters") or "{}", type=dict[str, str])
    wished = wish(record["body"], parameters.get("OptOutType", ""))
    if wished not in {"STOP", "START"}:
        return
    for line in filter(None, (record["to"], parameters.get("MessagingServiceSid", ""))):
        mark(identity(record["from"]), without_channel(line), record["at"], is_out=wished == "STOP")


def note_refusal_by_twilio(person: str, line: str, at: str = "") -> None:
    """Remember that `person` has opted out of `line`, which Twilio knows of and we did not: error 21610.

    It holds since `at`, a message's time (ISO 8601, UTC), or since now.
    """
    mark(person, line, at or datetime.now(UTC).isoformat(timespec="milliseconds"), is_out=True)


def mark(person: str, line: str, at: str, *, is_out: bool) -> None:
    """Remember a `person`'s wish of `at` (ISO 8601, UTC) about `line`, unless a newer one is known.

    The person is as person.identity gives it, the line a number without a channel or a messaging service. `is_out`:
    they want to be left alone.
    """
    row = {"PartitionKey": key(person), "RowKey": key(line), "line": line, "at": at, "out": is_out}
    if latest.write(_table(settings.current()), row):
        log.info("%s has opted %s", phone.redacted(person), "out" if is_out else "in")


def has_opted_out(person: str, line: str) -> bool:
    """Whether a person does not want to hear from a line (both as in `mark`); their newest wish counts.

    It may have been kept under another spelling of their number, before those were known to be one person.
    """
    table = _table(settings.current())
    rows = [row for row in (table.get(key(number), key(line)) for number in numbers(person)) if row]
    return bool(rows and max((row for row, _ in rows), key=lambda row: str(row["at"]))["out"])


@cache
def _table(of: settings.Settings) -> Table:
    return Table(of, "optouts")
