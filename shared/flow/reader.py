"""A flow file, read whole: the checked Flow and every mistake in it, in the order of its lines."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from shared.flow import custom_verbs, grammar, hints, kept, parameters, placeholders, steps, verb_api
from shared.flow.audit import audit
from shared.flow.document import Mapping, Node, Sequence, Text, Unreadable
from shared.flow.mistake import Mistake
from shared.flow.model import Answer, Flow, Line, Messages, Scene, Template
from shared.flow.renamed import in_todays_words
from shared.flow.scalars import SCENE, name_hint
from shared.flow.values import E164, Reading
from shared.platform_limits import MESSAGE_CHARACTERS

START = "start"
TOP = ("ahoy", "name", "description", "voice", "messages", "lines", "entrances")
FREE = "x-"  # a section that begins with it is the owner's own, such as one of anchors
_ROOT = Path(__file__).parent.parent.parent


class Result(msgspec.Struct, frozen=True):
    """What reading gave. `numbers` are the well-formed phone numbers and where they stand.

    `place_of` gives the place of a step, a template or an answer to a text of the flow.
    """

    flow: Flow
    mistakes: list[Mistake]
    numbers: list[tuple[Text, str]] = []
    place_of: Callable[[object], Node] = lambda _: Text(1, 1, "")


def tree(path: Path) -> tuple[Node, list[Mistake]]:
    """Return a file's tree and the keys that are written twice. Raises Unreadable for no document, and OSError."""
    if found := kept.tree(path):
        return found, []
    from shared.flow import yaml_parser

    return yaml_parser.parse(path.read_bytes())


def read(path: Path, near: str = "") -> Result:
    """Read a flow file. Never raises: what is wrong is in the result's mistakes.

    `near` is the line's number, of whose country hints for numbers are; without one the file's own numbers say it.
    """
    try:
        root, mistakes = tree(path)
    except OSError as e:
        return _failed(path, Mistake(1, 1, f"the file cannot be read: {e.strerror}", "expected a flow file"))
    except Unreadable as e:
        return _failed(path, e.mistake)
    if not isinstance(root, Mapping):
        return _failed(
            path, Mistake(root.line, root.column, "the file is not a map", 'expected "voice:" and "messages:"')
        )
    former: list[Mistake] = []
    words = in_todays_words(root, former)
    assert isinstance(words, Mapping)  # noqa: S101 -- a map stays one
    result = _File(words, custom_verbs.Verbs(path.parent, _ROOT), near).read()
    found = sorted({m._replace(file=path.name) for m in [*mistakes, *former, *result.mistakes]})
    return msgspec.structs.replace(result, mistakes=found)


def _failed(path: Path, mistake: Mistake) -> Result:
    return Result(Flow(), [mistake._replace(file=path.name)])


def _number_in(node: Node | None) -> str:
    """Return the first number in E.164 that stands in a part of the file; empty for none."""
    match node:
        case Text(value=value) if E164.fullmatch(value):
            return value
        case Sequence(items=items):
            return next(filter(None, map(_number_in, items)), "")
        case Mapping(pairs=pairs):
            return next(filter(None, (_number_in(part) for pair in pairs for part in pair)), "")
    return ""


