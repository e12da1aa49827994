"""A file of stories, read whole: the checked Book and every mistake in it, in the order of its lines."""

from pathlib import Path

import msgspec

from local.flow_files import STORIES
from local.moments import NoTime, in_zone
from local.tell import phrases
from local.tell.model import Book, Step, Story
from local.twilio.sids import address
from local.wording import COMMAND
from shared.flow import yaml_parser
from shared.flow.document import Mapping, Mistake, Node, Sequence, Text, Unreadable
from shared.flow.hints import suggestion

ADDRESSES = "expected one such as +12025550122, client:ann, sip:ann@example.com, or hidden"
_TOP = ("people", "stories")
_OF_A_STORY = ("at", "told")


def flow_of(stories: Path) -> Path:
    """Return the flow file of which a file tells stories."""
    return stories.with_name(stories.name.removesuffix(STORIES) + ".yaml")


def read(path: Path) -> tuple[Book, list[Mistake]]:
    """Read a file of stories. Never raises: what is wrong is among the mistakes."""
    try:
        root, mistakes = yaml_parser.parse(path.read_bytes())
    except OSError as e:
        begin = f"{COMMAND} tell --suggest -o {path.name} begins one" if isinstance(e, FileNotFoundError) else ""
        return Book(), [Mistake(1, 1, f"the file cannot be read: {e.strerror}", begin, file=path.name)]
    except Unreadable as e:
        return Book(), [msgspec.structs.replace(e.mistake, file=path.name)]
    reading = _Reading(list(mistakes))
    book = reading.book(root)
    return book, sorted(msgspec.structs.replace(mistake, file=path.name) for mistake in reading.mistakes)


class _Reading:
    """What one file says, and the mistakes found on the way."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes
        self.people: dict[str, str] = {}

    def wrong(self, node: Node, wrong: str, expected: str = "") -> None:
        self.mistakes.append(Mistake(node.line, node.column, wrong, expected))

    def book(self, root: Node) -> Book:
        for key, value in self._pairs(root, "the file", 'expected "people:" and "stories:"'):
            if key.value == "people":
                self.people = dict(self._people(value))
            elif key.value != "stories":
                self.wrong(key, f'unknown section "{key.value}"', suggestion(key.value, _TOP))
        stories = root.get("stories") if isinstance(root, Mapping) else None
        told = self._pairs(stories, '"stories"', "expected NAME: {told: [...]}") if stories else []
        return Book(self.people, tuple(self._story(key, value) for key, value in told))

    def _pairs(self, node: Node, what: str, expected: str) -> list[tuple[Text, Node]]:
        if isinstance(node, Mapping):
            return node.pairs
        self.wrong(node, f"{what} is not a map", expected)
        return []

    def _text(self, node: Node, what: str) -> str:
        if isinstance(node, Text) and not node.is_none:
            return node.value
        self.wrong(node, f"{what} is no text")
        return ""

    def _people(self, node: Node) -> list[tuple[str, str]]:
        found = []
        for key, value in self._pairs(node, '"people"', 'expected ann: "+12025550122"'):
            text = self._text(value, f'the address of "{key.value}"')
            known = "" if text == phrases.HIDDEN else address(text)
            if text and known is None:
                self.wrong(value, f'"{text}" is no address', ADDRESSES)
            found.append((key.value, text if known is None else known))
        return found

    def _story(self, name: Text, node: Node) -> Story:
        at, phones, steps = "", dict[str, str](), tuple[Step, ...]()
        for key, value in self._pairs(node, "a story", "expected {told: [...]}"):
            if key.value == "told":
                steps = self._steps(value)
            elif key.value == "at":
                at = self._moment(value)
            elif self._is_somebody(key.value):
                phones[key.value] = self._behaviour(value)
            else:
                known = (*_OF_A_STORY, *self.people)
                self.wrong(key, f'unknown word of a story: "{key.value}"', suggestion(key.value, known))
        if not steps:
            self.wrong(name, f'nothing is told of "{name.value}"', "expected told: [ann dials, hears: ...]")
        return Story(name=name.value, line=name.line, column=name.column, at=at, phones=phones, steps=steps)

    def _is_somebody(self, name: str) -> bool:
        return name in self.people or bool(address(name))

    def _moment(self, node: Node) -> str:
        text = self._text(node, '"at"')
        try:
            in_zone(text, "UTC")
        except NoTime as e:
            self.wrong(node, str(e))
        return text

    def _behaviour(self, node: Node) -> str:
        text = self._text(node, "how a phone behaves")
        if text and phrases.behaviour(text) is None:
            expected = suggestion(text, phrases.BEHAVES) or f"expected {', '.join(phrases.BEHAVES)}"
            self.wrong(node, f'no phone behaves like "{text}"', expected)
        return text

    def _steps(self, node: Node) -> tuple[Step, ...]:
        if not isinstance(node, Sequence):
            self.wrong(node, '"told" is not a list', "expected - ann dials")
            return ()
        steps = [self._step(item) for item in node.items]
        return tuple(step for step in steps if step)

    def _step(self, node: Node) -> Step | None:
        match node:
            case Text():
                return self._sentence(node, None, [])
            case Mapping(pairs=[(key, value), *others]):
                return self._sentence(key, value, others)
        self.wrong(node, "a step is a sentence", "expected ann dials, or hears: Welcome")
        return None

    def _sentence(self, said: Text, value: Node | None, others: list[tuple[Text, Node]]) -> Step | None:
        words = " ".join(said.value.split())
        act = max((act for act in phrases.ACTS if words == act or words.endswith(f" {act}")), key=len, default="")
        if not act:
            meant = suggestion(words.partition(" ")[2] or words, phrases.ACTS)
            self.wrong(said, f'nobody knows what "{words}" means', meant)
            return None
        who, phrase = words.removesuffix(act).strip(), phrases.ACTS[act]
        if who and not self._is_somebody(who):
            self.wrong(said, f'"{who}" is none of the people', suggestion(who, self.people))
        if who and phrase.by_whom == "nobody":
            self.wrong(said, f'"{act}" is said of nobody', f"expected {act}: ...")
        if not who and phrase.by_whom == "somebody":
            self.wrong(said, f'who "{act}"?', f"expected ann {act}")
        options, parameters = self._options(others, act, phrase)
        return Step(said.line, said.column, words, who, act, self._value(said, value, act, phrase), options, parameters)

    def _value(self, said: Text, value: Node | None, act: str, phrase: phrases.Phrase) -> str:
        if value is None or (isinstance(value, Text) and value.is_none):
            if phrase.value == "must":
                self.wrong(said, f'"{act}" wants something after it', f"expected {act}: ...")
            return ""
        if not phrase.value:
            self.wrong(value, f'nothing can follow "{act}"')
        return self._text(value, f'what follows "{act}"')

    def _options(
        self, pairs: list[tuple[Text, Node]], act: str, phrase: phrases.Phrase
    ) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
        options, parameters = dict[str, tuple[str, ...]](), dict[str, str]()
        for key, value in pairs:
            if key.value not in phrase.options:
                self.wrong(key, f'"{act}" takes no "{key.value}"', suggestion(key.value, phrase.options))
            elif key.value == "with":
                named = self._pairs(value, '"with"', "expected {FromCity: BONN}")
                parameters = {name.value: self._text(node, f'"{name.value}"') for name, node in named}
            else:
                nodes = value.items if isinstance(value, Sequence) else [value]
                options[key.value] = tuple(self._text(node, f'"{key.value}"') for node in nodes)
        return options, parameters
