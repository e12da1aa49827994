"""Verify: a code is texted or spoken to somebody, who tells it to the app, which has it checked: verify.twilio.com."""

import re
import secrets
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.account import Account
from local.twilio.engine import verification as telling
from local.twilio.engine.leg import Switchboard
from local.twilio.products import Verification, VerifyService
from local.twilio.render.spelling import iso8601, snake_case
from local.twilio.rest.protocol import Form, Refusal, absent, pages, reads
from local.twilio.sids import address, new_sid, utc_now

SETTINGS = ("FriendlyName", "CodeLength")
SHOWN = {  # what the others are, as Twilio sets them
    "LookupEnabled": False,
    "Psd2Enabled": False,
    "SkipSmsToLandlines": False,
    "DtmfInputRequired": True,
    "TtsName": None,
    "DoNotShareWarningEnabled": False,
    "CustomCodeEnabled": True,
}
CODE = re.compile(r"\d{4,10}", re.ASCII)
CODE_LENGTHS = range(4, 11)
LIFETIME = timedelta(minutes=10)
MOST_TELLINGS, MOST_CHECKS = 5, 5
CHANNELS = ("sms", "whatsapp", "call")
PATH = "/v2/Services"


def _render(account: Account, service: VerifyService) -> dict[str, Any]:
    """Return a service as REST shows it."""
    at = f"{account.base_url}{PATH}/{service.sid}"
    return {
        "sid": service.sid,
        "account_sid": account.sid,
        "friendly_name": service.settings["FriendlyName"],
        "code_length": _code_length(service),
        "date_created": iso8601(service.created),
        "date_updated": iso8601(service.updated),
        "url": at,
        "links": {"verifications": f"{at}/Verifications", "verification_checks": f"{at}/VerificationCheck"},
        **{snake_case(name): value for name, value in SHOWN.items()},
    }


def _code_length(service: VerifyService) -> int:
    return int(service.settings.get("CodeLength") or 6)


def _service(board: Switchboard, request: Request) -> VerifyService:
    service = board.account.verify_services.get(request.path_params["service"])
    if not service:
        raise absent(request)
    return service


async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List the services."""
    found = list(reversed(board.account.verify_services.values()))
    return pages(request, form, "services", found, lambda service: _render(board.account, service))


@reads(*SETTINGS)
async def create(board: Switchboard, _: Request, form: Form) -> Response:
    """Make a service; its name stands in what people are told."""
    if not form.get("FriendlyName"):
        raise Refusal(60200, "Missing required parameter FriendlyName")
    _check_length(form)
    service = VerifyService(form.named(SETTINGS))
    board.account.verify_services[service.sid] = service
    return JSONResponse(_render(board.account, service), 201)


def _check_length(form: Form) -> None:
    if form.get("CodeLength") and form.int("CodeLength", 0) not in CODE_LENGTHS:
        raise Refusal(60200, "CodeLength must be from 4 to 10")


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one service."""
    return JSONResponse(_render(board.account, _service(board, request)))


@reads(*SETTINGS)
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """Rename a service, or let its codes be longer."""
    service = _service(board, request)
    _check_length(form)
    service.settings |= {name: value for name, value in form.named(SETTINGS).items() if value}
    service.updated = utc_now()
    return JSONResponse(_render(board.account, service))


async def delete(board: Switchboard, request: Request, _: Form) -> Response:
    """Delete a service, and what is pending in it."""
    del board.account.verify_services[_service(board, request).sid]
    return Response(status_code=204)


