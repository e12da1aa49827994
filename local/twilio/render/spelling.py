"""Names, numbers and times as REST spells them."""

from datetime import UTC, datetime


def formatted(number: str) -> str:
    """Return `(202) 555-0100` for numbers of North America, anything else as it is."""
    if number.startswith("+1") and len(number) == 12:
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


def snake_case(name: str) -> str:
    """Return a parameter's name, such as VoiceUrl, as REST's answers spell it: voice_url."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("_")


def iso8601(when: datetime) -> str:
    """Return `2026-11-23T10:00:00Z`, as Twilio's newer products write a time."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
