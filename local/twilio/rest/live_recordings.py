"""Recordings of a live call or conference: begun, paused, resumed and stopped while it goes on."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.clock import Clock
from local.twilio.engine import recordings as engine
from local.twilio.engine.leg import Leg, Switchboard
from local.twilio.records import Recording, StatusCallback
from local.twilio.render.recordings import render_recording
from local.twilio.rest.protocol import Form, Refusal, absent, reads
from local.twilio.rest.recordings import forget

CURRENT = "Twilio.CURRENT"  # instead of a SID: the one that goes on
NOT_LIVE = "Requested resource is not eligible for recording"


@reads("RecordingStatusCallback", "RecordingStatusCallbackMethod", "RecordingStatusCallbackEvent", "RecordingChannels",
       "RecordingTrack")  # fmt: skip
async def create(board: Switchboard, request: Request, form: Form) -> Response:
    """Record a call from now on."""
    leg = leg_of(board, request)
    callback = StatusCallback(
        form.get("RecordingStatusCallback"),
        form.get("RecordingStatusCallbackMethod") or "POST",
        " ".join(form.all("RecordingStatusCallbackEvent")) or "completed",
    )
    channels, track = 2 if form.get("RecordingChannels") == "dual" else 1, form.get("RecordingTrack") or "both"
    recording = Recording(leg.call.sid, "StartCallRecordingAPI", leg.clock.now(), channels, track, callback)
    engine.begin_on(leg, recording)
    return JSONResponse(render_recording(board.account, recording), 201)


def leg_of(board: Switchboard, request: Request) -> Leg:
    """Return the live leg of the call that the path names. Raises Refusal."""
    sid = request.path_params["call"]
    if sid not in board.account.calls:
        raise absent(request)
    leg = board.legs.get(sid)
    if not leg or not leg.call.answered:
        raise Refusal(21220, NOT_LIVE)
    return leg


def _recording(board: Switchboard, request: Request) -> Recording:
    """Return the recording that the path names, of its call or conference."""
    at, sid = request.path_params, request.path_params["sid"]
    own = [one for one in board.account.recordings.values() if _is_of(one, at.get("call"), at.get("conference"))]
    if sid != CURRENT:
        found = [one for one in own if one.sid == sid]
    elif len(found := [one for one in own if one.is_running]) > 1:
        raise Refusal(16108, "There is more than one active recording")
    if not found:
        raise absent(request)
    return found[0]


def _is_of(recording: Recording, call_sid: str | None, conference_sid: str | None) -> bool:
    if conference_sid:
        return recording.conference_sid == conference_sid
    return recording.call_sid == call_sid and not recording.conference_sid


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one recording of a call or conference."""
    return JSONResponse(render_recording(board.account, _recording(board, request)))


@reads("Status", "PauseBehavior")
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """Pause, resume or stop one that goes on; a pause is silence in it, unless it is to be skipped."""
    recording, status = _recording(board, request), form.get("Status")
    if status not in {"paused", "in-progress", "stopped"}:
        raise Refusal(20001, f"Invalid Status {status or '(none)'}: expected paused, in-progress or stopped")
    if not recording.is_running:
        raise Refusal(21220, "The recording has ended")
    clock = _clock(board, recording)
    if status == "stopped":
        _stop(board, clock, recording)
        return JSONResponse(render_recording(board.account, recording) | {"status": "stopped"})
    if status == "in-progress":
        engine.resume(clock, recording)
    elif form.get("PauseBehavior") == "skip":
        engine.pause(clock, recording)
    else:
        recording.status = "paused"
    return JSONResponse(render_recording(board.account, recording))


def _clock(board: Switchboard, recording: Recording) -> Clock:
    leg = board.legs.get(recording.call_sid)
    conference = board.account.conferences.get(recording.conference_sid or "")
    if conference and conference.recorder:
        return conference.recorder.clock
    return leg.clock if leg else board.new_clock()


def _stop(board: Switchboard, clock: Clock, recording: Recording) -> None:
    leg = board.legs.get(recording.call_sid)
    if leg and not recording.conference_sid:
        engine.end_on(leg, recording)
    else:
        engine.end(board, clock, recording)


async def delete(board: Switchboard, request: Request, _: Form) -> Response:
    """Forget one that has ended, and its sound."""
    forget(board, _recording(board, request))
    return Response(status_code=204)
