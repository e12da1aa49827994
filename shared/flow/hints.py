"""What to write instead: the word that was probably meant, names in the letters that addresses have."""

import re
import unicodedata
from collections.abc import Iterable

from shared.flow import parameters, placeholders

_LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "å": "a", "œ": "oe", "ł": "l", "đ": "d"}
_LETTERS |= {letter.upper(): plain.capitalize() for letter, plain in _LETTERS.items() if letter != "ß"}
# A language alone -> where most of Twilio's voices for it are from. Source: Twilio's page "Text-to-Speech".
_COUNTRIES = {
    "ar": "ar-XA", "bg": "bg-BG", "ca": "ca-ES", "cs": "cs-CZ", "da": "da-DK", "de": "de-DE", "el": "el-GR",
    "en": "en-GB or en-US", "es": "es-ES or es-MX", "fi": "fi-FI", "fr": "fr-FR or fr-CA", "he": "he-IL", "hi": "hi-IN",
    "hu": "hu-HU", "id": "id-ID", "it": "it-IT", "ja": "ja-JP", "ko": "ko-KR", "nb": "nb-NO", "nl": "nl-NL",
    "no": "nb-NO", "pl": "pl-PL", "pt": "pt-PT or pt-BR", "ro": "ro-RO", "ru": "ru-RU", "sk": "sk-SK", "sv": "sv-SE",
    "th": "th-TH", "tr": "tr-TR", "uk": "uk-UA", "vi": "vi-VN", "zh": "cmn-CN",
}  # fmt: skip
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?-([A-Z]{2}|[0-9]{3})(-[A-Za-z]+)?|arb|multi", re.ASCII)
_VOICE = re.compile(r"man|woman|alice|(Polly|Google)\..+", re.ASCII)


def name(text: str) -> str:
    """Return a text as the name of a scene: `Öffnungszeiten heute` -> `Oeffnungszeiten_heute`; empty for none."""
    spelled = "".join(_LETTERS.get(sign, sign) for sign in text)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9_-]+", "_", plain).strip("_-")[:60]
    return words if words[:1].isalpha() or not words else f"scene_{words}"


def locale(text: str) -> str:
    """Return what to write for a language that has no country, empty when there is nothing to say."""
    if _LOCALE.fullmatch(text) or "$" in text:
        return ""
    language, _, country = text.replace("_", "-").partition("-")
    if country.isalpha() and len(country) == 2:
        return f'did you mean "{language.lower()}-{country.upper()}"?'
    return f"write it with its country: {_COUNTRIES.get(language.lower(), 'de-DE, en-GB, fr-FR or the like')}"


def voice(text: str) -> str:
    """Return what to write for a voice that names no provider, empty when there is nothing to say."""
    if _VOICE.fullmatch(text) or "$" in text:
        return ""
    if not text.isascii() or not text.replace("-", "").isalpha():
        return "expected man, woman, or one such as Polly.Amy or Google.en-GB-Standard-A"
    return f'did you mean "Polly.{text[0].upper()}{text[1:]}"?'


def number(text: str, near: str) -> str:
    """Return what to write for a number that is no E.164: one that can exist, or what is missing.

    `near` is a number of the line's country, whose own spellings are meant; empty when that is not known.
    """
    from shared import phone

    digits = re.sub(r"\D", "", text)
    if len(digits) < 7:
        return "expected E.164, such as +12025550122"
    for written in (text, f"+{digits}"):
        try:
            found = phone.number(written, near)
        except phone.BadAddress:
            continue
        if found.extension:
            return f'write "{found.spelled}"; in dial, send_digits: "wwww{found.extension}" keys the extension'
        return f'did you mean "{found.spelled}"?'
    where = f"no number of {phone.region(near)}" if near else "its country is missing"
    return f"{where}: write + and the code of the country, as in +12025550122"


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, or all of them when they are few."""
    from difflib import get_close_matches

    words = sorted(known)
    if close := get_close_matches(word[:64].lower(), words, 1, 0.6):
        return f'did you mean "{shown(close[0])}"?'
    names = [shown(word) for word in words[:24]]  # of scenes, for one: the file's own words
    return f"expected one of {', '.join(names)}" if names else "there are none"


def shown(text: str) -> str:
    """Return a text as a message on one line may hold it."""
    line = " ".join(placeholders.clean(text).split())
    return line if len(line) <= 40 else line[:39] + "…"


def parameter(name: str) -> str:
    """Return what to write for a `$name` that Twilio never sends."""
    from difflib import get_close_matches

    by_lower = {known.lower(): known for known in sorted(parameters.KNOWN)}
    close = get_close_matches(name[:64].lower(), by_lower, 1, 0.75)
    return (
        f'did you mean "${by_lower[close[0]]}"?' if close else f'nothing is said there; for a dollar write "$${name}"'
    )
