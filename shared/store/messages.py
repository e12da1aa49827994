"""The table of messages: each text in or out with its whole life, which only ever moves forward."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any

import msgspec

from shared import clock, settings
from shared.media import is_twilios
from shared.platform_limits import MESSAGE_MEDIA
from shared.store import merge
from shared.store.entities import Entity
from shared.store.indexed import IndexedTable

# Source: message status values in Twilio's Message resource. A later state never gives way to an earlier one; of two
# ends the greater counts until Twilio's log says which: that it was delivered is proved by a receipt, its loss is not.
RANK = {
    "unknown": 0, "accepted": 1, "scheduled": 2, "queued": 3, "sending": 4, "sent": 5, "receiving": 5,
    "partially_delivered": 6, "received": 10, "delivered": 10, "undelivered": 9, "failed": 8, "canceled": 7, "read": 11,
}  # fmt: skip
type Status = Annotated[
    str,
    msgspec.Meta(
        title="MessageStatus",
        description="How far a text is, in Twilio's words; `unknown` while Twilio has said none of these.",
        extra_json_schema={"enum": [*RANK]},
    ),
]
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


def named(status: str) -> str:
    """Return a status as the API names it: `unknown` for a word that is none of those; `life` keeps what was said."""
    return status if status in RANK else "unknown"


def table() -> IndexedTable:
    """Return the messages of this process's storage account."""
    return _table(settings.current())


@cache
def _table(of: settings.Settings) -> IndexedTable:
    return IndexedTable(of, "messages", join)


def join(row: Entity, event: Entity) -> Entity:
    """Return what is known of a message after it was told once more."""
    return merge.join(row, event, RANK)


def from_webhook(parameters: dict[str, str], at: datetime) -> Entity:
    """Return the row of a message webhook received at `at`; what Twilio sends beyond the columns is kept as JSON."""
    media = [
        (parameters.get(f"MediaUrl{n}", ""), parameters.get(f"MediaContentType{n}", ""))
        for n in range(merge.whole(parameters.get("NumMedia", ""), MESSAGE_MEDIA))
    ]
    others = {
        name: value
        for name, value in parameters.items()
        if value and name not in _NAMED and not name.startswith(("MediaUrl", "MediaContentType"))
    }
    return {
        **merge.between(parameters["MessageSid"], at, "inbound", parameters.get("From", ""), parameters.get("To", "")),
        **merge.lived("received", at),
        "body": parameters.get("Body", ""),
        **merge.count("segments", parameters.get("NumSegments", "")),
        "media": with_media(media),
        "parameters": msgspec.json.encode(others).decode(),
    }


def sent(  # noqa: PLR0913, PLR0917 -- a message is these
    sid: str, from_: str, to: str, body: str, status: str, at: datetime, *, media: Iterable[str] = ()
) -> Entity:
    """Return the row of a message with a `body` that Twilio has just taken from the line.

    `sid` and `status` are Twilio's, `from` and `to` addresses, `at` is when it was to leave, `media` are the sender's
    own addresses.
    """
    attached = [{"url": url, "content_type": ""} for url in media]
    return {
        **merge.between(sid, at, "outbound", from_, to),
        **merge.lived(status, at),
        "body": body,
        "media": msgspec.json.encode(attached).decode(),
    }


def from_callback(parameters: dict[str, str], at: datetime) -> Entity:
    """Return what a status callback tells. It has no body: a text that went out as TwiML gets its body from the log."""
    return {
        **merge.between(parameters["MessageSid"], at, "outbound", parameters.get("From", ""), parameters.get("To", "")),
        **merge.lived(parameters.get("MessageStatus") or "unknown", at),
        **merge.present({"error_code": merge.error(parameters.get("ErrorCode", ""))}),
    }


def from_log(row: Mapping[str, Any]) -> Entity:
    """Return what a row of Twilio's log tells, with twilio-python's names of its columns."""
    at = row["date_sent"] or row["date_created"] or clock.now()
    direction = "inbound" if row["direction"] == "inbound" else "outbound"
    updated, error = row["date_updated"] or at, merge.error(row["error_code"])
    return {
        **merge.between(row["sid"], at, direction, row["from_"] or "", row["to"] or ""),
        **merge.lived(row["status"], updated),
        **merge.last_word(row["status"], updated, error),
        "body": row["body"] or "",
        **merge.count("segments", row["num_segments"]),
        **merge.present({"error_code": error}),
        **merge.present({"price": row["price"], "price_unit": row["price"] and row["price_unit"]}),
    }


def with_media(media: Iterable[tuple[str, str]]) -> str:
    """Return the column of media, (address, content type) each, without addresses that are not Twilio's."""
    config = settings.current()
    kept = [{"url": url, "content_type": kind} for url, kind in media if is_twilios(url, config)]
    return msgspec.json.encode(kept).decode()
