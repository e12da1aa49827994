"""Recordings and their sound: a real WAV or MP3 file, silent and as long as what was recorded."""

import io
import wave
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.exchange import API_VERSION, Exchange
from local.twilio.records import Recording
from local.twilio.rest.answers import Form, absent, is_within, page, uri
from local.twilio.sids import rfc2822

RATE_HZ = 8000
SILENT_FRAME = b"\xff\xfb\x10\xc4" + bytes(100)  # MPEG-1 layer III, 32 kbit/s, 44.1 kHz, mono: 1152 samples
FRAMES_PER_S = 44100 / 1152


def render(exchange: Exchange, recording: Recording) -> dict[str, Any]:
    """Return a recording as REST shows it."""
    path = uri(exchange, f"Recordings/{recording.sid}")
    return {
        "sid": recording.sid,
        "account_sid": exchange.account_sid,
        "api_version": API_VERSION,
        "call_sid": recording.call_sid,
        "conference_sid": recording.conference_sid,
        "channels": recording.channels,
        "date_created": rfc2822(recording.created),
        "date_updated": rfc2822(recording.created),
        "start_time": rfc2822(recording.start),
        "duration": str(recording.duration_s),
        "price": None,
        "price_unit": "USD",
        "source": recording.source,
        "status": recording.status,
        "error_code": None,
        "encryption_details": None,
        "media_url": exchange.recording_url(recording),
        "track": "both",
        "uri": f"{path}.json",
        "subresource_uris": {
            "add_on_results": f"{path}/AddOnResults.json",
            "transcriptions": f"{path}/Transcriptions.json",
        },
    }


async def list_(exchange: Exchange, request: Request, form: Form) -> Response:
    """List the recordings, of one call or of all."""
    of_call = request.path_params.get("call") or form.get("CallSid")
    found = [
        recording
        for recording in reversed(exchange.recordings.values())
        if of_call in {"", recording.call_sid} and is_within(form, "DateCreated", recording.created)
    ]
    return page(request, form, "recordings", found, lambda recording: render(exchange, recording))


async def fetch(exchange: Exchange, request: Request, _: Form) -> Response:
    """Show a recording: WAV by itself, or what the suffix asks for."""
    sid, _dot, suffix = request.path_params["sid"].partition(".")
    recording = exchange.recordings.get(sid)
    if not recording:
        raise absent(request)
    if suffix == "json":
        return JSONResponse(render(exchange, recording))
    if suffix == "mp3":
        return Response(SILENT_FRAME * round(recording.duration_s * FRAMES_PER_S), media_type="audio/mpeg")
    return Response(_wav(recording), media_type="audio/x-wav")


def _wav(recording: Recording) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(recording.channels)
        sound.setsampwidth(1)
        sound.setframerate(RATE_HZ)
        sound.writeframes(b"\x80" * (RATE_HZ * recording.duration_s * recording.channels))
    return file.getvalue()


async def delete(exchange: Exchange, request: Request, _: Form) -> Response:
    """Forget a recording and its sound."""
    sid = request.path_params["sid"].partition(".")[0]
    if sid not in exchange.recordings:
        raise absent(request)
    del exchange.recordings[sid]
    return Response(status_code=204)
