"""A text as eSpeak NG reads it: SSML, of which it follows what it knows and reads the rest as if it were not there."""

from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape


def escaped(text: str) -> str:
    """Return a plain text as SSML."""
    return escape(text)


def markup_of(element: ET.Element) -> str:
    """Return what stands inside of a Say as SSML; empty when that is a plain text."""
    if not len(element):
        return ""
    return escape(element.text or "") + "".join(ET.tostring(child, encoding="unicode") for child in element)
