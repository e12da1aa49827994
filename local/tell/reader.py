"""A file of stories, read whole: the checked Book and every mistake in it, in the order of its lines."""

from pathlib import Path

from local.flow_files import STORIES, shown
from local.moments import NoTime, in_zone
from local.tell import phrases
from local.tell.model import Book, Step, Story
from local.tell.values import Kind
from local.twilio.sids import address
from local.wording import COMMAND
from shared.flow import yaml_parser
from shared.flow.document import Mapping, Node, Sequence, Text, Unreadable
from shared.flow.hints import suggestion
from shared.flow.mistake import Mistake

ADDRESSES = "expected one such as +12025550122, client:ann, sip:ann@example.com, or hidden"
SECTIONS = 'expected "people:" and "stories:"'
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
        begin = f"{COMMAND} tell --suggest -o {shown(path)} begins one" if isinstance(e, FileNotFoundError) else ""
        return Book(), [Mistake(1, 1, f"the file cannot be read: {e.strerror}", begin, file=path.name)]
    except Unreadable as e:
        expected = SECTIONS if e.mistake.wrong == yaml_parser.EMPTY else e.mistake.expected
        return Book(), [e.mistake._replace(expected=expected, file=path.name)]
    reading = _Reading(list(mistakes))
    book = reading.book(root)
    return book, sorted(mistake._replace(file=path.name) for mistake in reading.mistakes)


class _Reading:
    """What one file says, and the mistakes found on the way."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes
        self.people: dict[str, str] = {}

    def wrong(self, node: Node, wrong: str, expected: str = "") -> None:
        self.mistakes.append(Mistake(node.line, node.column, wrong, expected))

    def book(self, root: Node) -> Book:
        for key, value in self._pairs(root, "the file", SECTIONS):
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
        found = list[tuple[str, str]]()
        for key, value in self._pairs(node, '"people"', 'expected ann: "+12025550122"'):
            text = self._text(value, f'the address of "{key.value}"')
            known = "" if text == phrases.HIDDEN else address(text)
            if text and known is None:
                self.wrong(value, f'"{text}" is no address', ADDRESSES)
            if same := next((name for name, at in found if known and at == known), ""):
                self.wrong(value, f'"{key.value}" has the address of "{same}"', "expected one name for each")
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
            self.wrong(said, f'nobody knows what "{words}" means', self._meant(words))
            return None
        who, phrase = words.removesuffix(act).strip(), phrases.ACTS[act]
        if who and not self._is_somebody(who):
            self.wrong(said, f'"{who}" is none of the people', suggestion(who, self.people))
        if act == "texts" and self.people.get(who, "-") == "":
            self.wrong(said, f'"{who}" shows no number, without which nobody sends a text')
        if who and phrase.by_whom == "nobody":
            self.wrong(said, f'"{act}" is said of nobody', f"expected {act}: ...")
        if not who and phrase.by_whom == "somebody":
            self.wrong(said, f'who "{act}"?', f"expected {next(iter(self.people), 'ann')} {act}")
        options, parameters = self._options(others, act, phrase)
        text = self._value(said, value, act, phrase)
        return Step(said.line, said.column, words, who, act, text, options, parameters)

    def _meant(self, words: str) -> str:
        """Return the hint for a sentence that is none: the word for it here, or the nearest."""
        who = next((name for name in self.people if words.startswith(f"{name} ")), "")
        act = words.removeprefix(who).strip() if who else words.partition(" ")[2] or words
        known = phrases.OTHERWISE.get(act) or phrases.OTHERWISE.get(act.partition(" ")[0])
        return f'did you mean "{f"{who} {known}".strip()}"?' if known else suggestion(act, phrases.ACTS)

    def _value(self, said: Text, value: Node | None, act: str, phrase: phrases.Phrase) -> str:
        if value is None or (isinstance(value, Text) and value.is_none):
            if phrase.value == "must":
                self.wrong(said, f'"{act}" wants something after it', f"expected {act}: ...")
            return ""
        if not phrase.value:
            self.wrong(value, f'nothing can follow "{act}"')
        text = self._text(value, f'what follows "{act}"')
        if phrase.is_person and text and not self._is_somebody(text):
            self.wrong(value, f'"{text}" is none of the people', suggestion(text, self.people))
        if phrase.kind and text:
            self._check(value, text, act, phrase.kind)
        if act in phrases.HEARS and not text.strip():
            self.wrong(value, f'"{act}" wants words after it', f"expected {act}: Welcome")
        return self._address(value, text) if phrase.is_address and text else text

    def _check(self, node: Node, text: str, of: str, kind: Kind) -> None:
        if not kind.is_right(text):
            near = suggestion(text, kind.known) if kind.known else ""
            self.wrong(node, f'what follows "{of}" is no {kind.name}: "{text}"', near or kind.expected)

    def _address(self, node: Node, text: str) -> str:
        """Return an address as it is spelled everywhere."""
        known = address(text)
        if known is None:
            self.wrong(node, f'"{text}" is no address', ADDRESSES)
        return known or text

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
                options[key.value] = self._option(key.value, value)
        return options, parameters

    def _option(self, name: str, node: Node) -> tuple[str, ...]:
        """Return the texts of an option; one that is of a kind is one text."""
        if kind := phrases.OPTIONS.get(name):
            text = "" if isinstance(node, Text) and node.is_none else self._text(node, f'"{name}"')
            if isinstance(node, Text):
                self._check(node, text, name, kind)
            return (text,)
        nodes = node.items if isinstance(node, Sequence) else [node]
        texts = [(each, self._text(each, f'"{name}"')) for each in nodes]
        return tuple(self._address(each, text) if name == "to" and text else text for each, text in texts)
