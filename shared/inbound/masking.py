"""Masked numbers: texts to the line go on to the owner's phone, and the owner's answers go back from the line.

The owner answers as if to the line. An answer goes to the one person who waits for one; when several wait, the owner
begins it with `@` and the last digits of a number. Nobody can be written to who has not written first, and when it is
not sure who is meant, nothing is sent.
"""

import re
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from shared.person import identity
from shared.phone import without_channel
from shared.store.masked import Person
from shared.words import folded

MAX_PEOPLE = 100  # the most recent; the row stays far below what one may hold
MAX_ANSWERS = 20  # SIDs of the owner's texts that are known to each person
_UNSEEN = r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"  # an address book puts such around a number
_BEGIN = rf"{_UNSEEN}[@\uff20]{_UNSEEN}[+\uff0b]?(?P<digits>\d{{2,15}}){_UNSEEN}[\s:,\uff1a\uff0c]+{_UNSEEN}"
_ADDRESSED = re.compile(_BEGIN + "(?P<text>.*)", re.DOTALL)


class OwnersText(NamedTuple):
    """A text of the owner: what they wrote, its SID, when it came first, and whether that is now."""

    body: str
    sid: str
    at: datetime
    is_new: bool


class Answered(NamedTuple):
    """Who is meant by an owner's text, what they are to get, and what is known of everybody afterwards."""

    person: Person
    text: str
    people: list[Person]


class Unclear(Exception):
    """It is not sure who is meant; the message tells the owner what to write."""


def wrote(people: list[Person], address: str, line: str, at: datetime) -> list[Person]:
    """Return `people` with somebody at `address` who wrote to `line` at `at`: long ago when their text comes again."""
    whom = identity(address)
    before = next((person for person in people if identity(person.address) == whom), Person(address, line, ""))
    if before.wrote >= _moment(at):
        return people
    others = [person for person in people if identity(person.address) != whom]
    return _recent([msgspec.structs.replace(before, address=address, line=line, wrote=_moment(at)), *others])


def answered(people: list[Person], answer: OwnersText) -> Answered:
    """Find who is meant by the owner's text, and note that they are answered; raises Unclear."""
    person, text = _addressee(people, answer)
    if answer.sid in person.answer_sids:
        return Answered(person, text, people)
    others = [other for other in people if other.address != person.address]
    now = msgspec.structs.replace(
        person,
        answered=max(person.answered, _moment(answer.at)),
        answer_sids=(*person.answer_sids, answer.sid)[-MAX_ANSWERS:],
    )
    return Answered(person, text, _recent([now, *others]))


def _addressee(people: list[Person], answer: OwnersText) -> tuple[Person, str]:
    match = _ADDRESSED.fullmatch(answer.body)
    text = match["text"] if match else answer.body
    if again := [person for person in people if answer.sid in person.answer_sids]:
        return again[0], text  # Twilio delivers this text once more
    if not answer.is_new and any(person.answered >= _moment(answer.at) for person in people):
        raise Unclear("Not sent: this text came late, after a newer one. Please send it again.")
    if match:
        return _ending_in(people, folded(match["digits"])), text
    waiting = [person for person in people if person.waits]
    if len(waiting) > 1:
        raise Unclear(f"Not sent: several people wait for an answer. Begin it with one of {_tags(waiting)}.")
    if not people:
        raise Unclear("Not sent: nobody has written to this line yet.")
    return (waiting or people)[0], text


def _recent(people: list[Person]) -> list[Person]:
    """Return the most recent people, the most recent first."""
    return sorted(people, key=lambda person: max(person.wrote, person.answered), reverse=True)[:MAX_PEOPLE]


def _ending_in(people: list[Person], digits: str) -> Person:
    found = [person for person in people if without_channel(person.address).endswith(digits)]
    if not found:
        raise Unclear(f"Not sent: nobody whose number ends in {digits} has written to this line.")
    if len(found) > 1:
        raise Unclear(f"Not sent: more than one number ends in {digits}. Begin with more of its digits.")
    return found[0]


def _tags(people: list[Person]) -> str:
    return ", ".join(f"@{without_channel(person.address)[-4:]}" for person in people[:10])


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
