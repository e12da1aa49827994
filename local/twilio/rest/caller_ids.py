"""Verified numbers. A new one is verified by a call that asks for the six digits which the API's answer shows."""

import secrets
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine import verification
from local.twilio.engine.leg import Switchboard
from local.twilio.records import CallerId
from local.twilio.render.numbers import render_caller_id
from local.twilio.rest.protocol import Form, Refusal, absent, is_same, page, reachable, reads


@reads("PhoneNumber", "FriendlyName")
async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List the verified numbers."""
    found = [
        caller_id
        for caller_id in reversed(board.account.caller_ids.values())
        if is_same(form, "PhoneNumber", caller_id.phone_number)
        and is_same(form, "FriendlyName", caller_id.friendly_name)
    ]
    return page(request, form, "outgoing_caller_ids", found, partial(render_caller_id, board.account))


@reads("PhoneNumber", "FriendlyName", "Extension", "StatusCallback", "StatusCallbackMethod")
async def create(board: Switchboard, _: Request, form: Form) -> Response:
    """Ring the number and ask for the code that the answer shows."""
    number = reachable(form.get("PhoneNumber"))
    if any(caller_id.phone_number == number for caller_id in board.account.caller_ids.values()):
        raise Refusal(21450)
    code = f"{secrets.randbelow(10**6):06}"
    name = form.get("FriendlyName") or number
    callback = (form.get("StatusCallback"), form.get("StatusCallbackMethod") or "POST")
    leg = verification.place_call(board, CallerId(number, name), code, callback, form.get("Extension"))
    return JSONResponse(
        {
            "account_sid": board.account.sid,
            "phone_number": number,
            "friendly_name": name,
            "validation_code": code,
            "call_sid": leg.call.sid,
        }
    )


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one."""
    return JSONResponse(render_caller_id(board.account, _caller_id(board, request)))


@reads("FriendlyName")
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """Rename one."""
    caller_id = _caller_id(board, request)
    caller_id.friendly_name = form.get("FriendlyName") or caller_id.friendly_name
    return JSONResponse(render_caller_id(board.account, caller_id))


async def delete(board: Switchboard, request: Request, _: Form) -> Response:
    """Forget that a number was verified."""
    del board.account.caller_ids[_caller_id(board, request).sid]
    return Response(status_code=204)


def _caller_id(board: Switchboard, request: Request) -> CallerId:
    caller_id = board.account.caller_ids.get(request.path_params["sid"])
    if not caller_id:
        raise absent(request)
    return caller_id