@reads("To", "Channel", "CustomCode", "CustomFriendlyName")
async def start(board: Switchboard, request: Request, form: Form) -> Response:
    """Tell somebody a code; within ten minutes it stays the same however often it is told."""
    service, to = _service(board, request), address(form.get("To"))
    if not to or not to.startswith("+"):
        raise Refusal(60200, f"Invalid parameter `To`: {form.get('To')}")
    if form.get("Channel") not in CHANNELS:
        given = form.get("Channel") or "(none)"
        raise Refusal(60200, f"Invalid parameter `Channel`: {given}; here there are {', '.join(CHANNELS)}")
    pending = _pending(service, to)
    if pending and len(pending.attempts) >= MOST_TELLINGS:
        raise Refusal(60203, "Max send attempts reached", 429)
    made = pending or Verification(service.sid, to, "", form.get("CustomCode") or _code(service))
    made.channel, made.updated = form.get("Channel"), utc_now()
    made.attempts.append((made.updated, made.channel, new_sid("VL")))
    service.verifications[made.sid] = made
    telling.tell_code(board, made, form.get("CustomFriendlyName") or service.settings["FriendlyName"])
    return JSONResponse(_render_verification(board.account, made), 201)


def _code(service: VerifyService) -> str:
    length = _code_length(service)
    return f"{secrets.randbelow(10**length):0{length}}"


def _pending(service: VerifyService, to: str) -> Verification | None:
    """Return the verification of somebody that waits for its code."""
    found = (one for one in service.verifications.values() if one.to == to and _is_pending(one))
    return next(found, None)


def _is_pending(verification: Verification) -> bool:
    return verification.status == "pending" and utc_now() - verification.created < LIFETIME


def _render_verification(account: Account, one: Verification) -> dict[str, Any]:
    """Return a verification as REST shows it: without its code."""
    attempts = [{"time": iso8601(at), "channel": channel, "attempt_sid": sid} for at, channel, sid in one.attempts]
    return {
        "sid": one.sid,
        "service_sid": one.service_sid,
        "account_sid": account.sid,
        "to": one.to,
        "channel": one.channel,
        "status": one.status,
        "valid": one.status == "approved",
        "lookup": {},
        "amount": None,
        "payee": None,
        "sna": None,
        "send_code_attempts": attempts,
        "date_created": iso8601(one.created),
        "date_updated": iso8601(one.updated),
        "url": f"{account.base_url}{PATH}/{one.service_sid}/Verifications/{one.sid}",
    }


def _verification(service: VerifyService, request: Request, which: str) -> Verification:
    """Return the pending verification of a SID or of somebody; refuse when there is none."""
    by_sid = service.verifications.get(which)
    found = by_sid if by_sid and _is_pending(by_sid) else _pending(service, address(which) or "")
    if not found:
        raise absent(request)
    return found


async def fetch_verification(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one that waits for its code, by its SID or by whose it is."""
    found = _verification(_service(board, request), request, request.path_params["sid"])
    return JSONResponse(_render_verification(board.account, found))


@reads("Status")
async def change_verification(board: Switchboard, request: Request, form: Form) -> Response:
    """Approve or cancel one by hand."""
    found = _verification(_service(board, request), request, request.path_params["sid"])
    if not form.get("Status"):
        raise Refusal(60200, "Missing required parameter Status")
    found.status, found.updated = form.get("Status"), utc_now()
    return JSONResponse(_render_verification(board.account, found))


@reads("Code", "To", "VerificationSid")
async def check(board: Switchboard, request: Request, form: Form) -> Response:
    """Compare a code with the one that was told; after it was right, or five times wrong, there is nothing to check."""
    if not CODE.fullmatch(form.get("Code")):
        raise Refusal(60200, "Invalid parameter: Code; it has 4 to 10 digits")
    which = form.get("VerificationSid") or form.get("To")
    found = _verification(_service(board, request), request, which)
    if found.checks >= MOST_CHECKS:
        raise Refusal(60202, "Max check attempts reached", 429)
    found.checks, found.updated = found.checks + 1, utc_now()
    if secrets.compare_digest(found.code.encode(), form.get("Code").encode()):
        found.status = "approved"
    hidden = {"lookup", "send_code_attempts", "sna", "url"}
    shown = _render_verification(board.account, found) | {"sna_attempts_error_codes": []}
    return JSONResponse({name: value for name, value in shown.items() if name not in hidden}, 201)
