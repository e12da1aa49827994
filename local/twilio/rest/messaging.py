"""Messaging services and their senders: messaging.twilio.com."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.account import Account
from local.twilio.engine.leg import Switchboard
from local.twilio.numbering import country_of
from local.twilio.products import MessagingService
from local.twilio.records import Number
from local.twilio.render.spelling import iso8601, snake_case
from local.twilio.rest.protocol import Form, Refusal, absent, pages, reads
from local.twilio.sids import utc_now

SETTINGS = ("FriendlyName", "InboundRequestUrl", "InboundMethod", "FallbackUrl", "FallbackMethod", "StatusCallback",
            "StickySender", "UseInboundWebhookOnNumber", "AreaCodeGeomatch")  # fmt: skip
SHOWN = {  # what the others are, as Twilio sets them
    "SmartEncoding": True,
    "ScanMessageContent": "inherit",
    "FallbackToLongCode": True,
    "MmsConverter": True,
    "ValidityPeriod": 36000,
    "SynchronousValidation": False,
    "Usecase": "undeclared",
    "UsAppToPersonRegistered": False,
}
DEFAULTS = {"InboundMethod": "POST", "FallbackMethod": "POST", "StickySender": "true", "AreaCodeGeomatch": "true",
            "UseInboundWebhookOnNumber": "false"}  # fmt: skip
PATH = "/v1/Services"


def _render(account: Account, service: MessagingService) -> dict[str, Any]:
    """Return a service as REST shows it."""
    at = f"{account.base_url}{PATH}/{service.sid}"
    given = {name: service.settings.get(name) or DEFAULTS.get(name) for name in SETTINGS}
    shown = {name: {"true": True, "false": False}.get(str(value).lower(), value) for name, value in given.items()}
    return {
        "sid": service.sid,
        "account_sid": account.sid,
        "date_created": iso8601(service.created),
        "date_updated": iso8601(service.updated),
        "url": at,
        "links": {"phone_numbers": f"{at}/PhoneNumbers"},
        **{snake_case(name): value for name, value in (SHOWN | shown).items()},
    }


def _service(board: Switchboard, request: Request) -> MessagingService:
    service = board.account.messaging_services.get(request.path_params["service"])
    if not service:
        raise absent(request)
    return service


async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List the services."""
    found = list(reversed(board.account.messaging_services.values()))
    return pages(request, form, "services", found, lambda service: _render(board.account, service))


@reads(*SETTINGS)
async def create(board: Switchboard, _: Request, form: Form) -> Response:
    """Make a service; its senders are added afterwards."""
    if not form.get("FriendlyName"):
        raise Refusal(20001, "Missing required parameter FriendlyName in the post body")
    service = MessagingService(form.named(SETTINGS))
    board.account.messaging_services[service.sid] = service
    return JSONResponse(_render(board.account, service), 201)


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one service."""
    return JSONResponse(_render(board.account, _service(board, request)))


@reads(*SETTINGS)
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """Set how a service sends, and where what comes in goes."""
    service = _service(board, request)
    service.settings |= form.named(SETTINGS)
    service.updated = utc_now()
    return JSONResponse(_render(board.account, service))


async def delete(board: Switchboard, request: Request, _: Form) -> Response:
    """Delete a service; its numbers stay."""
    del board.account.messaging_services[_service(board, request).sid]
    return Response(status_code=204)


def _render_sender(account: Account, service: MessagingService, number: Number) -> dict[str, Any]:
    """Return a number of a service as REST shows it."""
    when = iso8601(service.senders[number.sid])
    return {
        "sid": number.sid,
        "account_sid": account.sid,
        "service_sid": service.sid,
        "date_created": when,
        "date_updated": when,
        "phone_number": number.phone_number,
        "country_code": country_of(number.phone_number),
        "capabilities": ["Voice", "SMS", "MMS"],
        "url": f"{account.base_url}{PATH}/{service.sid}/PhoneNumbers/{number.sid}",
    }


async def list_senders(board: Switchboard, request: Request, form: Form) -> Response:
    """List the numbers that send for a service."""
    account, service = board.account, _service(board, request)
    found = [number for number in account.numbers.values() if number.sid in service.senders]
    return pages(request, form, "phone_numbers", found, lambda number: _render_sender(account, service, number))


@reads("PhoneNumberSid")
async def add_sender(board: Switchboard, request: Request, form: Form) -> Response:
    """Let a number send for a service; it sends for one only."""
    account, service = board.account, _service(board, request)
    number = account.number_of(form.get("PhoneNumberSid"))
    if not number:
        raise Refusal(20404, f"The number {form.get('PhoneNumberSid')} was not found")
    if other := account.service_of(number):
        raise Refusal(21710 if other is service else 21712)
    service.senders[number.sid] = utc_now()
    return JSONResponse(_render_sender(account, service, number), 201)


def _sender(board: Switchboard, request: Request) -> Number:
    number = board.account.number_of(request.path_params["sid"])
    if not number or number.sid not in _service(board, request).senders:
        raise absent(request)
    return number


async def fetch_sender(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one number of a service."""
    service, number = _service(board, request), _sender(board, request)
    return JSONResponse(_render_sender(board.account, service, number))


async def remove_sender(board: Switchboard, request: Request, _: Form) -> Response:
    """Take a number from a service; it stays the account's."""
    _service(board, request).senders.pop(_sender(board, request).sid)
    return Response(status_code=204)
