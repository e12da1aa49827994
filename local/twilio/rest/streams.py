"""Streams of a live call: begun beside what happens on it, and stopped.

Source: Twilio's page on the Streams subresource. It makes unidirectional streams, and stops those of a document, too.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine.leg import Leg, Switchboard
from local.twilio.engine.stream import MediaStream
from local.twilio.engine.stream_terms import TRACKS, Terms
from local.twilio.engine.streaming import begin_on
from local.twilio.rest.protocol import Form, Refusal, absent, reads
from local.twilio.sids import new_sid, rfc2822

PARAMETERS = [f"Parameter{number}" for number in range(1, 100)]


@reads("Url", "Name", "Track", "StatusCallback", "StatusCallbackMethod",
       *(f"{one}.{part}" for one in PARAMETERS for part in ("Name", "Value")))  # fmt: skip
async def create(board: Switchboard, request: Request, form: Form) -> Response:
    """Stream a call from now on."""
    leg, sid = _leg(board, request), new_sid("MZ")
    if not form.get("Url"):
        raise Refusal(21205, "Url parameter is required")
    wanted = Terms(
        sid=sid,
        name=form.get("Name") or sid,
        url=form.get("Url"),
        tracks=TRACKS[form.get("Track") or "inbound_track"],
        callback_url=form.get("StatusCallback"),
        callback_method=form.get("StatusCallbackMethod") or "POST",
        parameters={name: form.get(f"{one}.Value") for one in PARAMETERS if (name := form.get(f"{one}.Name"))},
    )
    if wanted.name in leg.asides:
        raise Refusal(20001, f"Invalid parameter Name: a stream {wanted.name} is under way already")
    return JSONResponse(_render(begin_on(leg, wanted), "in-progress"), 201)


@reads("Status")
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """Stop a stream, named by its SID or its name."""
    leg, named = _leg(board, request), request.path_params["sid"]
    if form.get("Status") != "stopped":
        raise Refusal(20001, f"Invalid Status {form.get('Status') or '(none)'}: expected stopped")
    streams = [one for one in leg.asides.values() if isinstance(one, MediaStream)]
    stream = next((one for one in streams if named in {one.terms.sid, one.terms.name}), None)
    if not stream:
        raise absent(request)
    del leg.asides[stream.terms.name]
    stream.stop()
    return JSONResponse(_render(stream, "stopped"))


def _leg(board: Switchboard, request: Request) -> Leg:
    sid = request.path_params["call"]
    if sid not in board.account.calls:
        raise absent(request)
    leg = board.legs.get(sid)
    if not leg or not leg.call.answered:
        raise Refusal(21220)
    return leg


def _render(stream: MediaStream, status: str) -> dict[str, Any]:
    leg, terms = stream.leg, stream.terms
    return {
        "sid": terms.sid,
        "account_sid": leg.account.sid,
        "call_sid": leg.call.sid,
        "name": None if terms.name == terms.sid else terms.name,
        "status": status,
        "date_updated": rfc2822(leg.clock.now()),
        "uri": leg.account.uri(f"Calls/{leg.call.sid}/Streams/{terms.sid}.json"),
    }
