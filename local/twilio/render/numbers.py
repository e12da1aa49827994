"""What an account has: itself, its numbers, TwiML applications and verified numbers, as REST shows them."""

from typing import Any

from local.twilio.account import API_VERSION, Account
from local.twilio.records import Application, CallerId, Number
from local.twilio.render.spelling import formatted, snake_case
from local.twilio.sids import rfc2822

METHODS = ("VoiceMethod", "VoiceFallbackMethod", "SmsMethod", "SmsFallbackMethod", "StatusCallbackMethod")
URLS = ("VoiceUrl", "VoiceFallbackUrl", "SmsUrl", "SmsFallbackUrl", "StatusCallback")
APPLICATION = (*METHODS, *URLS, "FriendlyName", "MessageStatusCallback", "SmsStatusCallback")


def render_account(account: Account) -> dict[str, Any]:
    """Return the account as REST shows it; its own auth token is not shown, unlike at the real one."""
    path = account.uri("").rstrip("/")
    return {
        "sid": account.sid,
        "owner_account_sid": account.sid,
        "friendly_name": account.name,
        "auth_token": None,
        "status": "active",
        "type": "Trial" if account.is_trial else "Full",
        "date_created": rfc2822(account.created),
        "date_updated": rfc2822(account.created),
        "uri": f"{path}.json",
        "subresource_uris": {"calls": f"{path}/Calls.json", "messages": f"{path}/Messages.json"},
    }


def name_of(number: Number) -> str:
    """Return a number's friendly name: the one that it was given, or how people write it."""
    return number.settings.get("FriendlyName") or formatted(number.phone_number)


def render_number(account: Account, number: Number) -> dict[str, Any]:
    """Return a number as REST shows it."""
    settings = number.settings
    return {
        "sid": number.sid,
        "account_sid": account.sid,
        "phone_number": number.phone_number,
        "friendly_name": name_of(number),
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
        "uri": account.uri(f"IncomingPhoneNumbers/{number.sid}.json"),
        **_settings(settings, METHODS, "POST"),
        **_settings(settings, URLS, ""),
    }


def _settings(settings: dict[str, str], names: tuple[str, ...], default: str | None) -> dict[str, Any]:
    return {snake_case(name): settings.get(name, default) for name in names}


def render_application(account: Account, application: Application) -> dict[str, Any]:
    """Return a TwiML application as REST shows it."""
    return {
        "sid": application.sid,
        "account_sid": account.sid,
        "api_version": API_VERSION,
        "date_created": rfc2822(application.created),
        "date_updated": rfc2822(application.created),
        "uri": account.uri(f"Applications/{application.sid}.json"),
        **_settings(application.settings, APPLICATION, None),
    }


def render_caller_id(account: Account, caller_id: CallerId) -> dict[str, Any]:
    """Return a verified number as REST shows it."""
    return {
        "sid": caller_id.sid,
        "account_sid": account.sid,
        "phone_number": caller_id.phone_number,
        "friendly_name": caller_id.friendly_name,
        "date_created": rfc2822(caller_id.created),
        "date_updated": rfc2822(caller_id.created),
        "uri": account.uri(f"OutgoingCallerIds/{caller_id.sid}.json"),
    }
