"""Twilio's SIDs in a signed request: each of its kind, the account ours, and none hidden in the words of another.

Names and values are signed one after the other without a mark between them, so that somebody who has seen a signed
request can cut it in another way: `MessageSid=SM…&NumMedia=0` signs as `MessageSid=SM…NumMedia0` does, and a text may
hold the names and values of a whole other request. However it is cut, the signed words hold the same SIDs: when each
of them stands in a parameter of its own, the request is about what Twilio signed it for.
"""

import re
from collections.abc import Mapping, Sequence

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
_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
_NAMED_SID = re.compile(rf"Sid{_SID.pattern}")
# Letters alone, beside a SIP header's: the words of another request, which somebody could hide in a name, have more.
_NAME = re.compile(r"(?:SipHeader_[A-Za-z-]*|[a-z]*)(?:[A-Z][a-z]+)*Sid")


def fault(parameters: Mapping[str, str], account_sid: str) -> str:
    """Return what is wrong with the SIDs of a request; empty when nothing is. `account_sid` is ours."""
    for name, letters in _LETTERS.items():
        value = parameters.get(name, "")
        if value and not (_SID.fullmatch(value) and value.startswith(letters)):
            return f"{name} is not {' or '.join(letters)} and 32 hex digits"
    if account_sid and parameters.get("AccountSid") not in {None, "", account_sid}:
        return "AccountSid is not TWILIO_ACCOUNT_SID"
    return ""


def are_apart(url: str, pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether every SID in what was signed, an address and then name-value pairs, has a parameter of its own."""
    distinct = sorted(set(pairs))
    names = [name for name, value in distinct if _NAME.fullmatch(name) and _SID.fullmatch(value)]
    in_words = _NAMED_SID.findall(url + "".join(name + value for name, value in distinct))
    return len(in_words) == len(names) == len(set(names))
