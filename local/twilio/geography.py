"""Where a number seems to be, as far as its area code tells; what is not known is sent blank."""

_AREAS = {"+1202": ("WASHINGTON", "DC"), "+1212": ("NEW YORK", "NY"), "+1415": ("SAN FRANCISCO", "CA")}
_COUNTRIES = {"+1": "US", "+33": "FR", "+44": "GB", "+49": "DE", "+34": "ES", "+39": "IT", "+91": "IN", "+61": "AU"}


def geography(role: str, address: str) -> dict[str, str]:
    """Return `{role}City`, `State`, `Zip` and `Country`; nothing for addresses that are no phone numbers."""
    number = address.removeprefix("whatsapp:")
    if not number.startswith("+"):
        return {}
    city, state = _AREAS.get(number[:5], ("", ""))
    country = next((code for prefix, code in _COUNTRIES.items() if number.startswith(prefix)), "")
    return {f"{role}City": city, f"{role}State": state, f"{role}Zip": "", f"{role}Country": country}
