"""Keeping what was recorded on a call, and the callback that tells of it."""

from datetime import datetime

from local.twilio.clock import Clock
from local.twilio.engine.leg import Leg, Switchboard
from local.twilio.records import Conference, Recording
from local.twilio.render.recordings import recording_parameters
from local.twilio.sids import rfc2822
from local.twilio.webhooks import Webhook


def keep(  # noqa: PLR0913 -- what a recording is
    leg: Leg, start: datetime, seconds: float, source: str, *, channels: int = 1, transcript: str = ""
) -> Recording:
    """Keep a recording of a call that began at `start`, and return it.

    `source` is Twilio's word for what recorded, such as `DialVerb`; `channels` is 1 or 2.
    """
    recording = Recording(leg.call.sid, source, max(1, round(seconds)), start, channels, transcript)
    leg.account.recordings[recording.sid] = recording
    leg.note("recorded", f"{recording.duration_s} s", sid=recording.sid, transcript=transcript)
    return recording


def keep_whole_call(leg: Leg, answered: datetime, wish: dict[str, str]) -> None:
    """Keep the recording of a call since it was `answered`; `wish` has the parameters with which REST asked for it."""
    channels = 2 if wish.get("RecordingChannels") == "dual" else 1
    kept = keep(leg, answered, (leg.clock.now() - answered).total_seconds(), "OutboundAPI", channels=channels)
    url, http_method = wish.get("RecordingStatusCallback", ""), wish.get("RecordingStatusCallbackMethod") or "POST"
    tell_status(leg, url, http_method, kept, wish.get("RecordingStatusCallbackEvent") or "completed")


def keep_conference(board: Switchboard, conference: Conference) -> None:
    """Keep the recording of a conference that has ended, when one was asked for, and tell of it: not of whose it is."""
    if not conference.recorder or not conference.began:
        return
    call, clock = conference.recorder.call, conference.recorder.clock
    seconds = max(1, round((clock.now() - conference.began).total_seconds()))
    recording = Recording(call.sid, "Conference", seconds, conference.began, conference_sid=conference.sid)
    board.account.recordings[recording.sid] = recording
    url, http_method, events = conference.recording_callback
    _tell(board, clock, recording, (url, http_method, events))


def tell_status(leg: Leg, url: str, http_method: str, recording: Recording, events: str = "completed") -> None:
    """Send the recording's callback, when there is one and `events`, separated by spaces, hold its status."""
    _tell(leg.board, leg.clock, recording, (url, http_method, events))


def _tell(board: Switchboard, clock: Clock, recording: Recording, callback: tuple[str, str, str]) -> None:
    url, http_method, events = callback
    if not url or recording.status not in events.split():
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
        "RecordingTrack": "both",
        "ErrorCode": str(recording.error_code or 0),
    }
    board.courier.in_order(Webhook("recording-status", sid, url, http_method, parameters), clock)
