"""Who does not want to be written to or called by whom: remembered for good, heeded before anything leaves.

One row for each person and line; a line is a number of ours or a messaging service. A row says since when it holds, so
that a text delivered twice or late never undoes a newer one.
"""

import logging
from typing import NamedTuple

import msgspec

from shared import clock, flow, opt_out_words, phone
from shared.opt_out_words import Wish
from shared.person import identity
from shared.phone import without_channel
from shared.store import people
from shared.store.entities import Entity, key
from shared.store.people import Wishes

log = logging.getLogger("ahoy.optouts")


class Standing(NamedTuple):
    """How the sender of a text stands to the line: `had_opted_out` says that they opt out once more."""

    had_opted_out: bool
    has_opted_out: bool


def wish(body: str, opt_out_type: str = "", *, is_owner: bool = False) -> Wish:
    """Return what a text with this `body` asks for.

    `opt_out_type` is Twilio's word on it, sent when Advanced Opt-Out is on. `is_owner`: it is an owner's and so for
    somebody else; the words count that Twilio itself heeds, and no others.
    """
    if is_owner and not opt_out_words.is_twilios(body):
        body = ""
    return opt_out_words.wish(opt_out_type or body)


def is_answered_by_twilio(parameters: dict[str, str]) -> bool:
    """Whether Twilio itself answers this text, so that an answer of ours would be a second one, or blocked."""
    if parameters.get("OptOutType"):
        return True
    is_whatsapp = parameters.get("From", "").startswith("whatsapp:")  # there nobody answers STOP but us
    body = parameters.get("Body", "")
    return not is_whatsapp and opt_out_words.is_twilios(body) and wish(body) == "STOP"


def heed(record: Entity, wishes: Wishes) -> Standing:
    """Do what a stored text asks for; return how its sender stands to the line, with what they wished before.

    `record` is the message's as it was stored first: its time is the wish's time. Raises StorageDown.
    """
    person, line, at = identity(record["from"]), without_channel(record["to"]), record["at"]
    parameters = msgspec.json.decode(record.get("parameters") or "{}", type=dict[str, str])
    is_owner = person in flow.current().line_of(line).messages.owners()
    wished = wish(record["body"], parameters.get("OptOutType", ""), is_owner=is_owner)
    before = wishes.get(key(line))
    is_out = bool(before and before["out"])
    if wished not in {"STOP", "START"}:
        return Standing(had_opted_out=False, has_opted_out=is_out)
    for one in filter(None, (line, parameters.get("MessagingServiceSid", ""))):
        mark(person, one, at, is_out=wished == "STOP")
    return Standing(
        had_opted_out=bool(wished == "STOP" and is_out and before and before["at"] < at),
        has_opted_out=is_out if before and before["at"] > at else wished == "STOP",
    )


def note_refusal_by_twilio(person: str, line: str, at: str = "") -> None:
    """Remember that `person` has opted out of `line`, which Twilio knows of and we did not: error 21610.

    It holds since `at`, a message's time (ISO 8601, UTC), or since now.
    """
    mark(person, line, at or clock.now().isoformat(timespec="milliseconds"), is_out=True)


def mark(person: str, line: str, at: str, *, is_out: bool) -> None:
    """Remember a `person`'s wish of `at` (ISO 8601, UTC) about `line`, unless a newer one is known.

    The person is as person.identity gives it, the line a number without a channel or a messaging service. `is_out`:
    they want to be left alone.
    """
    if people.note(person, line, at, is_out=is_out):
        log.info("%s has opted %s", phone.redacted(person), "out" if is_out else "in")


def has_opted_out(person: str, line: str) -> bool:
    """Whether a person does not want to hear from a line (both as in `mark`); their newest wish counts."""
    newest = people.look(person).wishes.get(key(line))
    return bool(newest and newest["out"])
