"""`$Name` in a text stands for a parameter of the request, and for nothing else.

A value is put in once and never looked at again: what a caller or texter sends cannot become a placeholder, and it
becomes markup nowhere because the document's builder escapes whatever stands in a text.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

# $Name or ${Name}; $$ is a dollar. A dollar before anything else (`$5`) is itself.
PLACEHOLDER = re.compile(r"\$(?:(?P<dollar>\$)|(?P<name>[A-Za-z]\w*)|\{(?P<braced>[A-Za-z][\w.-]*)\})", re.ASCII)
_FORBIDDEN_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def fill(text: str, parameters: Mapping[str, str], safe: str | None = None) -> str:
    """Return the text with its placeholders replaced by Twilio's `parameters`; one that was not sent is empty.

    In an address values are escaped, but for the characters in `safe`; None is no address.
    """
    if "$" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        sent = clean(parameters.get(match["name"] or match["braced"], ""))
        return sent if safe is None else _escaped(sent, safe)

    return PLACEHOLDER.sub(value, text)


def _escaped(value: str, safe: str) -> str:
    """Return a value as part of an address; dots alone would lead into another folder."""
    return quote(value, safe=safe) if value.strip(".") else ""


def clean(text: str) -> str:
    """Return the text without control characters and whatever else XML forbids."""
    return _FORBIDDEN_IN_XML.sub("", text)


def names(text: str) -> Iterator[str]:
    """Return the parameters that a text asks for."""
    for match in PLACEHOLDER.finditer(text):
        if not match["dollar"]:
            yield match["name"] or match["braced"]


def is_left_open(text: str) -> bool:
    """Whether a `${` in a text begins no name: it would be read out."""
    return "${" in PLACEHOLDER.sub("", text)
