"""A flow file as a tree that knows where each thing stands.

A package brings the tree beside the file, so that a cold start need not load a YAML reader; one that does not belong to
the file's very bytes is not looked at.
"""

from hashlib import sha256
from pathlib import Path

import msgspec

_KEPT = ".tree"  # flow.yaml.tree
_NULLS = {"", "~", "null", "Null", "NULL"}


class Mistake(msgspec.Struct, frozen=True, order=True):
    """What is wrong at a line and column (from 1), and what was expected.

    One that `breaks` stops the file's use; another is a warning: the line runs, but hardly as it was meant.
    """

    line: int
    column: int
    wrong: str
    expected: str = ""
    breaks: bool = True
    file: str = "flow.yaml"
    mend: str = ""  # the word that is meant by the one which stands there

    def __str__(self) -> str:
        """Return the mistake as editors and terminals can jump to it."""
        said = f"{self.wrong}; {self.expected}" if self.expected else self.wrong
        return f"{self.file}:{self.line}:{self.column}: {'' if self.breaks else 'warning: '}{said}"


class Text(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A scalar as written; a plain empty one, `~` or `null` is none at all.

    One that `is_cut` is followed by a space and a `#`, which begin a comment.
    """

    line: int
    column: int
    value: str
    is_quoted: bool = False
    is_cut: bool = False

    @property
    def is_none(self) -> bool:
        """Whether nothing was written."""
        return not self.is_quoted and self.value in _NULLS


class Sequence(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A list."""

    line: int
    column: int
    items: list["Node"]


class Mapping(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A map, its pairs in the order in which they are written."""

    line: int
    column: int
    pairs: list[tuple[Text, "Node"]]

    def get(self, name: str) -> "Node | None":
        """Return the value under a key."""
        return next((value for key, value in self.pairs if key.value == name), None)


type Node = Text | Sequence | Mapping


class Unreadable(Exception):
    """The file is no YAML document that can be used; carries the one mistake."""

    def __init__(self, line: int, column: int, wrong: str, expected: str = "") -> None:
        super().__init__(wrong)
        self.mistake = Mistake(line, column, wrong, expected)


class _Kept(msgspec.Struct):
    digest: str
    root: Node


def kept(path: Path, raw: bytes) -> Node | None:
    """Return the tree that a package brings beside a flow file of these bytes; None when it brings none of them."""
    try:
        tree = msgspec.json.decode(path.with_name(path.name + _KEPT).read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):  # a tree of another version of ours is a ValidationError, which is one
        return None
    return tree.root if tree.digest == sha256(raw).hexdigest() else None


def to_keep(path: Path, raw: bytes, root: Node) -> tuple[str, bytes]:
    """Return name and content of the file that a package brings beside the flow file at `path`.

    `raw` are that file's bytes, `root` is the tree that was read from them.
    """
    return path.name + _KEPT, msgspec.json.encode(_Kept(sha256(raw).hexdigest(), root))
