"""A transcription, as REST shows it and as its callback tells of it."""

from typing import Any

from local.twilio.account import API_VERSION, Account
from local.twilio.records import Transcription
from local.twilio.render.recordings import recording_url
from local.twilio.sids import rfc2822

KIND = "fast"


def render_transcription(account: Account, transcription: Transcription) -> dict[str, Any]:
    """Return a transcription as REST shows it; one that failed has no text."""
    return {
        "sid": transcription.sid,
        "account_sid": account.sid,
        "api_version": API_VERSION,
        "date_created": rfc2822(transcription.created),
        "date_updated": rfc2822(transcription.created),
        "duration": str(transcription.recording.duration_s),
        "price": None,
        "price_unit": "USD",
        "recording_sid": transcription.recording.sid,
        "status": transcription.status,
        "transcription_text": transcription.text or None,
        "type": KIND,
        "uri": account.uri(f"Transcriptions/{transcription.sid}.json"),
    }


def transcription_parameters(account: Account, transcription: Transcription) -> dict[str, str]:
    """Return what a callback tells of a transcription, beside the parameters of the call."""
    return {
        "TranscriptionSid": transcription.sid,
        "TranscriptionText": transcription.text,
        "TranscriptionStatus": transcription.status,
        "TranscriptionType": KIND,
        "TranscriptionUrl": f"{account.base_url}{account.uri(f'Transcriptions/{transcription.sid}')}",
        "RecordingSid": transcription.recording.sid,
        "RecordingUrl": recording_url(account, transcription.recording),
    }
