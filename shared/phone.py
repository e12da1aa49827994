"""Addresses of people and lines: E.164 numbers, whatsapp:, client: and sip:."""

import re

CHANNELS = ("whatsapp:", "client:", "sip:", "sips:")
_CLIENT = re.compile(r"client:[A-Za-z0-9_.@+=-]{1,121}", re.ASCII)
_SIP = re.compile(r"sips?:[^\s@<>\"']+@[A-Za-z0-9.:\[\]-]+(;[^\s<>\"']*)?", re.ASCII)

_SIP_NUMBER = re.compile(r"\+?([1-9][0-9]{6,14})", re.ASCII)


class BadAddress(ValueError):
    """The text is no address that can be called or texted; the message says why and what would be one."""


def callable_address(text: str) -> str:
    """Return the address as Twilio's `To` of a call wants it: E.164, `client:name` or `sip:user@host`."""
    if text.startswith("client:"):
        return _matching(_CLIENT, text, "client:NAME with letters, digits and _.@+=-")
    if text.startswith(("sip:", "sips:")):
        return _matching(_SIP, text, "sip:USER@HOST")
    return e164(text)


def textable_address(text: str) -> str:
    """Return the address as Twilio's `To` of a message wants it: E.164, or `whatsapp:` and E.164."""
    channel = "whatsapp:" if text.startswith("whatsapp:") else ""
    return channel + e164(text.removeprefix(channel))


def region(number: str) -> str:
    """Return the two-letter country of an E.164 number; empty when it belongs to none, as satellite phones do."""
    import phonenumbers

    try:
        found = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:  # the user of a SIP address may be any digits
        return ""
    return found if found and found.isalpha() else ""


def expensive_kind(number: str) -> str:
    """Say what kind of number it is when calling it costs more than a call; else empty."""
    import phonenumbers
    from phonenumbers import PhoneNumberType as Kind

    dear = {
        Kind.PREMIUM_RATE: "premium-rate",
        Kind.SHARED_COST: "shared-cost",
        Kind.PERSONAL_NUMBER: "personal-number",  # forwards anywhere, at the caller's cost
        Kind.PAGER: "pager",
    }
    try:
        return dear.get(phonenumbers.number_type(phonenumbers.parse(number)), "")
    except phonenumbers.NumberParseException:
        return ""


def e164(text: str) -> str:
    """Return a valid number as E.164 (`+1 (202) 555-0122` -> `+12025550122`).

    Raises BadAddress when it is none, by the rules of phonenumbers (Google's libphonenumber).
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        raise BadAddress(f'"{text}" is not a phone number in E.164 form, such as +12025550122') from None
    if not phonenumbers.is_valid_number(number):
        raise BadAddress(f'"{text}" is not a valid number of its country; a valid one looks like +12025550122')
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def redacted(address: str) -> str:
    """Return an address as logs may hold it, too little to call it: `+12025550122` becomes `+1202…22`."""
    channel = next((c for c in CHANNELS if address.startswith(c)), "")
    rest = address[len(channel) :]
    return f"{channel}{rest[:5]}…{rest[-2:]}" if len(rest) > 8 else f"{channel}…"


def identity(address: str) -> str:
    """Return whoever an address reaches, however it is written: the number in a WhatsApp or SIP address, else itself.

    A SIP address may have parameters and any case in its host; a user that is a number is that number.
    """
    if not address.startswith(("sip:", "sips:")):
        return address.removeprefix("whatsapp:")
    user, _, host = address.partition(":")[2].partition(";")[0].rpartition("@")
    number = _SIP_NUMBER.fullmatch(user.partition(";")[0])
    return f"+{number[1]}" if number else f"sip:{user}@{host.lower()}"


def _matching(pattern: re.Pattern[str], text: str, expected: str) -> str:
    if pattern.fullmatch(text):
        return text
    raise BadAddress(f'"{text}" is not an address; expected {expected}')
