"""YAML text -> the tree of a document. Scalars stay as they were written.

Built from YAML's events instead of its objects: `1:`, `no`, `+12025550101` and `2026-12-25` keep their spelling, a
key that is written twice is seen, and a file that means to exhaust the reader is refused.
"""

from collections.abc import Iterator

import yaml

from shared.flow.document import Mapping, Mistake, Node, Sequence, Text, Unreadable

MAX_BYTES = 256 * 1024
MAX_NODES = 20_000  # with aliases written out
MAX_DEPTH = 40


def parse(raw: bytes) -> tuple[Node, list[Mistake]]:
    """Return the document's tree and the keys that are written twice; raises Unreadable for what is no document."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(1, 1, f"the file has {len(raw)} bytes", f"at most {MAX_BYTES} are read")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        before = raw[: e.start]
        column = len(before) - before.rfind(b"\n")
        raise Unreadable(before.count(b"\n") + 1, column, "the file is not UTF-8", "save it as UTF-8") from None
    try:
        return _Builder().build(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as e:
        raise _unreadable(e, text) from None


def _unreadable(error: yaml.YAMLError, text: str) -> Unreadable:
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position or 0]
        return Unreadable(before.count("\n") + 1, len(before) - before.rfind("\n"), "a character that YAML forbids")
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or str(error)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Unreadable(line, column, f"not YAML: {problem}", _advice(problem))


def _advice(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return 'put a text that holds ": " in quotes'
    if "cannot start any token" in problem:
        return "indent with spaces, and put a text that begins with @, % or ` in quotes"
    if "did not find expected alphabetic" in problem:
        return 'put a text that begins with * or & in quotes, such as "*"'
    return "look at the quotes, brackets and indentation before this place"


class _Builder:
    """Grows the tree from events; an alias counts as often as it is used."""

    def __init__(self) -> None:
        self.open: list[tuple[yaml.Event, list[Node]]] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.sizes: list[int] = []  # nodes so far in each open collection
        self.mistakes: list[Mistake] = []
        self.root: Node | None = None

    def build(self, events: Iterator[yaml.Event]) -> tuple[Node, list[Mistake]]:
        documents = 0
        for event in events:
            match event:
                case yaml.DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        raise Unreadable(*_at(event), "a second document begins here", "one file is one document")
                case yaml.ScalarEvent():
                    self._add(Text(*_at(event), event.value, bool(event.style)), 1, event.anchor)
                case yaml.AliasEvent():
                    self._add(*self._aliased(event), None)
                case yaml.CollectionStartEvent():
                    if len(self.open) >= MAX_DEPTH:
                        raise Unreadable(*_at(event), f"nested deeper than {MAX_DEPTH} levels")
                    self.open.append((event, []))
                    self.sizes.append(1)
                case yaml.CollectionEndEvent():
                    start, items = self.open.pop()
                    self._add(self._collected(start, items), self.sizes.pop(), getattr(start, "anchor", None))
        if self.root is None:
            raise Unreadable(1, 1, "the file is empty", 'expected "voice:" and "messages:"')
        return self.root, self.mistakes

    def _add(self, node: Node, size: int, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = (node, size)
        if not self.open:
            self.root = node
            return
        self.open[-1][1].append(node)
        self.sizes[-1] += size
        if self.sizes[-1] > MAX_NODES:
            raise Unreadable(node.line, node.column, f"the file holds more than {MAX_NODES} values")

    def _aliased(self, event: yaml.AliasEvent) -> tuple[Node, int]:
        if event.anchor not in self.anchors:
            raise Unreadable(*_at(event), f'"*{event.anchor}" names no anchor before it', "put it in quotes")
        return self.anchors[event.anchor]

    def _collected(self, start: yaml.Event, items: list[Node]) -> Node:
        line, column = _at(start)
        if isinstance(start, yaml.SequenceStartEvent):
            return Sequence(line, column, items)
        pairs: list[tuple[Text, Node]] = []
        seen: dict[str, Text] = {}
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, Text):
                self.mistakes.append(Mistake(key.line, key.column, "a key must be a word", "expected NAME: VALUE"))
            elif key.value in seen:
                first = seen[key.value].line
                self.mistakes.append(
                    Mistake(
                        key.line, key.column, f'"{key.value}" is written twice', f"it stands in line {first} already"
                    )
                )
            else:
                seen[key.value] = key
                pairs.append((key, value))
        return Mapping(line, column, pairs)


def _at(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
