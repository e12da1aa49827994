"""What has been used, counted from what really happened: calls, texts, recordings and numbers, and what they cost."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from local.twilio.account import API_VERSION, Account
from local.twilio.records import Call, Message

CREDIT = 15.5  # USD: what an account here begins with
NUMBER_PRICE, RECORDING_PRICE = 1.15, 0.0025  # USD: a number and month; a minute
VERIFY_PRICE = 0.05  # USD: a verification that was approved


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that was used on a day: `count` of them, in `usage` units, for a price in USD."""

    day: date
    categories: tuple[str, ...]
    usage: float
    price: float


UNITS = {  # of each category: what is counted, what is used, and Twilio's words for it
    "calls": ("calls", "minutes", "Voice Minutes"),
    "calls-inbound": ("calls", "minutes", "Inbound Voice Minutes"),
    "calls-outbound": ("calls", "minutes", "Outbound Voice Minutes"),
    "calls-client": ("calls", "minutes", "Client Calls"),
    "sms": ("messages", "segments", "SMS"),
    "sms-inbound": ("messages", "segments", "Inbound SMS"),
    "sms-outbound": ("messages", "segments", "Outbound SMS"),
    "mms": ("messages", "segments", "MMS"),
    "mms-inbound": ("messages", "segments", "Inbound MMS"),
    "mms-outbound": ("messages", "segments", "Outbound MMS"),
    "recordings": ("calls", "minutes", "Recordings"),
    "phonenumbers": ("numbers", "numbers", "Phone Numbers"),
    "authy-authentications": ("authentications", "authentications", "Verifications"),
    "totalprice": ("", "usd", "Total Price"),
}


def uses(account: Account) -> Iterator[Use]:
    """Yield all that was used, in the categories under which Twilio counts it."""
    for call in account.calls.values():
        yield from _of_call(call)
    for message in account.messages.values():
        yield _of_message(message)
    for recording in account.recordings.values():
        minutes = -(-recording.duration_s // 60)
        yield Use(recording.created.date(), ("recordings",), minutes, minutes * RECORDING_PRICE)
    for number in account.numbers.values():
        yield Use(number.created.date(), ("phonenumbers",), 1, NUMBER_PRICE)
    for service in account.verify_services.values():
        approved = (one for one in service.verifications.values() if one.status == "approved")
        yield from (Use(one.updated.date(), ("authy-authentications",), 1, VERIFY_PRICE) for one in approved)


def _of_call(call: Call) -> Iterator[Use]:
    if not call.end:
        return
    way = "calls-inbound" if call.direction == "inbound" else "calls-outbound"
    way = "calls-client" if call.to.startswith("client:") or call.from_.startswith("client:") else way
    yield Use(call.end.date(), ("calls", way), -(-call.duration_s // 60), _spent(call.price))


def _of_message(message: Message) -> Use:
    kind = "mms" if message.media else "sms"
    way = "inbound" if message.direction == "inbound" else "outbound"
    return Use(message.created.date(), (kind, f"{kind}-{way}"), message.num_segments, _spent(message.price))


def _spent(price: str | None) -> float:
    return -float(price or 0)


def balance(account: Account) -> float:
    """Return what is left of the account's money, in USD."""
    return CREDIT - sum(use.price for use in uses(account))


def render_record(account: Account, category: str, found: Iterable[Use], first: date, last: date) -> dict[str, Any]:
    """Return what was used of a category between two days, both included, as REST shows it."""
    count_unit, usage_unit, description = UNITS.get(category, ("", "", category))
    own = [use for use in found if first <= use.day <= last and category in {*use.categories, "totalprice"}]
    price = sum(use.price for use in own)
    path = account.uri("Usage/Records")
    is_total = category == "totalprice"
    return {
        "account_sid": account.sid,
        "api_version": API_VERSION,
        "as_of": f"{last.isoformat()}T00:00:00+00:00",
        "category": category,
        "description": description,
        "count": "" if is_total else str(len(own)),
        "count_unit": count_unit,
        "usage": f"{price:.5f}" if is_total else f"{sum(use.usage for use in own):g}",
        "usage_unit": usage_unit,
        "price": round(price, 5),
        "price_unit": "usd",
        "start_date": first.isoformat(),
        "end_date": last.isoformat(),
        "uri": f"{path}.json?Category={category}&StartDate={first}&EndDate={last}",
        "subresource_uris": {
            name.lower(): f"{path}/{name}.json?Category={category}" for name in ("Daily", "Monthly", "Yearly")
        },
    }
