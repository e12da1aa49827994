"""Verified numbers. A new one is verified by a call that asks for the six digits which the API's answer shows."""

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine import verification
from local.twilio.exchange import Exchange
from local.twilio.records import CallerId
from local.twilio.rest.answers import Form, Refusal, absent, page, reachable, uri
from local.twilio.sids import rfc2822


def render(exchange: Exchange, caller_id: CallerId) -> dict[str, Any]:
    """Return a verified number as REST shows it."""
    return {
        "sid": caller_id.sid,
        "account_sid": exchange.account_sid,
        "phone_number": caller_id.phone_number,
        "friendly_name": caller_id.friendly_name,
        "date_created": rfc2822(caller_id.created),
        "date_updated": rfc2822(caller_id.created),
        "uri": uri(exchange, f"OutgoingCallerIds/{caller_id.sid}.json"),
    }


async def list_(exchange: Exchange, request: Request, form: Form) -> Response:
    """List the verified numbers."""
    shown = ("PhoneNumber", "FriendlyName")
    found = [
        caller_id
        for caller_id in reversed(exchange.caller_ids.values())
        if all(
            form.get(n) in {"", v}
            for n, v in zip(shown, (caller_id.phone_number, caller_id.friendly_name), strict=True)
        )
    ]
    return page(request, form, "outgoing_caller_ids", found, lambda caller_id: render(exchange, caller_id))


async def create(exchange: Exchange, _: Request, form: Form) -> Response:
    """Ring the number and ask for the code that the answer shows."""
    number = reachable(form.get("PhoneNumber"))
    if any(caller_id.phone_number == number for caller_id in exchange.caller_ids.values()):
        raise Refusal(21450)
    code = f"{secrets.randbelow(10**6):06}"
    name = form.get("FriendlyName") or number
    told = (form.get("StatusCallback"), form.get("StatusCallbackMethod") or "POST")
    leg = verification.start(exchange, number, name, code, told)
    return JSONResponse(
        {
            "account_sid": exchange.account_sid,
            "phone_number": number,
            "friendly_name": name,
            "validation_code": code,
            "call_sid": leg.call.sid,
        }
    )


async def fetch(exchange: Exchange, request: Request, form: Form) -> Response:
    """Show one, renamed by what a POST carries."""
    caller_id = _caller_id(exchange, request)
    caller_id.friendly_name = form.get("FriendlyName") or caller_id.friendly_name
    return JSONResponse(render(exchange, caller_id))


async def delete(exchange: Exchange, request: Request, _: Form) -> Response:
    """Forget that a number was verified."""
    del exchange.caller_ids[_caller_id(exchange, request).sid]
    return Response(status_code=204)


def _caller_id(exchange: Exchange, request: Request) -> CallerId:
    caller_id = exchange.caller_ids.get(request.path_params["sid"])
    if not caller_id:
        raise absent(request)
    return caller_id
