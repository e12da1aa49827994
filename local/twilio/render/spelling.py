"""Names and numbers as REST spells them."""


def formatted(number: str) -> str:
    """Return `(202) 555-0100` for numbers of North America, anything else as it is."""
    if number.startswith("+1") and len(number) == 12:
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


def snake_case(name: str) -> str:
    """Return a parameter's name, such as VoiceUrl, as REST's answers spell it: voice_url."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("_")
