"""A flow file as a tree that knows where each thing stands."""

import msgspec

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
