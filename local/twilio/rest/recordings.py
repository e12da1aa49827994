"""Recordings and their sound: what a microphone gave, else a real WAV or MP3 file, silent and as long as it lasted."""

import io
import wave
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine.leg import Switchboard
from local.twilio.records import Recording
from local.twilio.render.recordings import render_recording
from local.twilio.rest.protocol import Form, Refusal, absent, is_within, page, reads

RATE_HZ = 8000
SILENT_FRAME = b"\xff\xfb\x10\xc4" + bytes(100)  # MPEG-1 layer III, 32 kbit/s, 44.1 kHz, mono: 1152 samples
FRAMES_PER_S = 44100 / 1152


@reads("CallSid", "ConferenceSid", "DateCreated", "IncludeSoftDeleted")
async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List the recordings, of one call, of one conference or of all."""
    of_call = request.path_params.get("call") or form.get("CallSid")
    of_conference = request.path_params.get("conference") or form.get("ConferenceSid")
    found = [
        recording
        for recording in reversed(_known(board, form).values())
        if of_call in {"", recording.call_sid}
        and of_conference in {"", recording.conference_sid}
        and is_within(form, "DateCreated", recording.created)
    ]
    return page(request, form, "recordings", found, partial(render_recording, board.account))


def _known(board: Switchboard, form: Form) -> dict[str, Recording]:
    """Return the recordings, with those whose sound was deleted when they are asked for."""
    account = board.account
    is_all = form.get("IncludeSoftDeleted") == "true"
    return account.deleted_recordings | account.recordings if is_all else account.recordings


@reads("IncludeSoftDeleted")
async def fetch(board: Switchboard, request: Request, form: Form) -> Response:
    """Show a recording: WAV by itself, or what the suffix asks for; a microphone's sound is given as it came."""
    sid, _dot, suffix = request.path_params["sid"].partition(".")
    recording = _known(board, form).get(sid)
    if not recording:
        raise absent(request)
    if suffix == "json":
        return JSONResponse(render_recording(board.account, recording))
    if recording.status != "completed":
        raise absent(request)
    if recording.sound:
        return Response(recording.sound.content, media_type=recording.sound.content_type)
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


async def delete(board: Switchboard, request: Request, _: Form) -> Response:
    """Delete the sound of a recording; that there was one can still be asked for."""
    recording = board.account.recordings.get(request.path_params["sid"].partition(".")[0])
    if not recording:
        raise absent(request)
    forget(board, recording)
    return Response(status_code=204)


def forget(board: Switchboard, recording: Recording) -> None:
    """Delete a recording that has ended. Raises Refusal for one that goes on."""
    if recording.is_running:
        raise Refusal(20009, "Cannot delete a recording that is in progress", 409)
    recording.status, recording.sound = "deleted", None
    board.account.deleted_recordings[recording.sid] = board.account.recordings.pop(recording.sid)
