"""Addresses of media and recordings: only Twilio's own are ever stored or fetched, never what a request says.

Libraries and browsers read an address in different ways once it has a backslash, a login, a tab or a letter beyond
ASCII in it: it is taken whole, in the one spelling that Twilio uses and all read alike, or not at all.
"""

import re
from urllib.parse import urlsplit

from shared.settings import Settings

_PATH = re.compile(r"/[!-\[\]-~]*")  # ASCII that is seen, without the backslash
_TWILIOS = re.compile(rf"https://([a-z0-9-]+\.)*twilio\.com{_PATH.pattern}")


def is_twilios(url: str, config: Settings) -> bool:
    """Whether an address is at Twilio, or at the configured stand-in (TWILIO_API_BASE_URL)."""
    return bool(_TWILIOS.fullmatch(url)) or _is_below(url, config.twilio_api_base_url)


def _is_below(url: str, base: str) -> bool:
    parts = urlsplit(base)
    origin = f"{parts.scheme}://{parts.netloc}"
    return bool(parts.netloc) and url.startswith(origin) and bool(_PATH.fullmatch(url, len(origin)))
