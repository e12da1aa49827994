"""The address of an app, as a person types or copies it."""

from urllib.parse import urlsplit

HERE = {"127.0.0.1", "localhost"}


class NotSafe(Exception):
    """What is sent there could be read on the way, or it is no address; the message says what would be one."""


def checked(given: str) -> str:
    """Return the address without a slash or `/api` at its end. Raises NotSafe unless it is https or on this machine."""
    address = given.strip().rstrip("/").removesuffix("/api")
    if not _is_safe(address):
        raise NotSafe(f'"{given}" is not where an app is; it begins with https://, such as https://ahoy.example.com')
    return address


def _is_safe(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises when it is no number
    except ValueError:
        return False
    is_bare = bool(parts.hostname) and not (parts.username or parts.query or parts.fragment)
    return is_bare and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE))
