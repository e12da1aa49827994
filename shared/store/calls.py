"""The table of calls: each call in or out with its whole life, which only ever moves forward."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Any

import msgspec

from shared import clock, settings
from shared.media import is_twilios
from shared.store import merge
from shared.store.entities import Entity
from shared.store.indexed import IndexedTable

# Source: CallStatus values in Twilio's voice requests and status callbacks, in the order of a call's life. Of two ends
# the greater counts until Twilio's log says which.
RANK = {
    "unknown": 0, "queued": 1, "initiated": 2, "ringing": 3, "in-progress": 4, "completed": 9, "busy": 8,
    "failed": 6, "no-answer": 7, "canceled": 5,
}  # fmt: skip
type Status = Annotated[
    str,
    msgspec.Meta(
        title="CallStatus",
        description="How far a call is, in Twilio's words; `unknown` while Twilio has said none of these.",
        extra_json_schema={"enum": [*RANK]},
    ),
]


def named(status: str) -> str:
    """Return a status as the API names it: `unknown` for a word that is none of those; `life` keeps what was said."""
    return status if status in RANK else "unknown"


def table() -> IndexedTable:
    """Return the calls of this process's storage account."""
    return _table(settings.current())


@cache
def _table(of: settings.Settings) -> IndexedTable:
    return IndexedTable(of, "calls", join)


def join(row: Entity, event: Entity) -> Entity:
    """Return what is known of a call after it was told once more."""
    return merge.join(row, event, RANK)


def placed(sid: str, from_: str, to: str, status: str, at: datetime) -> Entity:
    """Return the row of a call that the line has just placed.

    `sid` and `status` are Twilio's, `from` and `to` addresses; `at` is when it was to leave.
    """
    return {**merge.between(sid, at, "outbound", from_, to), **merge.lived(status, at)}


def from_callback(parameters: dict[str, str], at: datetime) -> Entity:
    """Return what a status callback tells. Of a call that came in, the first to tell of it is its end."""
    direction = "inbound" if parameters.get("Direction", "inbound") == "inbound" else "outbound"
    duration = parameters.get("CallDuration", "")
    began = at - timedelta(seconds=merge.whole(duration)) if direction == "inbound" and duration else at
    return {
        **merge.between(parameters["CallSid"], began, direction, parameters.get("From", ""), parameters.get("To", "")),
        **merge.lived(parameters.get("CallStatus") or "unknown", at),
        **({"duration_s": merge.whole(duration)} if duration else {}),
        **merge.present({
            "answered_by": parameters.get("AnsweredBy", ""), "parent_sid": parameters.get("ParentCallSid", ""),
        }),
    }  # fmt: skip


def from_log(row: Mapping[str, Any]) -> Entity:
    """Return what a row of Twilio's log tells, with twilio-python's names of its columns."""
    at = row["start_time"] or row["date_created"] or clock.now()
    direction = "inbound" if row["direction"] == "inbound" else "outbound"
    return {
        **merge.between(row["sid"], at, direction, row["from_"] or "", row["to"] or ""),
        **merge.lived(row["status"], row["end_time"] or row["date_updated"] or at),
        **merge.last_word(row["status"], row["date_updated"] or at, ""),
        **({"duration_s": merge.whole(row["duration"])} if row["duration"] else {}),
        **merge.present({"answered_by": row["answered_by"], "parent_sid": row["parent_call_sid"]}),
        **merge.present({"price": row["price"], "price_unit": row["price"] and row["price_unit"]}),
    }


def from_recording_callback(parameters: dict[str, str]) -> Entity:
    """Return what a recording or transcription callback adds to its call: an entry of its `recordings`, by SID."""
    url = parameters.get("RecordingUrl", "")
    entry = merge.present({
        "url": url if is_twilios(url, settings.current()) else "",
        "status": parameters.get("RecordingStatus", ""),
        "conference_sid": parameters.get("ConferenceSid", ""),
        "transcript": parameters.get("TranscriptionText", ""),
        "transcript_status": parameters.get("TranscriptionStatus", ""),
        "error_code": merge.error(parameters.get("ErrorCode", "")),
    })  # fmt: skip
    entry |= merge.count("duration_s", parameters.get("RecordingDuration", ""))
    recordings = {parameters["RecordingSid"]: entry}
    return {"recordings": msgspec.json.encode(recordings, order="sorted").decode()}


def logged_recording(row: Mapping[str, Any]) -> Entity:
    """Return what a row of Twilio's log of recordings adds to its call."""
    event = {
        "RecordingSid": row["sid"],
        "RecordingUrl": row["media_url"] or "",
        "RecordingStatus": row["status"] or "",
        "ConferenceSid": row.get("conference_sid") or "",
        "RecordingDuration": row["duration"] or "",
        "ErrorCode": str(row["error_code"]),
    }
    return {"sid": row["call_sid"]} | from_recording_callback(event)
