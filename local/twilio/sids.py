"""SIDs, dates and addresses as Twilio writes them."""

import re
import secrets
from datetime import UTC, datetime
from email.utils import format_datetime

E164 = re.compile(r"\+[1-9]\d{6,14}")
_PUNCTUATION = str.maketrans("", "", " ()-.")


def new_sid(prefix: str) -> str:
    """Return a fresh SID: two letters and 32 hex digits."""
    return prefix + secrets.token_hex(16)


def utc_now() -> datetime:
    """Return the time of the machine, in UTC."""
    return datetime.now(UTC)


def rfc2822(when: datetime | None) -> str | None:
    """Return `Mon, 23 Nov 2026 10:00:00 +0000`, or None for what has not happened yet."""
    return format_datetime(when) if when else None


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
    return plain if E164.fullmatch(plain) else None
