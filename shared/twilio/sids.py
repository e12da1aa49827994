"""Twilio's SIDs in a signed request: each of its kind, the account ours, and none hidden in the words of another.

Names and values are signed one after the other without a mark between them, so that somebody who has seen a signed
request can cut it in another way: `MessageSid=SM…&NumMedia=0` signs as `MessageSid=SM…NumMedia0` does, and a text may
hold the names and values of a whole other request. However it is cut, the signed words hold the same SIDs: when each
of them stands in a parameter of its own, the request is about what Twilio signed it for.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

# Source: Twilio's docs, "SIDs": two letters for what it names, and 32 hex digits.
_LETTERS = {
    "AccountSid": ("AC",),
    "ApplicationSid": ("AP",),
    "CallSid": ("CA",),
    "ConferenceSid": ("CF",),
    "DequeingCallSid": ("CA",),  # Twilio spells it so
    "DequeuedCallSid": ("CA",),
    "DialCallSid": ("CA",),
    "MessageSid": ("SM", "MM"),
    "MessagingServiceSid": ("MG",),
    "OutgoingCallerIdSid": ("PN",),
    "ParentCallSid": ("CA",),
    "QueueSid": ("QU",),
    "RecordingSid": ("RE",),
    "SmsMessageSid": ("SM", "MM"),
    "SmsSid": ("SM", "MM"),
    "TranscriptionSid": ("TR",),
}
_HEX_DIGITS = "0123456789abcdef"
# Letters alone, beside a SIP header's: the words of another request, which somebody could hide in a name, have more.
_NAME = r"(?:SipHeader_[A-Za-z-]*|[a-z]*)(?:[A-Z][a-z]+)*Sid"


def fault(parameters: Mapping[str, str], account_sid: str) -> str:
    """Return what is wrong with the SIDs of a request; empty when nothing is. `account_sid` is ours."""
    for name in sorted(parameters.keys() & _LETTERS.keys()):
        value, letters = parameters[name], _LETTERS[name]
        if value and not (_is_sid(value[:35]) and value.startswith(letters)):
            return f"{name} is not {' or '.join(letters)} and 32 hex digits"
    if account_sid and parameters.get("AccountSid") not in {None, "", account_sid}:
        return "AccountSid is not TWILIO_ACCOUNT_SID"
    return ""


def are_apart(words: str, distinct: Sequence[tuple[str, str]]) -> bool:
    """Whether every SID in the `words` that were signed, an address and then names and values, has its own parameter.

    `distinct` are the name-value pairs among them, each once.
    """
    names = [name for name, value in distinct if len(value) == 34 and _is_sid(value) and _may_be_named(name)]
    in_words = sum([_is_sid(after[:34]) for after in words.split("Sid")[1:]])
    return in_words == len(names) == len(set(names))


@lru_cache(maxsize=1024)  # a request asks three times of each, and all of them of the account's
def _is_sid(text: str) -> bool:
    """Whether a text is two capital letters and 32 hex digits; a pattern would take three times as long."""
    letters, digits = text[:2], text[2:]
    are_capitals = letters.isascii() and letters.isalpha() and letters.isupper()
    return are_capitals and len(digits) == 32 and not digits.strip(_HEX_DIGITS)


def _may_be_named(name: str) -> bool:
    return name in _LETTERS or bool(re.fullmatch(_NAME, name))
