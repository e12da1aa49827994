"""The account's numbers: where their webhooks go, and how one is bought and released."""

import re
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio import numbering
from local.twilio.engine.leg import Switchboard
from local.twilio.records import Number
from local.twilio.render.numbers import METHODS, URLS, name_of, render_number
from local.twilio.rest.protocol import Form, Refusal, Resource, absent, is_same, page, reads
from local.twilio.sids import number as as_number
from local.twilio.sids import utc_now

SETTINGS = (*METHODS, *URLS, "FriendlyName", "VoiceApplicationSid", "SmsApplicationSid")
KINDS = {"Local": "local", "Mobile": "mobile", "TollFree": "toll free"}  # of numbers, as addresses name them


def of_kind(kind: str = "") -> Resource:
    """Return what lists the account's numbers of a kind, such as TollFree; "" is all of them."""

    @reads("PhoneNumber", "FriendlyName", "Beta", "Origin")
    async def list_(board: Switchboard, request: Request, form: Form) -> Response:
        """List the account's numbers."""
        found = [number for number in board.account.numbers.values() if _matches(number, form)]
        found = [number for number in found if not kind or numbering.kind_of(number.phone_number) == KINDS[kind]]
        return page(request, form, "incoming_phone_numbers", found, partial(render_number, board.account))

    return list_


def _matches(number: Number, form: Form) -> bool:
    """Tell whether a number passes the filters; of its digits a part will do, and `*` is any one of them."""
    part = re.escape(re.sub(r"[^\d+*]", "", form.get("PhoneNumber"))).replace(r"\*", r"\d")
    return (
        bool(re.search(part, number.phone_number))
        and is_same(form, "FriendlyName", name_of(number))
        and is_same(form, "Beta", "false")
        and is_same(form, "Origin", "twilio")
    )


def _number(board: Switchboard, request: Request) -> Number:
    number = board.account.number_of(request.path_params["sid"])
    if not number:
        raise absent(request)
    return number


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one number."""
    return JSONResponse(render_number(board.account, _number(board, request)))


@reads(*SETTINGS)
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """Set where a number's webhooks go."""
    number = _number(board, request)
    number.settings |= _settings(board, form)
    number.updated = utc_now()
    return JSONResponse(render_number(board.account, number))


def _settings(board: Switchboard, form: Form) -> dict[str, str]:
    for name in ("VoiceApplicationSid", "SmsApplicationSid"):
        if form.get(name) and form.get(name) not in board.account.applications:
            raise Refusal(21420, f"{name} {form.get(name)} is not an application of this account")
    return form.named(SETTINGS)


@reads(*SETTINGS, "PhoneNumber", "AreaCode")
async def buy(board: Switchboard, _: Request, form: Form) -> Response:
    """Buy a number: the one that is named, or any of an area code."""
    if not form.get("PhoneNumber") and not form.get("AreaCode"):
        raise Refusal(21421, "PhoneNumber or AreaCode is required")
    bought = _named(form.get("PhoneNumber")) if form.get("PhoneNumber") else _of_area(board, form.get("AreaCode"))
    if bought in board.account.numbers:
        raise Refusal(21422, f"{bought} is not available: it is yours already")
    number = Number(bought, settings=_settings(board, form))
    board.account.numbers[bought] = number
    return JSONResponse(render_number(board.account, number), 201)


def _named(given: str) -> str:
    found = as_number(given)
    if not found or not numbering.is_valid(found):
        raise Refusal(21421, f"PhoneNumber {given} is not a valid number")
    return found


def _of_area(board: Switchboard, area: str) -> str:
    if not re.fullmatch(r"[2-9]\d\d", area):
        raise Refusal(21451, f"Invalid area code {area}: expected three digits, the first from 2 to 9")
    found = (number for number in numbering.on_sale("US", "Local", area) if number not in board.account.numbers)
    if not (number := next(found, "")):
        raise Refusal(21452, f"No phone numbers found in area code {area}")
    return number


async def release(board: Switchboard, request: Request, _: Form) -> Response:
    """Give a number back: nobody reaches the line under it any more, and no service sends from it."""
    number = _number(board, request)
    if service := board.account.service_of(number):
        service.senders.pop(number.sid)
    del board.account.numbers[number.phone_number]
    return Response(status_code=204)
