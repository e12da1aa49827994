"""A flow file as a tree that knows where each thing stands."""

import msgspec

from shared.flow.mistake import Mistake

_NULLS = {"", "~", "null", "Null", "NULL"}


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


class Kept(msgspec.Struct):
    """The tree of a file as a package keeps it, and the SHA-256 of the file, in hex."""

    digest: str
    tree: Node


class Unreadable(Exception):
    """The file is no YAML document that can be used; carries the one mistake."""

    def __init__(self, line: int, column: int, wrong: str, expected: str = "") -> None:
        super().__init__(wrong)
        self.mistake = Mistake(line, column, wrong, expected)
