"""Lookups: what a number is, as far as can be told offline: lookups.twilio.com."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine.leg import Switchboard
from local.twilio.rest.protocol import Form, Refusal, reads

ERRORS = {1: "INVALID_COUNTRY_CODE", 2: "TOO_SHORT", 3: "TOO_LONG", 4: "INVALID_BUT_POSSIBLE", 5: "INVALID_LENGTH"}
LINE_TYPES = {  # of phonenumbers, as Twilio names them
    "FIXED_LINE": "landline",
    "MOBILE": "mobile",
    "TOLL_FREE": "tollFree",
    "PREMIUM_RATE": "premium",
    "SHARED_COST": "sharedCost",
    "VOIP": "nonFixedVoip",
    "PERSONAL_NUMBER": "personal",
    "PAGER": "pager",
    "UAN": "uan",
    "VOICEMAIL": "voicemail",
}
PACKAGES = ("caller_name", "sim_swap", "call_forwarding", "line_type_intelligence", "line_status", "identity_match",
            "reassigned_number", "sms_pumping_risk", "phone_number_quality_score", "pre_fill")  # fmt: skip


@reads("Fields", "CountryCode")
async def fetch(board: Switchboard, request: Request, form: Form) -> Response:
    """Say whether a number is valid, of which country, and of which kind when `Fields` ask for that.

    A number of this account is a `nonFixedVoip` one, as Twilio's own are; of others in North America nobody can tell
    a landline from a mobile phone offline, so their kind is null.
    """
    shown = _basic(request.path_params["number"], form.get("CountryCode") or "US")
    fields = [field for field in re.split(r"[,\s]+", form.get("Fields")) if field]
    if unknown := [field for field in fields if field not in {*PACKAGES, "validation"}]:
        raise Refusal(20001, f"Invalid Fields: {', '.join(unknown)}")
    packages: dict[str, Any] = dict.fromkeys(PACKAGES)
    if "line_type_intelligence" in fields:
        is_ours = shown["phone_number"] in board.account.numbers
        packages["line_type_intelligence"] = {
            "type": "nonFixedVoip" if is_ours else _line_type(shown),
            "carrier_name": None,
            "mobile_country_code": None,
            "mobile_network_code": None,
            "error_code": None,
        }
    url = f"{board.account.base_url}/v2/PhoneNumbers/{shown['phone_number']}"
    return JSONResponse(shown | packages | {"url": url})


def _basic(given: str, country: str) -> dict[str, Any]:
    """Return what a lookup without fields tells."""
    import phonenumbers

    try:
        number = phonenumbers.parse(given, country.upper())
    except phonenumbers.NumberParseException:
        return _shown(given, None, None, None, ["NOT_A_NUMBER"])
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    region, code = phonenumbers.region_code_for_number(number), str(number.country_code)
    if phonenumbers.is_valid_number(number):
        return _shown(e164, code, region, national, [])
    reason = phonenumbers.is_possible_number_with_reason(number)
    return _shown(e164, code, region, national, [ERRORS.get(reason, "INVALID_BUT_POSSIBLE")])


def _shown(
    number: str, calling_code: str | None, country: str | None, national: str | None, errors: list[str]
) -> dict[str, Any]:
    return {
        "calling_country_code": calling_code,
        "country_code": country,
        "phone_number": number,
        "national_format": national,
        "valid": not errors,
        "validation_errors": errors,
    }


def _line_type(shown: dict[str, Any]) -> str | None:
    import phonenumbers

    if not shown["valid"]:
        return None
    kind = phonenumbers.number_type(phonenumbers.parse(shown["phone_number"]))
    return LINE_TYPES.get(phonenumbers.PhoneNumberType.to_string(kind))
