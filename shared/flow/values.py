"""One value of the file, checked by its kind; every mistake is noted with its place, and reading goes on."""

import re
from collections.abc import Container, Iterable

from shared.flow import hints, parameters, placeholders, scalars
from shared.flow.document import Mapping, Node, Sequence, Text
from shared.flow.grammar import (
    ALONE,
    HERE,
    Filled,
    Free,
    Kind,
    Locale,
    OneOf,
    Phone,
    SceneName,
    SceneOrUrl,
    Url,
    Voice,
)
from shared.flow.mistake import Mistake
from shared.flow.model import SceneUrl, Template, Value
from shared.flow.placeholders import PartOf
from shared.words import folded

E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_CUT = "put all of it in quotes, or two spaces before the # of a comment"
# The host of an address: behind // and before the path, or behind the @ of a SIP address and before its parameters.
_HOST = re.compile(r"//[^/?#]*|@[^;?]*")
PHONE_CHARACTERS, URL_CHARACTERS = 128, 4000


class Reading:
    """One pass over a file: the scenes that it has, and the mistakes found so far."""

    def __init__(self, scenes: Iterable[str], near: str = "") -> None:
        self.scenes = frozenset(scenes)
        self.inline: dict[str, Node] = {}  # scenes that are written where others are named, by the name they were given
        self.near = near  # a number of the line's country, empty when that is not known
        self.within = ""  # the scene or section that is being read
        self.mistakes: list[Mistake] = []
        self.numbers: list[tuple[Text, str]] = []  # well-formed ones; whether they can exist is asked by `check`
        self._places: dict[int, tuple[object, Node]] = {}  # by identity: equal steps stand in several places

    def placed[T](self, thing: T, at: Node) -> T:
        """Return a step or a text that was read, and remember where it stands."""
        self._places[id(thing)] = thing, at
        return thing

    def place_of(self, thing: object) -> Node:
        """Return where a step or a text stands."""
        return self._places[id(thing)][1]

    def wrong(self, at: Node, wrong: str, expected: str = "", mend: str = "") -> None:
        """Note a mistake `at` a place: what is `wrong`, and what was `expected`. The file cannot be used.

        `mend` is the word that is meant by the one that stands there.
        """
        self.mistakes.append(Mistake(at.line, at.column, wrong, expected, mend=mend))

    def doubt(self, at: Node, wrong: str, expected: str = "") -> None:
        """Note a warning `at` a place: what is `wrong` but stops nothing, and what was `expected`."""
        self.mistakes.append(Mistake(at.line, at.column, wrong, expected, breaks=False))

    def unknown(self, key: Text, what: str, known: Iterable[str]) -> None:
        """Note `key`, a word that is no `what` ("verb", "attribute"), with the one of `known` that was meant."""
        part = "put the text before it in quotes, if this belongs to it"  # as in {text: Hello, dear: friend}
        expected = part if " " in key.value else hints.suggestion(key.value, known)
        self.wrong(key, f'unknown {what} "{hints.shown(key.value)}"', expected)

    def text(self, node: Node, what: str) -> Text | None:
        """Return a scalar that says something."""
        if not isinstance(node, Text):
            self.wrong(node, f"{what} is a {'list' if isinstance(node, Sequence) else 'map'}", "expected one value")
        elif node.is_none:
            self.wrong(node, f"{what} says nothing", "expected a value")
        else:
            return node
        return None

    def texts(self, node: Node, what: str) -> list[Text]:
        """Return the scalars of a list, or the one that stands in its place."""
        items = node.items if isinstance(node, Sequence) else [node]
        return [text for item in items if (text := self.text(item, what))]

    def mapping(self, node: Node, what: str, expected: str) -> Mapping | None:
        """Return `node` as a map; None after noting that `what` is none, and what was `expected`."""
        if isinstance(node, Mapping):
            return node
        self.wrong(node, f"{what} is not a map", expected)
        return None

    def scene(self, node: Node, what: str) -> str:
        """Return the name of a scene that the file has, or that is written here; empty when it is none."""
        if is_scene(node) and not (isinstance(node, Text) and node.value in self.scenes):
            return self._named_after_its_place(node, what)
        text = self.text(node, what)
        if text and text.value not in self.scenes:
            meant = hints.suggestion(text.value, self.scenes)
            expected = "to say this, write {say: ...}" if " " in text.value else meant
            self.wrong(text, f'there is no scene "{hints.shown(text.value)}"', expected)
        return text.value if text else ""

    def _named_after_its_place(self, node: Node, what: str) -> str:
        """Return the name that a scene is given which stands where one is named: `start-closed`."""
        if self.within in self.inline:
            self.wrong(node, "this scene stands in one that has no name itself", 'give one of them a name in "voice"')
            return ""
        begins = f"{self.within}-{hints.name(what)}"
        names = (begins, *(f"{begins}-{number}" for number in range(2, len(self.inline) + 3)))
        for name in names:
            if self.inline.get(name, node) is node and name not in self.scenes:
                self.inline[name] = node
                return name
        return ""

    def compared(self, key: Text, what: str, others: Container[str]) -> str:
        """Return `key`, a `what` ("keyword", "choice"), as it is compared; no word, or one of `others`, is noted."""
        compared = folded(key.value)
        if not compared:
            self.wrong(key, f"a {what} without letters and digits", "expected a word")
        elif compared in others:
            said = hints.shown(key.value)
            self.wrong(key, f'the {what} "{said}" is there already', "case and punctuation make no other")
        return compared

    def filled(self, text: Text, what: str, limit: int, part_of: PartOf = "text") -> Template:
        """Return a `text` with placeholders, of at most `limit` characters; `what` it is stands in mistakes.

        Values are escaped for what they become `part_of`.
        """
        if len(text.value) > limit:
            self.wrong(text, f"{what} has {len(text.value)} characters", f"at most {limit} are possible")
        if text.is_cut:
            self.doubt(text, f'{what} ends before " #", which begins a comment', _CUT)
        if placeholders.clean(text.value) != text.value:
            self.wrong(text, f"{what} holds control characters", "expected plain text")
        for name in dict.fromkeys(placeholders.names(text.value)):
            if not parameters.is_sent(name):
                self.doubt(text, f'"${name}" is no parameter of Twilio', hints.parameter(name))
        if placeholders.is_left_open(text.value):
            self.doubt(
                text, f'{what} has a "${{" that no name and "}}" follow', 'write ${Name}, or "$${" for these two'
            )
        return self.placed(Template(text.value, limit, part_of), text)

    def value(self, kind: Kind, node: Node, what: str) -> Value | None:
        """Return the value of `node` as its `kind`, or None after noting why it is not.

        `what` it is stands in the mistake.
        """
        if isinstance(node, Sequence) and isinstance(kind, (Free, OneOf)):
            return self._joined(kind, node, what)
        if isinstance(kind, (SceneName, SceneOrUrl)) and is_scene(node):
            name = self.scene(node, what)
            return name if isinstance(kind, SceneName) or not name else SceneUrl(name)
        text = self.text(node, what)
        return self._scalar(kind, text, what) if text else None

    def _scalar(self, kind: Kind, text: Text, what: str) -> Value | None:
        match kind:
            case Filled(characters=limit, part_of=part_of):
                return self.filled(text, what, limit, part_of)
            case SceneName():
                return self.scene(text, what)
            case SceneOrUrl():
                return self._scene_or_url(text, what)
            case Phone():
                return self.phone(text, kind.others)
            case Voice() | Locale():
                self._doubted(
                    text, what, hints.voice(text.value) if isinstance(kind, Voice) else hints.locale(text.value)
                )
            case Url() if text.value.startswith(HERE):
                said = f'{what} is "{hints.shown(text.value)}"'
                self.doubt(text, said, "Twilio connects to wss:// only, and not to this machine")
        try:
            converted = scalars.converted(kind, text.value)
        except ValueError as e:
            self.wrong(text, f'{what} is "{hints.shown(text.value)}"', str(e))
            return None
        return self._address(kind, text, what) if isinstance(kind, Url) and "$" in text.value else converted

    def _address(self, kind: Url, text: Text, what: str) -> Template | None:
        """Return an address with placeholders; whose host a caller could choose is none."""
        found = _HOST.search(text.value)
        if any(placeholders.names(found[0] if found else text.value)):
            self.wrong(text, f"{what} would go to a host that a caller chooses", "write the host as it is")
            return None
        return self.filled(text, what, URL_CHARACTERS, kind.part_of)

    def _doubted(self, text: Text, what: str, hint: str) -> None:
        """Note a value that Twilio hardly takes; its own list grows, so the line is not stopped by it."""
        if hint:
            self.doubt(text, f'{what} is "{hints.shown(text.value)}"', hint)

    def phone(self, text: Text, others: tuple[str, ...] = ()) -> str | Template | None:
        """Return a number as E.164, or one of the words or beginnings that may stand in its place."""
        if text.value in others or text.value.startswith(tuple(other for other in others if other.endswith(":"))):
            return self.filled(text, "the caller", PHONE_CHARACTERS) if "$" in text.value else text.value
        number = re.sub(r"[ ().-]", "", text.value)
        if E164.fullmatch(number):
            self.numbers.append((text, number))
            return number
        self.wrong(text, f'"{hints.shown(text.value)}" is no phone number', hints.number(text.value, self.near))
        return None

    def _scene_or_url(self, text: Text, what: str) -> Value | None:
        if "://" in text.value:
            return self._scalar(Url(), text, what)
        return SceneUrl(name) if (name := self.scene(text, what)) else None

    def _joined(self, kind: Free | OneOf, node: Sequence, what: str) -> str | None:
        if isinstance(kind, OneOf) and not kind.joined:
            self.wrong(node, f"{what} is a list", f"expected one of {', '.join(kind.words)}")
            return None
        joint = kind.joint if isinstance(kind, Free) else " "
        words = [self._scalar(kind, text, what) for text in self.texts(node, what)]
        return joint.join(str(word) for word in words if word is not None)


def is_scene(node: Node) -> bool:
    """Whether a node holds steps: one, a list of them, or a verb that needs no value."""
    if isinstance(node, Sequence):
        return any(is_scene(item) for item in node.items)
    return isinstance(node, Mapping) or (not node.is_quoted and node.value in ALONE)
