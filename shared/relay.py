"""Masked numbers: texts to the line go on to the owner's phone, and the owner's answers go back from the line.

The owner answers as if to the line. An answer goes to the one person who waits for one; when several wait, the owner
begins it with `@` and the last digits of a number. Nobody can be written to who has not written first, and when it is
not sure who is meant, nothing is sent.
"""

import re
from datetime import UTC, datetime

import msgspec

from shared.phone import bare

MAX_PEOPLE = 100  # the most recent; the row stays far below what one may hold
_ADDRESSED = re.compile(r"\s*@\+?(?P<digits>\d{2,15})[\s:,]+(?P<text>.*)", re.ASCII | re.DOTALL)


class Person(msgspec.Struct, frozen=True):
    """Somebody who wrote to `line`; moments are ISO 8601, UTC. `answer_sid` is the owner's last text to them."""

    address: str
    line: str
    wrote: str
    answered: str = ""
    answer_sid: str = ""


class Unclear(Exception):
    """It is not sure who is meant; the message tells the owner what to write."""


def wrote(people: list[Person], address: str, line: str, at: datetime) -> list[Person]:
    """Note that somebody wrote."""
    before = next((person for person in people if person.address == address), Person(address, line, ""))
    others = [person for person in people if person.address != address]
    return [msgspec.structs.replace(before, line=line, wrote=_moment(at)), *others][:MAX_PEOPLE]


def answered(people: list[Person], person: Person, sid: str, at: datetime) -> list[Person]:
    """Note that the owner answered somebody."""
    others = [other for other in people if other.address != person.address]
    return [msgspec.structs.replace(person, answered=_moment(at), answer_sid=sid), *others]


def addressee(people: list[Person], body: str, sid: str) -> tuple[Person, str]:
    """Give who is meant by the owner's text, and the text for them; raises Unclear."""
    match = _ADDRESSED.fullmatch(body)
    text = match["text"] if match else body
    if again := [person for person in people if person.answer_sid == sid]:
        return again[0], text  # Twilio delivers this text for the second time
    if match:
        return _ending_in(people, match["digits"]), text
    waiting = [person for person in people if person.wrote > person.answered]
    if len(waiting) > 1:
        raise Unclear(f"Not sent: several people wait for an answer. Begin it with one of {_tags(waiting)}.")
    if not people:
        raise Unclear("Not sent: nobody has written to this line yet.")
    return (waiting or people)[0], text


def _ending_in(people: list[Person], digits: str) -> Person:
    found = [person for person in people if bare(person.address).endswith(digits)]
    if not found:
        raise Unclear(f"Not sent: nobody whose number ends in {digits} has written to this line.")
    if len(found) > 1:
        raise Unclear(f"Not sent: more than one number ends in {digits}. Begin with more of its digits.")
    return found[0]


def _tags(people: list[Person]) -> str:
    return ", ".join(f"@{bare(person.address)[-4:]}" for person in people[:10])


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
