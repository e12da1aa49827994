"""YAML text -> the tree of a document. Scalars stay as they were written.

Built from YAML's events instead of its objects: `1:`, `no`, `+12025550101` and `2026-12-25` keep their spelling, a
key that is written twice is seen, and a file that means to exhaust the reader is refused.
"""

from collections.abc import Iterator

import yaml

from shared.flow.document import Mapping, Node, Sequence, Text, Unreadable
from shared.flow.hints import shown
from shared.flow.mistake import Mistake

MAX_BYTES = 256 * 1024
MAX_NODES = 20_000  # with aliases written out
MAX_DEPTH = 40
EMPTY = "the file is empty"


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
        return _Builder(text).build(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as e:
        from shared.flow import yaml_faults

        raise yaml_faults.unreadable(e, text) from None


class _Builder:
    """Grows the tree from events; an alias counts as often as it is used."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.open: list[tuple[yaml.Event, list[Node]]] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.sizes: list[int] = []  # nodes so far in each open collection
        self.mistakes: list[Mistake] = []
        self.bare: set[tuple[int, int]] = set()  # where a value would stand after a key that has no colon
        self.scalar_ends = -1
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
                    self._add(self._text(event), 1, event.anchor)
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
            raise Unreadable(1, 1, EMPTY, 'expected "voice:" and "messages:"')
        return self.root, self.mistakes

    def _text(self, event: yaml.ScalarEvent) -> Text:
        begins, ends = (mark.index if mark else -1 for mark in (event.start_mark, event.end_mark))
        is_quoted = bool(event.style)
        if begins == ends == self.scalar_ends:
            self.bare.add(_at(event))
        self.scalar_ends = ends
        is_cut = begins < ends and not is_quoted and self.source[ends : ends + 2] == " #"
        return Text(*_at(event), event.value, is_quoted, is_cut)

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
        merged: list[tuple[Text, Node]] = []
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, Text):
                self._wrong(key, "a key must be a word", "expected NAME: VALUE")
            elif key.value == "<<" and not key.is_quoted:
                merged += self._merged(value)
            elif key.value in seen:
                first = seen[key.value].line
                self._wrong(key, f'"{shown(key.value)}" is written twice', f"it stands in line {first} already")
            elif pairs and (value.line, value.column) in self.bare:
                self._wrong(key, f'"{shown(key.value)}" has no value', _joined(pairs[-1][1], key))
            else:
                seen[key.value] = key
                pairs.append((key, value))
        for key, value in merged:  # what is written beside them, or merged before, wins
            if key.value not in seen:
                seen[key.value] = key
                pairs.append((key, value))
        return Mapping(line, column, pairs)

    def _merged(self, node: Node) -> list[tuple[Text, Node]]:
        """Return the pairs of the map, or of the maps, that a merge key brings in."""
        maps = node.items if isinstance(node, Sequence) else [node]
        for one in maps:
            if not isinstance(one, Mapping):
                self._wrong(one, '"<<" brings in what is no map', "expected <<: *NAME, the anchor of a map")
        return [pair for one in maps if isinstance(one, Mapping) for pair in one.pairs]

    def _wrong(self, at: Node, wrong: str, expected: str) -> None:
        self.mistakes.append(Mistake(at.line, at.column, wrong, expected))


def _joined(before: Node, key: Text) -> str:
    """Say what to write when a comma has cut a text in two: the one before it, and what became a key."""
    if not isinstance(before, Text) or before.is_quoted:
        return f"write a colon and its value: {shown(key.value)}: VALUE"
    return f'if it belongs to the text before the comma, put that in quotes: "{shown(f"{before.value}, {key.value}")}"'


def _at(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