class _File:
    """The parts of one file, and what they share while they are read."""

    def __init__(self, root: Mapping, verbs: custom_verbs.Verbs, near: str) -> None:
        self.root = root
        self.verbs = verbs
        self.voice = root.get("voice")
        self.names = {key.value: key for key, _ in self.voice.pairs} if isinstance(self.voice, Mapping) else {}
        self.reading = Reading(self.names, near or _number_in(root.get("lines")) or _number_in(self.root))

    def read(self) -> Result:
        if not self._is_of_this_language():
            return Result(Flow(), self.reading.mistakes)
        for key, value in self.root.pairs:
            if key.value in {"name", "description"}:
                self.reading.text(value, f'"{key.value}"')
            elif key.value not in TOP and not key.value.startswith(FREE):
                self.reading.unknown(key, "section", TOP)
        line = Line(START if START in self.names else "", self._messages(self.root, Messages()))
        lines, entrances = self._lines(line.messages), self._entrances()
        scenes = self._scenes() | self._scenes_without_a_name()
        flow = Flow(scenes=scenes, line=line, lines=lines, entrances=entrances)
        if self.verbs.failure:
            self.reading.wrong(self.root, self.verbs.failure, "correct that file")
        audit(flow, self.reading, self.names)
        return Result(flow, self.reading.mistakes, self.reading.numbers, self.reading.place_of)

    def _is_of_this_language(self) -> bool:
        """Whether the file is written in a version of the language that is known here; all others would be noise."""
        node = self.root.get("ahoy")
        text = self.reading.text(node, '"ahoy"') if node else None
        if text is None or text.value == str(grammar.LANGUAGE):
            return True
        is_newer = text.value.isascii() and text.value.isdigit() and int(text.value[:9]) > grammar.LANGUAGE
        version = f"{hints.shown(text.value)} of the language"
        if is_newer:
            self.reading.wrong(text, f"this file is written in version {version}",
                               f"this Ahoy reads version {grammar.LANGUAGE}: bring a newer Ahoy")  # fmt: skip
        else:
            self.reading.wrong(text, f"there is no version {version}", f"expected {grammar.LANGUAGE}")
        return not is_newer

    def _scenes(self) -> dict[str, Scene]:
        if self.voice is None:
            return {}
        mapping = self.reading.mapping(self.voice, '"voice"', "expected scenes, such as start: [say: Hello]")
        pairs = mapping.pairs if mapping else []
        for key, _ in pairs:
            if not SCENE.fullmatch(key.value):
                self.reading.wrong(key, f'"{hints.shown(key.value)}" is no name of a scene', name_hint(key.value))
        if mapping and START not in self.names and self.root.get("lines") is None:
            self.reading.wrong(mapping, 'there is no scene "start"', "an answered call begins there")
        return {key.value: self._scene(key.value, value) for key, value in pairs}

    def _scenes_without_a_name(self) -> dict[str, Scene]:
        """Read the scenes that stand where one is named; those in `voice`, `lines` and `messages` have been read."""
        return {name: self._scene(name, node) for name, node in [*self.reading.inline.items()]}

    def _scene(self, name: str, node: Node) -> Scene:
        self.reading.within = name
        return steps.scene(node, self.reading, self.verbs)

    def _lines(self, default: Messages) -> dict[str, Line]:
        node = self.root.get("lines")
        mapping = self.reading.mapping(node, '"lines"', 'expected "+12025550100": {start: SCENE}') if node else None
        lines: dict[str, Line] = {}
        for key, value in mapping.pairs if mapping else []:
            number = self.reading.phone(key)
            self.reading.within = "line"
            if entry := self.reading.mapping(value, "a line", "expected {start: SCENE, messages: {...}}"):
                lines[str(number)] = self._line(entry, default)
        return lines

    def _line(self, entry: Mapping, default: Messages) -> Line:
        for key, _ in entry.pairs:
            if key.value not in {"start", "messages"}:
                self.reading.unknown(key, "word of a line:", ["start", "messages"])
        start = entry.get("start")
        scene = self.reading.scene(start, '"start"') if start else (START if START in self.names else "")
        return Line(scene, self._messages(entry, default))

    def _entrances(self) -> tuple[str, ...]:
        node = self.root.get("entrances")
        texts = self.reading.texts(node, '"entrances"') if node else []
        return tuple(self.reading.scene(text, '"entrances"') for text in texts)

    def _messages(self, parent: Mapping, default: Messages) -> Messages:
        """Return the messages of the file or of a line of it; what they leave out is as in `default`."""
        node = parent.get("messages")
        mapping = self.reading.mapping(node, '"messages"', "expected {keywords: ..., otherwise: ...}") if node else None
        if mapping is None:
            return default
        self.reading.within = "messages"
        for key, _ in mapping.pairs:
            if key.value not in {"keywords", "otherwise"}:
                self.reading.unknown(key, 'word of "messages":', ["keywords", "otherwise"])
        otherwise = mapping.get("otherwise")
        keywords = default.keywords | self._keywords(mapping.get("keywords"))
        return Messages(
            keywords, self.reading.placed(self._answer(otherwise), otherwise) if otherwise else default.otherwise
        )

    def _doubt_opt_out(self, keyword: Text) -> None:
        from shared import opt_out_words  # a flow without keywords does not wait for it at a cold start

        if opt_out_words.wish(keyword.value) == "STOP":
            said = f'"{hints.shown(keyword.value)}" never gets this answer: whoever texts it opts out'
            self.reading.doubt(keyword, said, "choose another word, such as LEAVE")

    def _keywords(self, node: Node | None) -> dict[str, Answer]:
        mapping = self.reading.mapping(node, '"keywords"', "expected KEYWORD: TEXT") if node else None
        answers: dict[str, Answer] = {}
        for key, value in mapping.pairs if mapping else []:
            keyword = self.reading.compared(key, "keyword", answers)
            self._doubt_opt_out(key)
            answers[keyword] = self.reading.placed(self._answer(value), key)
        return answers

    def _answer(self, node: Node) -> Answer:
        if isinstance(node, Text):
            return Answer(reply=self._reply(node))
        mapping = self.reading.mapping(node, "an answer", f"expected a text, or {', '.join(grammar.ANSWER)}")
        found: dict[str, Any] = {}
        for key, value in mapping.pairs if mapping else []:
            if key.value == "reply":
                found["reply"] = self._reply(value)
            elif key.value in grammar.SEVERAL:
                found[key.value] = self._several(key.value, value)
            elif kind := grammar.ANSWER.get(key.value):
                found[key.value] = self.reading.value(kind, value, f'"{key.value}"') or ""
            elif key.value in self.verbs:
                found["own"] = custom_verbs.step(key, value, self.reading, self.verbs, verb_api.Message)
            else:
                self.reading.unknown(key, "word of an answer:", [*grammar.ANSWER, *self.verbs])
        return Answer(**found)

    def _reply(self, node: Node) -> str:
        text = self.reading.text(node, "the reply")
        if not text:
            return ""
        self._look_at_parameters(text)
        return self.reading.filled(text, "the reply", MESSAGE_CHARACTERS).text

    def _look_at_parameters(self, text: Text) -> None:
        """Note parameters that come with calls only."""
        for name in placeholders.names(text.value):
            if parameters.is_sent(name) and not parameters.is_sent(name, parameters.MESSAGE):
                self.reading.doubt(text, f'"${name}" is empty here', parameters.origin(name))

    def _several(self, word: str, node: Node) -> tuple[str | Template, ...]:
        """Return the values of a word of an answer that may have several, each once."""
        read: list[str | Template] = []
        for text in self.reading.texts(node, f'"{word}"'):
            self._look_at_parameters(text)
            value = self.reading.value(grammar.ANSWER[word], text, f'"{word}"')
            read += [value if isinstance(value, Template) else str(value)] if value else []
        return tuple(dict.fromkeys(read))
