"""The account's numbers and TwiML applications: where their webhooks go."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.exchange import API_VERSION, Exchange
from local.twilio.records import Application, Number
from local.twilio.rest.answers import Form, absent, page, uri
from local.twilio.rest.calls import formatted
from local.twilio.sids import rfc2822, utc_now

METHODS = ("VoiceMethod", "VoiceFallbackMethod", "SmsMethod", "SmsFallbackMethod", "StatusCallbackMethod")
URLS = ("VoiceUrl", "VoiceFallbackUrl", "SmsUrl", "SmsFallbackUrl", "StatusCallback")
OTHERS = ("FriendlyName", "VoiceApplicationSid", "SmsApplicationSid", "TrunkSid", "VoiceReceiveMode")
APPLICATION = (*METHODS, *URLS, "FriendlyName", "MessageStatusCallback", "SmsStatusCallback")


def _snake(settings: dict[str, str], names: tuple[str, ...], default: str | None) -> dict[str, Any]:
    return {
        "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]: settings.get(
            name, default
        )
        for name in names
    }


def render(exchange: Exchange, number: Number) -> dict[str, Any]:
    """Return a number as REST shows it."""
    settings = number.settings
    return {
        "sid": number.sid,
        "account_sid": exchange.account_sid,
        "phone_number": number.phone_number,
        "friendly_name": settings.get("FriendlyName") or formatted(number.phone_number),
        "date_created": rfc2822(number.created),
        "date_updated": rfc2822(number.updated),
        "api_version": API_VERSION,
        "beta": False,
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        "origin": "twilio",
        "status": "in-use",
        "address_requirements": "none",
        "address_sid": None,
        "bundle_sid": None,
        "identity_sid": None,
        "emergency_status": "Inactive",
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "type": "local",
        "trunk_sid": settings.get("TrunkSid") or None,
        "voice_receive_mode": settings.get("VoiceReceiveMode") or "voice",
        "voice_application_sid": settings.get("VoiceApplicationSid", ""),
        "sms_application_sid": settings.get("SmsApplicationSid", ""),
        "voice_caller_id_lookup": False,
        "uri": uri(exchange, f"IncomingPhoneNumbers/{number.sid}.json"),
        **_snake(settings, METHODS, "POST"),
        **_snake(settings, URLS, ""),
    }


async def list_(exchange: Exchange, request: Request, form: Form) -> Response:
    """List the account's numbers."""
    wanted = form.get("PhoneNumber")
    found = [number for number in exchange.numbers.values() if wanted in number.phone_number]
    return page(request, form, "incoming_phone_numbers", found, lambda number: render(exchange, number))


def _number(exchange: Exchange, request: Request) -> Number:
    sid = request.path_params["sid"]
    number = next((number for number in exchange.numbers.values() if number.sid == sid), None)
    if not number:
        raise absent(request)
    return number


async def fetch(exchange: Exchange, request: Request, _: Form) -> Response:
    """Show one number."""
    return JSONResponse(render(exchange, _number(exchange, request)))


async def change(exchange: Exchange, request: Request, form: Form) -> Response:
    """Set where a number's webhooks go."""
    number = _number(exchange, request)
    number.settings |= form.named((*METHODS, *URLS, *OTHERS))
    number.updated = utc_now()
    return JSONResponse(render(exchange, number))


def _render_application(exchange: Exchange, application: Application) -> dict[str, Any]:
    return {
        "sid": application.sid,
        "account_sid": exchange.account_sid,
        "api_version": API_VERSION,
        "date_created": rfc2822(application.created),
        "date_updated": rfc2822(application.created),
        "uri": uri(exchange, f"Applications/{application.sid}.json"),
        **_snake(application.settings, APPLICATION, None),
    }


async def create_application(exchange: Exchange, _: Request, form: Form) -> Response:
    """Make a TwiML application: a name for where calls of the Voice SDK go."""
    application = Application(settings=form.named(APPLICATION))
    exchange.applications[application.sid] = application
    return JSONResponse(_render_application(exchange, application), 201)


async def list_applications(exchange: Exchange, request: Request, form: Form) -> Response:
    """List the TwiML applications."""
    found = list(reversed(exchange.applications.values()))
    return page(request, form, "applications", found, lambda application: _render_application(exchange, application))


async def fetch_application(exchange: Exchange, request: Request, form: Form) -> Response:
    """Show one application, changed by what a POST carries."""
    application = exchange.applications.get(request.path_params["sid"])
    if not application:
        raise absent(request)
    if request.method == "POST":
        application.settings |= form.named(APPLICATION)
    return JSONResponse(_render_application(exchange, application))
