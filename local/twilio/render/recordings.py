"""A recording, as REST shows it and as callbacks tell of it."""

from typing import Any

from local.twilio.account import API_VERSION, Account
from local.twilio.records import Recording
from local.twilio.sids import rfc2822


def render_recording(account: Account, recording: Recording) -> dict[str, Any]:
    """Return a recording as REST shows it."""
    path = account.uri(f"Recordings/{recording.sid}")
    return {
        "sid": recording.sid,
        "account_sid": account.sid,
        "api_version": API_VERSION,
        "call_sid": recording.call_sid,
        "conference_sid": recording.conference_sid,
        "channels": recording.channels,
        "date_created": rfc2822(recording.created),
        "date_updated": rfc2822(recording.created),
        "start_time": rfc2822(recording.start),
        "duration": None if recording.is_running else str(recording.duration_s),
        "price": None,
        "price_unit": "USD",
        "source": recording.source,
        "status": recording.status,
        "error_code": recording.error_code,
        "encryption_details": None,
        "media_url": recording_url(account, recording),
        "track": recording.track,
        "uri": f"{path}.json",
        "subresource_uris": {
            "add_on_results": f"{path}/AddOnResults.json",
            "transcriptions": f"{path}/Transcriptions.json",
        },
    }


def recording_url(account: Account, recording: Recording) -> str:
    """Return the address under which the sound of a recording is found; `.mp3` may be added."""
    return f"{account.base_url}{account.uri(f'Recordings/{recording.sid}')}"


def recording_parameters(account: Account, recording: Recording) -> dict[str, str]:
    """Return what a request about a call tells of its recording."""
    return {
        "RecordingUrl": recording_url(account, recording),
        "RecordingSid": recording.sid,
        "RecordingDuration": str(recording.duration_s),
    }
