"""Conferences and their participants: look, mute, hold, remove, end."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine import conference as engine
from local.twilio.engine.conference import Conference, Participant
from local.twilio.exchange import API_VERSION, Exchange
from local.twilio.rest.answers import Form, absent, page, uri
from local.twilio.sids import rfc2822


def render(exchange: Exchange, conference: Conference) -> dict[str, Any]:
    """Return a conference as REST shows it."""
    path = uri(exchange, f"Conferences/{conference.sid}")
    return {
        "sid": conference.sid,
        "account_sid": exchange.account_sid,
        "friendly_name": conference.friendly_name,
        "status": conference.status,
        "region": "us1",
        "api_version": API_VERSION,
        "date_created": rfc2822(conference.created),
        "date_updated": rfc2822(conference.updated),
        "reason_conference_ended": conference.reason_ended,
        "call_sid_ending_conference": conference.call_sid_ending,
        "uri": f"{path}.json",
        "subresource_uris": {"participants": f"{path}/Participants.json", "recordings": f"{path}/Recordings.json"},
    }


def _render_participant(exchange: Exchange, conference: Conference, one: Participant) -> dict[str, Any]:
    return {
        "account_sid": exchange.account_sid,
        "call_sid": one.leg.call.sid,
        "label": None,
        "call_sid_to_coach": None,
        "coaching": False,
        "conference_sid": conference.sid,
        "date_created": rfc2822(one.joined),
        "date_updated": rfc2822(one.joined),
        "start_conference_on_enter": one.starts,
        "end_conference_on_exit": one.ends,
        "muted": one.muted,
        "hold": one.hold,
        "status": "connected",
        "queue_time": None,
        "uri": uri(exchange, f"Conferences/{conference.sid}/Participants/{one.leg.call.sid}.json"),
    }


def _conference(exchange: Exchange, request: Request) -> Conference:
    conference = exchange.conferences.get(request.path_params["conference"])
    if not conference:
        raise absent(request)
    return conference


def _participant(conference: Conference, request: Request) -> Participant:
    one = conference.participants.get(request.path_params["sid"])
    if not one:
        raise absent(request)
    return one


async def list_(exchange: Exchange, request: Request, form: Form) -> Response:
    """List the conferences, newest first."""
    found = [
        conference
        for conference in reversed(exchange.conferences.values())
        if form.get("FriendlyName") in {"", conference.friendly_name} and form.get("Status") in {"", conference.status}
    ]
    return page(request, form, "conferences", found, lambda conference: render(exchange, conference))


async def fetch(exchange: Exchange, request: Request, _: Form) -> Response:
    """Show one conference."""
    return JSONResponse(render(exchange, _conference(exchange, request)))


async def change(exchange: Exchange, request: Request, form: Form) -> Response:
    """End a conference with `Status=completed`."""
    conference = _conference(exchange, request)
    if form.get("Status") == "completed":
        engine.end(conference, "conference-ended-via-api", None)
    return JSONResponse(render(exchange, conference))


async def list_participants(exchange: Exchange, request: Request, form: Form) -> Response:
    """List who is in a conference."""
    conference = _conference(exchange, request)
    found = list(reversed(conference.participants.values()))
    return page(request, form, "participants", found, lambda one: _render_participant(exchange, conference, one))


async def fetch_participant(exchange: Exchange, request: Request, _: Form) -> Response:
    """Show one participant."""
    conference = _conference(exchange, request)
    return JSONResponse(_render_participant(exchange, conference, _participant(conference, request)))


async def change_participant(exchange: Exchange, request: Request, form: Form) -> Response:
    """Mute, unmute, hold or take back one participant."""
    conference = _conference(exchange, request)
    one = _participant(conference, request)
    for name in ("muted", "hold"):
        if wanted := form.get(name.capitalize()):
            is_so = wanted.lower() == "true"
            if is_so != getattr(one, name):
                setattr(one, name, is_so)
                word = "mute" if name == "muted" else "hold"
                one.leg.note("muted" if name == "muted" else "held", wanted.lower())
                engine.tell(conference, f"participant-{'' if is_so else 'un'}{word}", one)
    return JSONResponse(_render_participant(exchange, conference, one))


async def remove_participant(exchange: Exchange, request: Request, _: Form) -> Response:
    """Remove one participant; its call goes on with what follows the Dial."""
    one = _participant(_conference(exchange, request), request)
    if one.leg.waits_in_line:
        one.leg.interrupt(engine.Started())
    one.leg.post(engine.Ended())
    return Response(status_code=204)
