"""Addresses as they are written: numbers, whatsapp:, client: and sip:; a number's country and kind."""

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from shared import person

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

CHANNELS = ("whatsapp:", "client:", "sip:", "sips:")
# Patterns are texts: compiled with the first address that is read, not while a caller waits for a cold start.
_SCHEME = r"(?ai)(whatsapp|client|sips?):"
_CLIENT = r"(?a)client:[A-Za-z0-9_.@+=-]{1,121}"
# Source: RFC 3261, section 25.1, SIP-URI without headers; an apostrophe is left out, it would end a quoted attribute.
_SIP = r"(?a)sips?:(?:[A-Za-z0-9_.!~*()&=+$,;?/:-]|%[0-9A-Fa-f]{2})+@[A-Za-z0-9.:\[\]-]+(?:;[^\s<>\"'@]*)?"
# A number and no more: one that is found inside of a text may be another than was meant.
_NUMBER = r"(?a)\+?[0-9(][0-9 ().\-/]*"
_EXTENSION = r"(?ai)\s*(?:;ext=|,+|#|(?:ext(?:ension|n)?|x)[ .:]*)([0-9]{1,12})#?"
# North America's exchange 976, in every area code, for "information delivery": libphonenumber
# does not tell it apart. Source: NANPA, Central Office Code Assignment Guidelines, special-use codes.
_PAY_PER_CALL = r"(?a)\+1[2-9]\d{2}976\d{4}"
_PLUS_LOST = r"(?a) [1-9]"  # in an address, a plus that is not escaped stands for a space
# Who may be at the other end of a line, too: a caller whose number cannot be right, a short code, nobody known; and
# somebody on another channel of Twilio's.
_OTHER = r"(?a)\+[0-9]{1,20}|[1-9][0-9]{2,5}|unknown"
_CHANNELS = r"(?a)(?:messenger|rcs):[A-Za-z0-9_.+-]{1,100}"

_NO_DIGITS = r"(?i)^tel:|[\s().+-]"  # what a number may have beside them
_LONG_NUMBER = r"[0-9]{9,17}"  # with 00 before it; a shorter one would be shown nearly whole
# Source: Twilio, "What is the caller ID of anonymous calls", and what its voice requests have been seen to bring.
_HIDDEN_WORDS = ("anonymous", "blocked", "private", "restricted", "unavailable", "unknown")
_KEYS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
_HIDDEN = frozenset(["", *_HIDDEN_WORDS, *(word.translate(_KEYS) for word in _HIDDEN_WORDS)])


class BadAddress(ValueError):
    """The text is no address that can be called or texted; the message says why and what would be one."""


class Address(NamedTuple):
    """An address as Twilio takes it, and the person whom it reaches; `extension` is keyed once they have answered."""

    spelled: str
    person: str
    extension: str = ""


def callable_address(text: str, near: str = "") -> Address:
    """Return the address as Twilio's `To` of a call wants it: E.164, `client:name` or `sip:user@host`.

    `near` is a number of the country whose own spellings are understood. Raises BadAddress.
    """
    scheme, written = _split(text)
    if scheme == "client:":
        spelled = _matching(_CLIENT, scheme + written, "client:NAME with letters, digits and _.@+=-")
        return Address(spelled, spelled)
    if scheme in {"sip:", "sips:"}:
        spelled = _matching(_SIP, scheme + written, "sip:USER@HOST")
        return Address(spelled, _dialled_there(spelled, near))
    if scheme:
        raise BadAddress(f'"{text}" cannot be called; a number looks like +12025550122')
    return number(text, near)


def textable_address(text: str, near: str = "") -> Address:
    """Return the address as Twilio's `To` of a message wants it: E.164, or `whatsapp:` and E.164.

    `near` is a number of the country whose own spellings are understood. Raises BadAddress.
    """
    scheme, written = _split(text)
    if scheme not in {"", "whatsapp:"}:
        raise BadAddress(f'"{text}" cannot be texted; a number looks like +12025550122')
    found = _without_extension(number(written, near), text)
    return found._replace(spelled=scheme + found.spelled)


def named(text: str, near: str = "") -> str:
    """Return the person whom a text names, as a list, a search or a deletion does, by whatever address of theirs.

    `near` is a number of the country whose own spellings are understood. Raises BadAddress.
    """
    scheme, written = _split(text)
    if re.fullmatch(_OTHER, written):
        return person.identity(written)
    if re.fullmatch(_CHANNELS, text):
        return text
    if scheme not in {"", "whatsapp:"}:
        return callable_address(text, near).person
    try:
        return _without_extension(number(written, near), text).person
    except BadAddress:
        if not re.match(_PLUS_LOST, written):
            raise
        return _without_extension(number("+" + written.strip()), text).person


def number(text: str, near: str = "") -> Address:
    """Return a number that is written as people write it: `+1 (202) 555-0122`, `tel:`, an extension.

    `near` is a number of the country whose own spellings are understood: `(202) 555-0122`, `011 44 ...`. Raises
    BadAddress for what is no valid number, by the rules of phonenumbers (Google's libphonenumber).
    """
    import phonenumbers

    parsed, extension = _parsed(text, region(near) if near else "")
    spelled = str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    whom = person.identity(spelled)
    if not (phonenumbers.is_valid_number(parsed) or (whom != spelled and _is_valid(whom))):
        raise BadAddress(f'"{text}" is not a valid number of its country; a valid one looks like +12025550122')
    return Address(spelled, whom, extension)


