"""The order of time: keys by which a partition has the newest first, and tokens of pages."""

import base64
import re
from datetime import UTC, datetime

from shared.store.entities import key

TIME = "0"  # the one partition of the order of time: 2,000 rows a second (docs/storage.md)
BEFORE_ALL = "0"  # sorts before every moment; what is below it in a person's partition is no record (people.py)
AFTER_ALL = "~"  # sorts after every digit, and before every claim
_END_OF_TIME_MS = 9_999_999_999_999  # year 2286, 13 digits
_MOMENT = re.compile(r"\d{13}_[^\x00-\x1f\x7f-\x9f/\\#?]{1,200}", re.ASCII)


class BadToken(ValueError):
    """A page token that this app did not give out."""


def newest_first(at: str, sid: str) -> str:
    """Return a row key that sorts before all older ones; the table sorts keys as text, ascending.

    Raises ValueError for a moment that no key can hold.
    """
    moment_ms = _moment_ms(datetime.fromisoformat(at))
    if not 0 <= moment_ms <= _END_OF_TIME_MS:
        raise ValueError(f"{at} is no moment of a text or call: a key holds those from 1970 to 2286")
    return f"{_reversed(moment_ms)}_{key(sid)}"


def claim(sid: str) -> str:
    """Return the row key by which a SID is known; no range of moments has it."""
    return AFTER_ALL + key(sid)


def bound(at: datetime) -> str:
    """Return what all keys since a moment are below, and all before it above; no key is beyond the ends of time."""
    return _reversed(min(max(_moment_ms(at), 0), _END_OF_TIME_MS)) + AFTER_ALL


def sealed(moment: str) -> str:
    """Return the page token of a row key."""
    return base64.urlsafe_b64encode(moment.encode()).decode().rstrip("=")


def opened(token: str) -> str:
    """Return the row key of a page token, empty for none. Raises BadToken."""
    if not token:
        return ""
    try:
        moment = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except ValueError:  # broken base64, broken UTF-8, not ASCII
        moment = ""
    if not _MOMENT.fullmatch(moment):
        raise BadToken("this page token was not given out by this address; start again without one")
    return moment


def _moment_ms(at: datetime) -> int:
    """Return a moment as milliseconds since 1970. A moment without a zone is UTC."""
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def _reversed(moment_ms: int) -> str:
    """Return it as 13 digits that grow towards the past."""
    return f"{_END_OF_TIME_MS - moment_ms:013d}"
