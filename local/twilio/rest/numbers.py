"""The account's numbers and TwiML applications: where their webhooks go."""

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine.leg import Switchboard
from local.twilio.records import Application, Number
from local.twilio.render.numbers import APPLICATION, METHODS, URLS, render_application, render_number
from local.twilio.rest.protocol import Form, absent, page
from local.twilio.sids import utc_now

OTHERS = ("FriendlyName", "VoiceApplicationSid", "SmsApplicationSid", "TrunkSid", "VoiceReceiveMode")


async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List the account's numbers."""
    part = form.get("PhoneNumber")
    found = [number for number in board.account.numbers.values() if part in number.phone_number]
    return page(request, form, "incoming_phone_numbers", found, partial(render_number, board.account))


def _number(board: Switchboard, request: Request) -> Number:
    sid = request.path_params["sid"]
    number = next((number for number in board.account.numbers.values() if number.sid == sid), None)
    if not number:
        raise absent(request)
    return number


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one number."""
    return JSONResponse(render_number(board.account, _number(board, request)))


async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """Set where a number's webhooks go."""
    number = _number(board, request)
    number.settings |= form.named((*METHODS, *URLS, *OTHERS))
    number.updated = utc_now()
    return JSONResponse(render_number(board.account, number))


async def create_application(board: Switchboard, _: Request, form: Form) -> Response:
    """Make a TwiML application: a name for where calls of the Voice SDK go."""
    application = Application(settings=form.named(APPLICATION))
    board.account.applications[application.sid] = application
    return JSONResponse(render_application(board.account, application), 201)


async def list_applications(board: Switchboard, request: Request, form: Form) -> Response:
    """List the TwiML applications."""
    found = list(reversed(board.account.applications.values()))
    return page(request, form, "applications", found, partial(render_application, board.account))


async def fetch_application(board: Switchboard, request: Request, form: Form) -> Response:
    """Show one application, changed by what a POST carries."""
    application = board.account.applications.get(request.path_params["sid"])
    if not application:
        raise absent(request)
    if request.method == "POST":
        application.settings |= form.named(APPLICATION)
    return JSONResponse(render_application(board.account, application))
