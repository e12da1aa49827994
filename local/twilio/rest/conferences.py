"""Conferences and their participants: look, mute, hold, remove, end."""

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine import conference as engine
from local.twilio.engine.leg import Switchboard
from local.twilio.records import Conference, Participant
from local.twilio.render.conferences import render_conference, render_participant
from local.twilio.rest.protocol import Form, absent, is_same, is_within, page, reads


def _conference(board: Switchboard, request: Request) -> Conference:
    conference = board.account.conferences.get(request.path_params["conference"])
    if not conference:
        raise absent(request)
    return conference


def _participant(conference: Conference, request: Request) -> Participant:
    participant = conference.participants.get(request.path_params["sid"])
    if not participant:
        raise absent(request)
    return participant


@reads("Status", "FriendlyName", "DateCreated", "DateUpdated")
async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List the conferences, newest first."""
    found = [
        conference
        for conference in reversed(board.account.conferences.values())
        if is_same(form, "FriendlyName", conference.friendly_name)
        and is_same(form, "Status", conference.status)
        and is_within(form, "DateCreated", conference.created)
        and is_within(form, "DateUpdated", conference.updated)
    ]
    return page(request, form, "conferences", found, partial(render_conference, board.account))


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one conference."""
    return JSONResponse(render_conference(board.account, _conference(board, request)))


@reads("Status")
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """End a conference with `Status=completed`."""
    conference = _conference(board, request)
    if form.get("Status") == "completed":
        engine.end(board, conference, "conference-ended-via-api")
    return JSONResponse(render_conference(board.account, conference))


@reads("Muted", "Hold")
async def list_participants(board: Switchboard, request: Request, form: Form) -> Response:
    """List who is in a conference."""
    conference = _conference(board, request)
    found = [
        participant
        for participant in reversed(conference.participants.values())
        if is_same(form, "Muted", str(participant.muted).lower())
        and is_same(form, "Hold", str(participant.hold).lower())
    ]
    return page(
        request,
        form,
        "participants",
        found,
        partial(render_participant, board.account, conference),
    )


async def fetch_participant(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one participant."""
    conference = _conference(board, request)
    return JSONResponse(render_participant(board.account, conference, _participant(conference, request)))


@reads("Muted", "Hold")
async def change_participant(board: Switchboard, request: Request, form: Form) -> Response:
    """Mute, unmute, hold or take back one participant."""
    conference = _conference(board, request)
    participant = _participant(conference, request)
    for name in ("muted", "hold"):
        if value := form.get(name.capitalize()):
            is_so = value.lower() == "true"
            if is_so != getattr(participant, name):
                setattr(participant, name, is_so)
                word = "mute" if name == "muted" else "hold"
                board.legs[participant.call.sid].note("muted" if name == "muted" else "held", value.lower())
                engine.tell(board, conference, f"participant-{'' if is_so else 'un'}{word}", participant)
    return JSONResponse(render_participant(board.account, conference, participant))


async def remove_participant(board: Switchboard, request: Request, _: Form) -> Response:
    """Remove one participant; its call goes on with what follows the Dial."""
    participant = _participant(_conference(board, request), request)
    engine.remove(board, participant)
    return Response(status_code=204)
