"""Small changes of a flow file, one at a time, as a slip of the hand makes them; and whether its stories notice one."""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from local import flow_files
from local.tell import reader, troupe
from shared import flow as language

OTHER_WORD = "zebra"
_TOKEN = re.compile(r"(?P<number>\d+)|(?P<word>[^\W\d_]+(?:_[^\W\d_]+)*)")
_OWN_KEYS = {"choices", "keywords"}  # whose keys are an owner's; those of the language are refused anyway
_SWITCH = {"true": "false", "false": "true"}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a file: what stands at an offset, and what instead."""

    name: str  # of the file
    line: int
    column: int
    at: int
    before: str
    after: str

    def __str__(self) -> str:
        """Return it as it is listed: `menu.yaml:7:30 1 -> 2`."""
        return f"{self.name}:{self.line}:{self.column} {self.before} -> {self.after}"

    def made(self, text: str) -> str:
        """Return the text with this change."""
        return text[: self.at] + self.after + text[self.at + len(self.before) :]


def flows(folder: Path) -> list[Path]:
    """Return the flow files of a folder that have stories beside them."""
    return sorted(reader.flow_of(file) for file in folder.glob("*.stories.yaml"))


def changes(flow: Path) -> Iterator[Change]:
    """Return every change of a flow file, in the order of the file."""
    text = flow.read_text(encoding="utf-8")
    root = yaml.compose(text)
    scenes = list(yaml.safe_load(text).get("voice", {}))
    for node in sorted(_scalars(root), key=lambda node: node.start_mark.index):
        start, end = node.start_mark.index, node.end_mark.index
        for found in _TOKEN.finditer(text, start, end):
            before = found[0]
            line = text.count("\n", 0, found.start()) + 1
            column = found.start() - text.rfind("\n", 0, found.start())
            yield Change(flow.name, line, column, found.start(), before, _instead(before, node.value, scenes))


def _scalars(node: yaml.Node | None, key: str = "") -> Iterator[yaml.ScalarNode]:
    match node:
        case yaml.ScalarNode():
            yield node
        case yaml.SequenceNode():
            for item in node.value:
                yield from _scalars(item, key)
        case yaml.MappingNode():
            for name, value in node.value:
                if key in _OWN_KEYS:
                    yield name
                yield from _scalars(value, name.value)


def _instead(token: str, whole: str, scenes: list[str]) -> str:
    if token.isdigit():
        return token[:-1] + str((int(token[-1]) + 1) % 10)
    if whole in scenes:
        return scenes[(scenes.index(whole) + 1) % len(scenes)]
    return _SWITCH.get(token, OTHER_WORD)


def is_noticed(flow: Path, change: Change) -> bool:
    """Whether a flow with a change is refused, or one of its stories is not true."""
    with tempfile.TemporaryDirectory() as folder:
        changed = Path(folder) / flow.name
        changed.write_text(change.made(flow.read_text(encoding="utf-8")), encoding="utf-8")
        if any(mistake.breaks for mistake in language.check(changed)):
            return True
        book, _ = reader.read(flow_files.stories_of(flow))
        return any(told.failure for told in troupe.told(changed, book))
