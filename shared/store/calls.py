"""The book of calls: each call in or out with its whole life, which only ever moves forward."""

from datetime import UTC, datetime
from functools import cache

from shared import settings
from shared.store.book import Book
from shared.store.tables import Entity

# Source: CallStatus values in Twilio's voice requests and status callbacks, in the order of a call's life.
_RANK = {
    "unknown": 0, "queued": 1, "initiated": 2, "ringing": 3, "in-progress": 4, "completed": 5, "busy": 5,
    "failed": 5, "no-answer": 5, "canceled": 5,
}  # fmt: skip


def book() -> Book:
    """Give the calls of this process's storage account."""
    return _book(settings.current())


@cache
def _book(of: settings.Settings) -> Book:
    return Book(of, "calls")


def placed(sid: str, from_: str, to: str, status: str, at: datetime) -> Entity:
    """Give the record of a call that the line has just placed."""
    return _record(sid, "outbound", to, from_, to, at) | {"status": status}


def told(parameters: dict[str, str], at: datetime) -> Entity:
    """Give the record that a status callback alone is able to give; for a call that is not known yet."""
    inbound = parameters.get("Direction", "inbound") == "inbound"
    from_, to = parameters.get("From", ""), parameters.get("To", "")
    record = _record(
        parameters["CallSid"], "inbound" if inbound else "outbound", from_ if inbound else to, from_, to, at
    )
    return forward(record | {"status": "unknown"}, parameters)


def forward(record: Entity, parameters: dict[str, str]) -> Entity:
    """Give the record moved on by a status callback: its status if that is a step forward, and what it adds."""
    status = parameters.get("CallStatus", "")
    news: Entity = {"status": status} if _RANK.get(status, -1) > _RANK.get(record["status"], -1) else {}
    if seconds := parameters.get("CallDuration", ""):
        news["duration_s"] = int(seconds) if seconds.isdigit() else 0
    if answered_by := parameters.get("AnsweredBy", ""):
        news["answered_by"] = answered_by
    return record | news


def _record(sid: str, direction: str, person: str, from_: str, to: str, at: datetime) -> Entity:  # noqa: PLR0913, PLR0917
    return {
        "sid": sid,
        "at": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "direction": direction,
        "person": person,
        "from": from_,
        "to": to,
    }
