"""The book of messages: each text in or out with its whole life, which only ever moves forward."""

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from shared import settings
from shared.store.book import Book
from shared.store.tables import Entity

if TYPE_CHECKING:
    from shared.twilio_api import Known

# Source: message status values in Twilio's Message resource. A later state never gives way to an earlier one.
_RANK = {
    "unknown": 0, "accepted": 1, "scheduled": 2, "queued": 3, "sending": 4, "sent": 5, "receiving": 5, "received": 6,
    "delivered": 6, "undelivered": 6, "failed": 6, "canceled": 6, "read": 7,
}  # fmt: skip
_NAMED = {
    "MessageSid",
    "SmsSid",
    "SmsMessageSid",
    "AccountSid",
    "ApiVersion",
    "From",
    "To",
    "Body",
    "NumSegments",
    "NumMedia",
    "SmsStatus",
    "MessageStatus",
}  # fmt: skip -- parameters that have a column of their own


def book() -> Book:
    """Give the messages of this process's storage account."""
    return _book(settings.current())


@cache
def _book(of: settings.Settings) -> Book:
    return Book(of, "messages")


def received(parameters: dict[str, str], at: datetime) -> Entity:
    """Give the record of a message webhook received at `at`; what Twilio sends beyond the columns is kept as JSON."""
    media = [
        {"url": parameters.get(f"MediaUrl{n}", ""), "content_type": parameters.get(f"MediaContentType{n}", "")}
        for n in range(_number(parameters.get("NumMedia", "")))
    ]
    others = {
        name: value
        for name, value in parameters.items()
        if value and name not in _NAMED and not name.startswith(("MediaUrl", "MediaContentType"))
    }
    return {
        "sid": parameters["MessageSid"],
        "at": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "direction": "inbound",
        "person": parameters.get("From", ""),
        "from": parameters.get("From", ""),
        "to": parameters.get("To", ""),
        "body": parameters.get("Body", ""),
        "segments": _number(parameters.get("NumSegments", "")),
        "status": "received",
        "media": msgspec.json.encode(media).decode(),
        "parameters": msgspec.json.encode(others).decode(),
    }


def sent(known: "Known", media: tuple[str, ...], at: datetime) -> Entity:
    """Give the record of a message that the line has sent at `at`, as Twilio knows it; `media` are its addresses."""
    return {
        "sid": known.sid,
        "at": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "direction": "outbound",
        "person": known.to,
        "from": known.from_,
        "to": known.to,
        "body": known.body,
        "segments": known.segments,
        "status": known.status,
        "media": msgspec.json.encode([{"url": url, "content_type": ""} for url in media]).decode(),
        "parameters": "{}",
    }


def forward(record: Entity, status: str, error_code: str = "") -> Entity:
    """Give the record moved on to `status`, or as it is when that is no step forward."""
    if _RANK.get(status, -1) <= _RANK.get(record["status"], -1):
        return record
    return record | {"status": status} | ({"error_code": error_code} if error_code else {})


def shown(record: Entity) -> dict[str, Any]:
    """Give a record as the API shows it: JSON columns opened."""
    return record | {
        "media": msgspec.json.decode(record.get("media", "[]")),
        "parameters": msgspec.json.decode(record.get("parameters", "{}")),
    }


def _number(text: str) -> int:
    return min(int(text), 10) if text.isascii() and text.isdigit() and len(text) < 6 else 0
