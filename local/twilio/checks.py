"""What Twilio does not take of a verb, with its code: unknown attributes and elements, values that are none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from xml.etree import ElementTree as ET

from local.twilio import codes, values
from local.twilio.library import VOICE, Element

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ADDRESSES = {"Redirect", "Play", "Media"}  # whose text is an address of the web
NAME_CHARACTERS = 64  # of a queue
UNNAMED = {"workflowSid", "reservationSid"}  # say which queue it is
SHOWN = 60  # characters of a value in a message


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that is not taken: an attribute of an element, or the element when no attribute is named."""

    code: int
    text: str
    element: ET.Element
    attribute: str = ""
    within: ET.Element | None = None

    def leave_out(self) -> None:
        """Go on without it, as Twilio does; an element that stands in nothing stays as it is."""
        if self.attribute:
            self.element.attrib.pop(self.attribute, None)
        elif self.within is not None:
            self.within.remove(self.element)


def mistakes(verb: ET.Element, *, relative: int = 0, root: Element = VOICE) -> Iterator[Mistake]:
    """Yield what is not taken of a verb and of what it holds; a verb that `root` does not have is one mistake.

    `relative` is the code for a relative address in a document that came as a text by REST, where it leads nowhere.
    """
    known = root.nested.get(verb.tag)
    if not known:
        yield Mistake(codes.SCHEMA, f"unknown verb <{verb.tag}>{_meant(verb.tag, root.nested)}", verb)
        return
    yield from _Looking(relative).of_element(verb, known, None)


@dataclass(frozen=True, slots=True)
class _Looking:
    """A look through a document that came from an address, or from none."""

    relative: int

    def of_element(self, element: ET.Element, known: Element, within: ET.Element | None) -> Iterator[Mistake]:
        for name, value in list(element.attrib.items()):
            word = "xml:lang" if name == XML_LANG else name
            if word not in known.attributes:
                text = f'<{element.tag}>: unknown attribute "{word}"{_meant(word, known.attributes)}'
                yield Mistake(codes.SCHEMA, text, element, name)
            elif found := self._wrong(element.tag, word, value, within.tag if within is not None else ""):
                code, expected = found
                yield Mistake(code, f'<{element.tag}>: {word} is "{value[:SHOWN]}", {expected}', element, name)
        yield from self._of_text(element, within)
        for child in list(element):
            if nested := known.nested.get(child.tag):
                yield from self.of_element(child, nested, element)
            else:
                code = codes.OF_NESTED.get(element.tag, codes.SCHEMA)
                meant = _meant(str(child.tag), known.nested)
                yield Mistake(code, f"<{element.tag}> cannot hold <{child.tag}>{meant}", child, within=element)

    def _wrong(self, tag: str, name: str, value: str, within: str) -> tuple[int, str] | None:
        """Return the code for a value that is not taken, and what was expected."""
        is_address = values.is_address(tag, name)
        if expected := values.wrong(tag, name, value):
            code = codes.of_value(tag, name, within)
            return codes.INVALID_URL if code == codes.SCHEMA and is_address else code, f"expected {expected}"
        if is_address and self.relative and values.is_relative(value):
            return self.relative, "which is relative to nothing here"
        return None

    def _of_text(self, element: ET.Element, within: ET.Element | None) -> Iterator[Mistake]:
        text = (element.text or "").strip()
        if element.tag == "Say" and not "".join(element.itertext()).strip():
            yield Mistake(codes.EMPTY_SAY, "<Say>: there is nothing to say", element)
        if (
            element.tag in codes.OF_NAME
            and not UNNAMED.intersection(element.attrib)
            and not 0 < len(text) <= NAME_CHARACTERS
        ):
            code = codes.OF_NAME[element.tag][bool(text)]
            yield Mistake(code, f"<{element.tag}>: a name has 1 to {NAME_CHARACTERS} characters", element)
        is_relative = bool(self.relative) and values.is_relative(text)
        if element.tag == "Redirect" and not text and self.relative:
            yield Mistake(self.relative, "<Redirect>: a document without an address is no place to go", element)
        if element.tag in ADDRESSES and text and (is_relative or not values.is_web(text)):
            text = f'<{element.tag}>: "{text[:SHOWN]}" is no address that can be asked'
            yield Mistake(self.relative if is_relative else codes.INVALID_URL, text, element, within=within)


def _meant(word: str, known: Iterable[str]) -> str:
    """Return the word that was probably meant, as a question behind a message."""
    by_lower = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), by_lower, 1, 0.6)
    return f'; did you mean "{by_lower[close[0]]}"?' if close else ""
