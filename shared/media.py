"""Addresses of media and recordings: only Twilio's own are ever stored or fetched, never what a request says."""

from urllib.parse import urlsplit

from shared.settings import Settings

DOMAIN = "twilio.com"


def is_twilios(url: str, config: Settings) -> bool:
    """Whether an address is at Twilio, or at the configured stand-in (TWILIO_API_BASE_URL)."""
    try:
        parts = urlsplit(url)
        base = urlsplit(config.twilio_api_base_url)
        if base.hostname and (parts.scheme, parts.hostname, parts.port) == (base.scheme, base.hostname, base.port):
            return not parts.username
        host = parts.hostname or ""
        return parts.scheme == "https" and not parts.username and not parts.port and _is_in_domain(host)
    except ValueError:  # a port out of range, a broken IPv6 address
        return False


def _is_in_domain(host: str) -> bool:
    return host == DOMAIN or host.endswith("." + DOMAIN)
