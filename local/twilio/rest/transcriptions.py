"""Transcriptions of recordings: list, look, delete."""

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine.leg import Switchboard
from local.twilio.records import Transcription
from local.twilio.render.transcriptions import render_transcription
from local.twilio.rest.protocol import Form, absent, page


async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List the transcriptions, of one recording or of all, newest first."""
    of = request.path_params.get("recording", "")
    found = [one for one in reversed(board.account.transcriptions.values()) if of in {"", one.recording.sid}]
    return page(request, form, "transcriptions", found, partial(render_transcription, board.account))


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one transcription."""
    return JSONResponse(render_transcription(board.account, _transcription(board, request)))


async def delete(board: Switchboard, request: Request, _: Form) -> Response:
    """Forget a transcription; its recording stays."""
    del board.account.transcriptions[_transcription(board, request).sid]
    return Response(status_code=204)


def _transcription(board: Switchboard, request: Request) -> Transcription:
    found = board.account.transcriptions.get(request.path_params["sid"])
    if not found or request.path_params.get("recording", found.recording.sid) != found.recording.sid:
        raise absent(request)
    return found
