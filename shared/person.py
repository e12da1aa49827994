"""Which person an address reaches, however it is spelled: what everything keys on that knows people apart.

A person with a phone number is that number in E.164 form, as it is spelled today. The same number has other spellings:
WhatsApp's, a SIP address whose user is the number, and what a country's own changes of numbers left behind.
"""

import re
from urllib.parse import unquote

# Patterns are texts: compiled with the first address that is asked about, not while a caller waits for a cold start.
_SPELLINGS = (
    # Mexico: until 2019-08-03 the 1 stood before a mobile's ten digits; WhatsApp keeps it. Source: IFT, numbering plan.
    (r"(?a)\+521([2-9]\d{9})", r"+52\1", r"(?a)\+52([2-9]\d{9})", r"+521\1"),
    # Argentina: the 9 says that it is a mobile, to those who call from abroad. Source: ITU-T E.164, Argentina.
    (r"(?a)\+549([1-8]\d{9})", r"+54\1", r"(?a)\+54([1-8]\d{9})", r"+549\1"),
    # Brazil: since 2016 a 9 stands before every mobile's eight digits, which began with 6 to 9; WhatsApp has both.
    # Source: Anatel, Resolução 553/2010.
    (
        r"(?a)\+55(\d\d)([6-9]\d{7})",
        r"+55\g<1>9\2",
        r"(?a)\+55(\d\d)9([6-9]\d{7})",
        r"+55\1\2",
    ),
)  # fmt: skip -- a spelling, its form today; that form, the spelling

_MAY_BE_ESCAPED = 3  # times; gateways unescape once, or twice
_SEPARATORS = str.maketrans("", "", "-.() ")  # Source: RFC 3966, section 5.1.1, visual separators
_TEL = "(?i)tel:"
_SIP_NUMBER = r"(?a)(?:\+|00|011)?([1-9]\d{6,14})"


def identity(address: str) -> str:
    """Return the person whom an address reaches: their number as E.164, else the address in its one spelling.

    `whatsapp:+5215512345678`, `sip:+52-55-1234-5678@example.com` and `+525512345678` are one person.
    """
    scheme, colon, rest = address.partition(":")
    match scheme.lower() if colon else "":
        case "whatsapp":
            return _as_today(rest)
        case "sip" | "sips":
            return _of_sip(rest)
        case _:
            return _as_today(address)


def numbers(person: str) -> tuple[str, ...]:
    """Return every spelling of a person's number, the one of today first; of whoever has none the person."""
    old = (re.sub(today, before, person) for _, _, today, before in _SPELLINGS if re.fullmatch(today, person))
    return (person, *old)


def spellings(person: str) -> tuple[str, ...]:
    """Return every address under which a person may have been stored or may stand in Twilio's log."""
    if not person.startswith("+"):
        return (person,)
    return tuple(channel + number for number in numbers(person) for channel in ("", "whatsapp:"))


def _as_today(number: str) -> str:
    for spelling, form, _, _ in _SPELLINGS:
        if match := re.fullmatch(spelling, number):
            return match.expand(form)
    return number


def _of_sip(address: str) -> str:
    """Return the number that is the user of a SIP address (all before the host), else `sip:user@host`.

    Source: RFC 3261, section 25.1: the user may have a password and escapes; section 19.1.6: and a telephone number's
    separators and parameters.
    """
    user, at, host = address.partition("@")
    if not at:
        user, host = "", address
    for _ in range(_MAY_BE_ESCAPED):
        user = unquote(user)
    user = re.sub(_TEL, "", user).partition(":")[0]
    named = re.fullmatch(_SIP_NUMBER, user.partition(";")[0].translate(_SEPARATORS))
    return _as_today(f"+{named[1]}") if named else f"sip:{user}@{host.partition(';')[0].lower()}"
