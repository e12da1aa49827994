"""`$Name` in a text stands for a parameter of the request, and for nothing else.

A value is put in once and never looked at again: what a caller or texter sends cannot become a placeholder, and it
becomes markup nowhere because the document's builder escapes whatever stands in a text.
"""

import re
from collections.abc import Iterator, Mapping

# $Name or ${Name}; $$ is a dollar. A dollar before anything else (`$5`) is itself.
PLACEHOLDER = re.compile(r"\$(?:(?P<dollar>\$)|(?P<name>[A-Za-z]\w*)|\{(?P<braced>[A-Za-z][\w.-]*)\})", re.ASCII)
_FORBIDDEN_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def fill(text: str, parameters: Mapping[str, str]) -> str:
    """Return the text with its placeholders replaced; a parameter that was not sent is empty."""
    if "$" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        return "$" if match["dollar"] else clean(parameters.get(match["name"] or match["braced"], ""))

    return PLACEHOLDER.sub(value, text)


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
