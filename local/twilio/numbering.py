"""What kind of number one is, how people of its country write it, and which ones can be bought; all offline."""

from collections.abc import Iterator
from typing import Any

SHOWN_MOST = 60  # numbers of a kind that are on sale
KINDS = {  # as Twilio's addresses name them, and phonenumbers
    "Local": "FIXED_LINE",
    "Mobile": "MOBILE",
    "TollFree": "TOLL_FREE",
    "National": "UAN",
    "SharedCost": "SHARED_COST",
    "Voip": "VOIP",
}
SUBSCRIBERS = range(100, 200)  # the last digits of numbers of North America that nobody has: 555-0100 to 555-0199


def is_valid(number: str) -> bool:
    """Tell whether a number in E.164 can belong to somebody."""
    import phonenumbers

    return phonenumbers.is_valid_number(phonenumbers.parse(number))


def kind_of(number: str) -> str:
    """Return `local`, `mobile`, `toll free` or what else phonenumbers calls it; where it cannot tell, `local`."""
    import phonenumbers

    kind = phonenumbers.number_type(phonenumbers.parse(number))
    name = phonenumbers.PhoneNumberType.to_string(kind).lower().replace("_", " ")
    return "local" if name in {"fixed line", "fixed line or mobile", "unknown"} else str(name)


def country_of(number: str) -> str:
    """Return the two letters of a number's country; empty when it has none."""
    import phonenumbers

    return str(phonenumbers.region_code_for_number(phonenumbers.parse(number)) or "")


def countries() -> list[str]:
    """Return the two letters of every country that has numbers."""
    import phonenumbers

    return sorted(phonenumbers.SUPPORTED_REGIONS)


def written(number: str) -> str:
    """Return a number as people of its country write it."""
    import phonenumbers

    national = phonenumbers.PhoneNumberFormat.NATIONAL
    return str(phonenumbers.format_number(phonenumbers.parse(number), national))


def on_sale(country: str, kind: str, area: str = "") -> Iterator[str]:
    """Yield valid numbers of a country and kind; with an area code those of it, in North America alone."""
    import phonenumbers

    example = phonenumbers.example_number_for_type(
        country, getattr(phonenumbers.PhoneNumberType, KINDS.get(kind, ""), 0)
    )
    if kind not in KINDS or example is None:
        return
    found: Iterator[str]
    if example.country_code == 1:
        areas = [area] if area else [str(example.national_number)[:3]]
        found = iter([f"+1{code}5550{last}" for code in areas for last in SUBSCRIBERS])
    else:
        found = _beside(example)
    yield from (number for number in found if is_valid(number))


def _beside(example: Any) -> Iterator[str]:
    """Yield numbers that differ from an example in their last two digits."""
    stem = f"+{example.country_code}{'0' if example.italian_leading_zero else ''}{example.national_number}"[:-2]
    yield from (f"{stem}{last:02}" for last in range(SHOWN_MOST))
