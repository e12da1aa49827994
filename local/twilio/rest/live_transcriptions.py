"""Transcriptions of a live call: begun beside what happens on it, and stopped."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine.leg import Switchboard
from local.twilio.engine.transcribing import Transcribing, begin_on, end
from local.twilio.rest.live_recordings import leg_of
from local.twilio.rest.protocol import Form, Refusal, absent, reads
from local.twilio.sids import rfc2822


@reads("Name", "Track", "StatusCallbackUrl", "StatusCallbackMethod", "LanguageCode", "InboundTrackLabel",
       "OutboundTrackLabel")  # fmt: skip
async def create(board: Switchboard, request: Request, form: Form) -> Response:
    """Write down what is said from now on, and tell it."""
    wanted = Transcribing(
        leg=leg_of(board, request),
        name=form.get("Name"),
        url=form.get("StatusCallbackUrl"),
        method=form.get("StatusCallbackMethod") or "POST",
        track=form.get("Track") or "both_tracks",
        language=form.get("LanguageCode") or "en-US",
        labels={"inbound_track": form.get("InboundTrackLabel"), "outbound_track": form.get("OutboundTrackLabel")},
    )
    begin_on(wanted)
    return JSONResponse(_render(wanted, "in-progress"), 201)


@reads("Status")
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """Stop one, named by its SID or its name."""
    leg = leg_of(board, request)
    if form.get("Status") != "stopped":
        raise Refusal(20001, f"Invalid Status {form.get('Status') or '(none)'}: expected stopped")
    ended = end(leg, request.path_params["sid"])
    if not ended:
        raise absent(request)
    return JSONResponse(_render(ended, "stopped"))


def _render(transcription: Transcribing, status: str) -> dict[str, Any]:
    leg = transcription.leg
    return {
        "sid": transcription.sid,
        "account_sid": leg.account.sid,
        "call_sid": leg.call.sid,
        "name": transcription.name or None,
        "status": status,
        "date_updated": rfc2822(leg.clock.now()),
        "uri": leg.account.uri(f"Calls/{leg.call.sid}/Transcriptions/{transcription.sid}.json"),
    }
