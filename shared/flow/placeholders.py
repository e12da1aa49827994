"""`$Name` in a text stands for a parameter of the request, and for nothing else.

A value is put in once and never looked at again: what a caller or texter sends cannot become a placeholder, and it
becomes markup nowhere because the document's builder escapes whatever stands in a text.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Literal
from urllib.parse import quote

type PartOf = Literal["text", "url", "sip", "json"]

# $Name or ${Name}; $$ is a dollar. A dollar before anything else (`$5`) is itself.
PLACEHOLDER = r"(?a)\$(?:(?P<dollar>\$)|(?P<name>[A-Za-z]\w*)|\{(?P<braced>[A-Za-z][\w.-]*)\})"
_FORBIDDEN_IN_XML = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"


def fill(text: str, parameters: Mapping[str, str], part_of: PartOf = "text") -> str:
    """Return the text with its placeholders replaced by Twilio's `parameters`; one that was not sent is empty.

    Values are escaped for what they become `part_of`.
    """
    if "$" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        return _escaped(clean(parameters.get(match["name"] or match["braced"], "")), part_of)

    return re.sub(PLACEHOLDER, value, text)


def _escaped(value: str, part_of: PartOf) -> str:
    """Return a value as part of an address, or of a text in JSON; dots alone would lead into another folder."""
    match part_of:
        case "text":
            return value
        case "json":
            return json.dumps(value, ensure_ascii=False)[1:-1]
        case "url" | "sip":
            return quote(value, safe="+" if part_of == "sip" else "") if value.strip(".") else ""


def clean(text: str) -> str:
    """Return the text without control characters and whatever else XML forbids."""
    return text if text.isprintable() else re.sub(_FORBIDDEN_IN_XML, "", text)  # none of them can be printed


def names(text: str) -> Iterator[str]:
    """Return the parameters that a text asks for."""
    for match in re.finditer(PLACEHOLDER, text):
        if not match["dollar"]:
            yield match["name"] or match["braced"]


def is_left_open(text: str) -> bool:
    """Whether a `${` in a text begins no name: it would be read out."""
    return "${" in re.sub(PLACEHOLDER, "", text)
