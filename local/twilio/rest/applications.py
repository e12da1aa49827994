"""TwiML applications: names for where the calls of the Voice SDK go."""

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine.leg import Switchboard
from local.twilio.records import Application
from local.twilio.render.numbers import APPLICATION, render_application
from local.twilio.rest.protocol import Form, absent, is_same, page, reads


def _application(board: Switchboard, request: Request) -> Application:
    application = board.account.applications.get(request.path_params["sid"])
    if not application:
        raise absent(request)
    return application


@reads("FriendlyName")
async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List the TwiML applications."""
    found = [
        application
        for application in reversed(board.account.applications.values())
        if is_same(form, "FriendlyName", application.settings.get("FriendlyName", ""))
    ]
    return page(request, form, "applications", found, partial(render_application, board.account))


@reads(*APPLICATION)
async def create(board: Switchboard, _: Request, form: Form) -> Response:
    """Make one."""
    application = Application(settings=form.named(APPLICATION))
    board.account.applications[application.sid] = application
    return JSONResponse(render_application(board.account, application), 201)


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one."""
    return JSONResponse(render_application(board.account, _application(board, request)))


@reads(*APPLICATION)
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """Set where its webhooks go."""
    application = _application(board, request)
    application.settings |= form.named(APPLICATION)
    return JSONResponse(render_application(board.account, application))


async def delete(board: Switchboard, request: Request, _: Form) -> Response:
    """Delete one; a number that names it goes by its own URLs again."""
    del board.account.applications[_application(board, request).sid]
    return Response(status_code=204)
