"""What the line writes into the address of a status callback, which Twilio gives back with each, and signs."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

INTENT = "intent"  # the mark of the intent by which the text or call left
LEFT = "left"  # when that was to leave, in ms since 1970
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_DIGITS = 13  # until the year 2286


def marked(address: str, intent: str, left: datetime) -> str:
    """Return the `address` of a status callback, marked with an `intent` and when what it tells of `left`."""
    return f"{address}?{INTENT}={intent}&{LEFT}={(left - _EPOCH) // _MS}"


def of(parameters: Mapping[str, str]) -> tuple[str, datetime | None]:
    """Return the intent, empty for none, and the moment, None for none, in the `parameters` of an address."""
    left = parameters.get(LEFT, "")
    is_moment = left.isascii() and left.isdigit() and len(left) <= _DIGITS
    return parameters.get(INTENT, ""), _EPOCH + int(left) * _MS if is_moment else None
