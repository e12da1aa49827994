"""What is wrong in a flow file, and where."""

from typing import NamedTuple


class Mistake(NamedTuple):
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
