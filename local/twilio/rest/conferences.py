"""Conferences: look, speak to all, end."""

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine import conference as engine
from local.twilio.engine.leg import Switchboard
from local.twilio.records import Conference
from local.twilio.render.conferences import render_conference
from local.twilio.rest.protocol import Form, absent, is_same, is_within, page, reads
from local.twilio.source import Source


def conference_of(board: Switchboard, request: Request) -> Conference:
    """Return the conference whose SID the path has. Raises Refusal."""
    conference = board.account.conferences.get(request.path_params["conference"])
    if not conference:
        raise absent(request)
    return conference


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
    return JSONResponse(render_conference(board.account, conference_of(board, request)))


@reads("Status", "AnnounceUrl", "AnnounceMethod")
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """End a conference with `Status=completed`, or let all in it hear a document."""
    conference = conference_of(board, request)
    if url := form.get("AnnounceUrl"):
        announcement = Source("announce", url, form.get("AnnounceMethod") or "POST")
        for participant in list(conference.participants.values()):
            engine.announce(board, participant, announcement)
    if form.get("Status") == "completed":
        engine.end(board, conference, "conference-ended-via-api")
    return JSONResponse(render_conference(board.account, conference))
