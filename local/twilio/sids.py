"""SIDs, dates and addresses as Twilio writes them."""

import re
import secrets
from datetime import datetime
from email.utils import format_datetime

from shared import clock

E164 = re.compile(r"\+[1-9]\d{6,14}")
ANONYMOUS = "+266696687"  # spells it on the keys: a caller who hides the number
# restricted, blocked, unknown and unavailable are spelled, too
NOT_SHOWN = {ANONYMOUS, "+7378742833", "+2562533", "+8656696", "+86282452253"}
MOST = 2**31 - 1  # of a whole number
_SHORT_CODE = re.compile(r"\d{3,8}", re.ASCII)
_PUNCTUATION = str.maketrans("", "", " ()-.")


def new_sid(prefix: str) -> str:
    """Return a fresh SID: two letters and 32 hex digits."""
    return prefix + secrets.token_hex(16)


def utc_now() -> datetime:
    """Return the time in UTC: the machine's, unless this process was told another."""
    return clock.now()


def rfc2822(when: datetime | None) -> str | None:
    """Return `Mon, 23 Nov 2026 10:00:00 +0000`, or None for what has not happened yet."""
    return format_datetime(when) if when else None


def whole(text: str) -> int | None:
    """Return a number of ASCII digits that fits 32 bits, None for anything else."""
    is_short = text.isascii() and text.isdigit() and len(text.lstrip("0")) <= len(str(MOST))
    return int(text) if is_short and int(text) <= MOST else None


def address(text: str) -> str | None:
    """Return an address in its one spelling: E.164, `client:`, `sip:` or `whatsapp:`; None when it is none of these."""
    scheme, separator, rest = text.strip().partition(":")
    if not separator:
        return number(scheme)
    if scheme == "whatsapp":
        plain = number(rest)
        return f"whatsapp:{plain}" if plain else None
    return text.strip() if scheme in {"client", "sip"} and rest else None


def number(text: str) -> str | None:
    """Return a phone number as E.164; ten digits are taken as a number of the United States, as Twilio does."""
    plain = text.strip().translate(_PUNCTUATION)
    if re.fullmatch(r"[2-9]\d{9}", plain):
        plain = f"+1{plain}"
    return plain if E164.fullmatch(plain) and plain not in NOT_SHOWN else None


def is_nobody(recipient: str) -> bool:
    """Whether a text cannot be sent to an address: a browser, a SIP phone, or no number at all."""
    scheme, separator, rest = recipient.rpartition(":")
    if separator and scheme != "whatsapp":
        return scheme.partition(":")[0] in {"client", "sip", "sips"}
    return not (number(rest) or _SHORT_CODE.fullmatch(rest))
