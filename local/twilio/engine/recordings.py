"""Recordings: begun, paused and ended while a call or conference goes on, and the callback that tells of each step."""

from xml.etree import ElementTree as ET

from local.twilio.clock import Clock
from local.twilio.engine.document import Document
from local.twilio.engine.leg import Leg, Switchboard
from local.twilio.records import Recording, StatusCallback
from local.twilio.render.recordings import recording_parameters
from local.twilio.sids import rfc2822, utc_now
from local.twilio.twiml import method
from local.twilio.webhooks import Webhook

NOTHING_S = 0.5  # what is shorter holds no sound
TOO_SHORT = 16101  # why a recording is absent


def callback_of(element: ET.Element, doc: Document) -> StatusCallback:
    """Return where an element of a document wants to be told of its recording."""
    url, http_method = element.get("recordingStatusCallback", ""), method(element, "recordingStatusCallbackMethod")
    events = element.get("recordingStatusCallbackEvent", "completed")
    return StatusCallback(doc.source.beside("", url, http_method).url if url else "", http_method, events)


def begin(board: Switchboard, clock: Clock, recording: Recording) -> Recording:
    """Record from now on, and return the recording; it stands in the account's records while it lasts."""
    board.account.recordings[recording.sid] = recording
    _tell(board, clock, recording)
    return recording


def pause(clock: Clock, recording: Recording) -> None:
    """Record nothing until it is resumed."""
    recording.status, recording.paused = "paused", clock.now()


def resume(clock: Clock, recording: Recording) -> None:
    """Record again; the pause is not part of the recording."""
    if recording.paused:
        recording.start += clock.now() - recording.paused
    recording.status, recording.paused = "in-progress", None


def end(board: Switchboard, clock: Clock, recording: Recording, seconds: float | None = None) -> bool:
    """Return whether there is something on a recording that ends now; with nothing on it, it is absent.

    `seconds` of sound, when that is not all since it began.
    """
    if recording.paused:
        resume(clock, recording)
    lasted = (clock.now() - recording.start).total_seconds() if seconds is None else seconds
    is_kept = lasted > (NOTHING_S if seconds is None else 0)
    recording.status, recording.ended = "completed" if is_kept else "absent", utc_now()
    recording.duration_s = max(1, round(lasted)) if is_kept else 0
    if not is_kept:
        recording.error_code = recording.error_code or TOO_SHORT
    _tell(board, clock, recording)
    return is_kept


def begin_on(leg: Leg, recording: Recording) -> Recording:
    """Record a call from now on, and return the recording."""
    return begin(leg.board, leg.clock, recording)


def end_on(leg: Leg, recording: Recording, seconds: float | None = None) -> bool:
    """Return whether there is something on a recording of a call that ends now; `seconds` as for `end`."""
    is_kept = end(leg.board, leg.clock, recording, seconds)
    if is_kept:
        leg.note("recorded", f"{recording.duration_s} s", sid=recording.sid, transcript=recording.transcript)
    return is_kept


def running(leg: Leg) -> list[Recording]:
    """Return the recordings of a call that have not ended, the oldest first."""
    return [recording for recording in leg.account.recordings.values() if recording.is_of(leg.call.sid)]


def whole_call(leg: Leg, wish: dict[str, str]) -> None:
    """Record a call from now to its end; `wish` has the parameters with which REST asked for it."""
    callback = StatusCallback(
        wish.get("RecordingStatusCallback", ""),
        wish.get("RecordingStatusCallbackMethod") or "POST",
        wish.get("RecordingStatusCallbackEvent") or "completed",
    )
    channels = 2 if wish.get("RecordingChannels") == "dual" else 1
    track = wish.get("RecordingTrack") or "both"
    begin_on(leg, Recording(leg.call.sid, "OutboundAPI", leg.clock.now(), channels, track, callback))


def _tell(board: Switchboard, clock: Clock, recording: Recording) -> None:
    """Send the callback of a recording, when there is one that asks for its status."""
    url, http_method = recording.callback.url, recording.callback.method
    if not url or recording.status not in recording.callback.events.split():
        return
    sid = recording.conference_sid or recording.call_sid
    parameters = {
        "AccountSid": board.account.sid,
        "ConferenceSid" if recording.conference_sid else "CallSid": sid,
        **recording_parameters(board.account, recording),
        "RecordingStatus": recording.status,
        "RecordingChannels": str(recording.channels),
        "RecordingStartTime": rfc2822(recording.start) or "",
        "RecordingSource": recording.source,
        "RecordingTrack": recording.track,
        "ErrorCode": str(recording.error_code or 0),
    }
    board.courier.in_order(Webhook("recording-status", sid, url, http_method, parameters), clock)
