"""The account."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine.leg import Switchboard
from local.twilio.render.numbers import render_account
from local.twilio.rest.protocol import Form


async def fetch(board: Switchboard, _: Request, __: Form) -> Response:
    """Show the account."""
    return JSONResponse(render_account(board.account))