def e164(text: str, near: str = "") -> str:
    """Return a valid number as E.164 (`+1 (202) 555-0122` -> `+12025550122`); raises BadAddress as `number` does."""
    return _without_extension(number(text, near), text).spelled


def without_channel(address: str) -> str:
    """Return the number of a WhatsApp address as it is spelled there; other addresses as they are."""
    return address.removeprefix("whatsapp:")


def region(number: str) -> str:
    """Return the two-letter country of an E.164 number; empty when it belongs to none, as satellite phones do.

    A toll-free number of North America is all of its countries': it is said to be in the US.
    """
    import phonenumbers

    try:
        found = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:  # the user of a SIP address may be any digits
        return ""
    return found if found and found.isalpha() else ""


def toll_free_regions(number: str) -> frozenset[str]:
    """Return the countries that a toll-free number (E.164) is free in: North America's all have the same ones."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return frozenset()
    is_toll_free = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.TOLL_FREE
    return frozenset(phonenumbers.region_codes_for_country_code(parsed.country_code or 0) if is_toll_free else ())


def expensive_kind(number: str) -> str:
    """Say what kind of number it is when calling it costs more than a call; else empty."""
    import phonenumbers
    from phonenumbers import PhoneNumberType as Kind

    if re.fullmatch(_PAY_PER_CALL, number):
        return "premium-rate"
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


def redacted(address: str) -> str:
    """Return an address as logs may hold it, too little to call it: `+12025550122` becomes `+1202…22`.

    A number is one however it is written; of anything else, such as a name, only the channel is left.
    """
    channel, rest = _split(unicodedata.normalize("NFKC", unquote(address)).strip())
    digits = re.sub(_NO_DIGITS, "", rest.partition("@")[0])
    return f"{channel}+{digits[:4]}…{digits[-2:]}" if re.fullmatch(_LONG_NUMBER, digits) else f"{channel}…"


def is_hidden(caller: str) -> bool:
    """Whether a caller shows no number: Twilio has a word for it, or the keys that spell the word, SIP a user."""
    shown = caller.lower().removeprefix("sips:").removeprefix("sip:").partition("@")[0]
    return shown.removeprefix("+") in _HIDDEN


def can_be_texted(address: str) -> bool:
    """Whether a text to a caller or callee can arrive: not to one who shows no number, nor to a browser or SIP phone.

    It is asked while a person waits, so whether the number exists is Twilio's to say.
    """
    return address.removeprefix("whatsapp:").startswith("+") and not is_hidden(address)


def _matching(pattern: str, text: str, expected: str) -> str:
    if re.fullmatch(pattern, text):
        return text
    raise BadAddress(f'"{text}" is not an address; expected {expected}')


def _split(text: str) -> tuple[str, str]:
    """Return the scheme of an address with its colon, in lower case, and what follows."""
    match = re.match(_SCHEME, text)
    return (match[0].lower(), text[match.end() :]) if match else ("", text)


def _parsed(text: str, country: str) -> "tuple[PhoneNumber, str]":
    import phonenumbers

    written, extension = _written(text)
    try:
        return phonenumbers.parse(written, country or None), extension
    except phonenumbers.NumberParseException:
        hint = f", or as it is dialled in {country}" if country else ""
        raise BadAddress(f'"{text}" is not a phone number in E.164 form, such as +12025550122{hint}') from None


def _written(text: str) -> tuple[str, str]:
    """Return a number's own characters in ASCII, and its extension; an empty number when there is more in the text."""
    plain = "".join(map(_ascii, unicodedata.normalize("NFKC", text))).strip()
    plain = re.sub("^tel:", "", plain, flags=re.IGNORECASE)
    begins = re.match(_NUMBER, plain)
    rest = plain[begins.end() :] if begins else ""
    extension = re.fullmatch(_EXTENSION, rest)
    if not begins or (rest and not extension):
        return "", ""
    digits = re.sub("^00", "+", begins[0].strip())
    return digits, extension[1] if extension else ""


def _ascii(character: str) -> str:
    """Return a character as a keyboard has it; marks of the writing direction, which copying brings along, vanish."""
    kind = unicodedata.category(character)
    if kind == "Pd":
        return "-"
    return " " if kind == "Zs" else "" if kind == "Cf" else character


def _is_valid(number: str) -> bool:
    import phonenumbers

    return phonenumbers.is_valid_number(phonenumbers.parse(number))


def _without_extension(found: Address, text: str) -> Address:
    if found.extension:
        raise BadAddress(f'"{text}" has an extension, which only a call can reach; leave it out')
    return found


def _dialled_there(address: str, near: str) -> str:
    """Return the person of a SIP address: a gateway of the line's country takes its own spelling of a number, too."""
    whom = person.identity(address)
    user = address.partition(":")[2].partition("@")[0]
    if not near or not whom.startswith("+") or "+" in user or "%" in user:
        return whom
    try:
        return number(user.partition(";")[0].partition(":")[0], near).person
    except BadAddress:
        return whom
