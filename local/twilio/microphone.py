"""What a real microphone gave: the sound of a message that is recorded, or what the others on a call hear.

POST /_local/calls/{sid}/sound  ?seconds=S    a file of sound, as a browser's MediaRecorder makes it, S seconds long

The call was told before that somebody speaks (`POST /_local/calls/{sid}/speaks`), so that what waits for silence waits.
"""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.twilio.engine.leg import Leg, Switchboard
from local.twilio.engine.signals import Silence, Spoke
from local.twilio.records import Recording, Sound
from local.twilio.rest.protocol import Refusal, board_of
from local.twilio.sids import utc_now

MOST_BYTES = 32 * 1024 * 1024  # an hour of what MediaRecorder makes of speech; as long as Record lasts
LATE = timedelta(seconds=15)  # a recording that has ended gets its sound still: the last of it is sent then
UNHEARD = "Nothing records this call, and nobody else is on it: the line knows only words that are typed."


def routes() -> list[Route]:
    """Return the route to which microphones send."""
    return [Route("/_local/calls/{sid}/sound", _answer, methods=["POST"])]


async def _answer(request: Request) -> Response:
    try:
        await _take(board_of(request), request)
    except Refusal as refusal:
        return refusal.response()
    return Response(status_code=204)


async def _take(board: Switchboard, request: Request) -> None:
    sid = request.path_params["sid"]
    if sid not in board.account.calls:
        raise Refusal(20404)
    seconds, sound = _seconds(request), await _sound(request)
    recording, leg = _waiting(board, sid), board.legs.get(sid)
    if recording:
        recording.sound = sound
    if leg and not leg.call.is_over:
        _speak(leg, sound, seconds, is_kept=recording is not None)
    elif not recording:
        raise Refusal(21220, "the call is over", 409)


def _seconds(request: Request) -> float:
    try:
        return min(max(float(request.query_params["seconds"]), 0.0), 3600.0)
    except (KeyError, ValueError):
        raise Refusal(20001, "seconds: expected how long the sound is, such as 2.5", 400) from None


async def _sound(request: Request) -> Sound:
    content_type = request.headers.get("content-type", "")
    if not content_type.startswith("audio/"):
        raise Refusal(
            20001, f"Content-Type: {content_type or 'none'} is no sound; expected one such as audio/webm", 415
        )
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MOST_BYTES:
            raise Refusal(20001, f"the sound has more than {MOST_BYTES >> 20} MB", 413)
    return Sound(content_type, bytes(content))


def _waiting(board: Switchboard, sid: str) -> Recording | None:
    """Return the message of a call that is being recorded, or was until now, and has no sound yet."""
    found = (one for one in reversed(board.account.recordings.values()) if one.call_sid == sid)
    latest = next((one for one in found if one.source == "RecordVerb"), None)
    if not latest or latest.sound or latest.status == "absent":
        return None
    return latest if latest.is_running or utc_now() - latest.ended < LATE else None


def _speak(leg: Leg, sound: Sound, seconds: float, *, is_kept: bool) -> None:
    """Let it be heard by whoever is on the call, and end what waits until the person has finished."""
    if not (is_kept or leg.peer or leg.watchers):
        raise Refusal(20409, UNHEARD, 409)
    event = leg.note("spoke", "", seconds=seconds, sound=leg.board.sounds.add(sound))
    if leg.peer:
        leg.peer.hear(event)
    leg.post(Spoke("", seconds=seconds))
    leg.post(Silence())
