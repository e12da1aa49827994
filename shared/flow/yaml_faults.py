"""What the YAML reader complains of, in the words of somebody who writes a flow: what they did, and what to write."""

from typing import NamedTuple

import yaml

from shared.flow.document import Unreadable
from shared.flow.hints import shown

INDENTATION = "begin it exactly under the line that it belongs beside"


class _Fault(NamedTuple):
    """What the reader says, the place (zero-based), and where what it was reading began."""

    problem: str
    line: int
    column: int
    began: tuple[int, int]


def unreadable(error: yaml.YAMLError, text: str) -> Unreadable:
    """Return the mistake of a `text` that is no YAML, with its place."""
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position or 0]
        return Unreadable(before.count("\n") + 1, len(before) - before.rfind("\n"), "a character that YAML forbids")
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    line, column = (mark.line, mark.column) if mark else (0, 0)
    began = (context.line, context.column) if context else (line, column)
    fault = _Fault(getattr(error, "problem", None) or str(error), line, column, began)
    return _told(fault, [*text.splitlines(), ""])


def _told(fault: _Fault, lines: list[str]) -> Unreadable:
    line = lines[fault.line] if fault.line < len(lines) else ""
    here, place = line[fault.column : fault.column + 1], (fault.line + 1, fault.column + 1)
    problem = "tab character" if here == "\t" else fault.problem
    before = line[: fault.column].rstrip()
    if "mapping values are not allowed" in problem or here == ":":
        return _colon(place, line)
    if "expected ',' or" in problem:
        return _unclosed(fault, lines, place)
    if "expected key" in problem and before.endswith(("'", '"')):
        return _second_quote(place, before[-1])
    for said, wrong, expected in _FROM_ITS_BEGINNING:
        if said in problem:
            return Unreadable(fault.began[0] + 1, fault.began[1] + 1, wrong, expected)
    for said, wrong, expected in _WHERE_IT_STANDS:
        if said in problem:
            rest = _quoted(line[fault.began[1] :])
            return Unreadable(*place, wrong.format(here=here), expected.format(rest=rest))
    return Unreadable(*place, f"not YAML: {problem}", "look at the quotes, brackets and indentation before this place")


# What the reader says in its complaint -> what is wrong, and what to write.
_FROM_ITS_BEGINNING = (
    ("end of stream", "these quotes are not closed", "write the same sign at the end of the text"),
    ("could not find expected ':'", "this line has no colon", "expected NAME: VALUE"),
)
_OFF = "this line is not indented as those before it"
_WHERE_IT_STANDS = (
    ("tab character", "this line is indented with a tab", "indent with spaces"),
    ("cannot start any token", "a text begins with {here}", "put it in quotes: {rest}"),
    ("expected alphabetic", "a text begins with * or &", "put it in quotes: {rest}"),
    ("expected key", _OFF, INDENTATION),
    ("'-' indicator", _OFF, INDENTATION),
    ("<document start>", _OFF, INDENTATION),
    ("comment or line break", "the text stands beside > or |", "begin it on the next line, or put it in quotes"),
    ("sequence entries are not allowed", "a list begins in the middle of a line",
     'begin each "- " on a line of its own'),
)  # fmt: skip


def _colon(place: tuple[int, int], line: str) -> Unreadable:
    before, colon, said = line.partition(": ")
    if colon and len(before) < place[1] - 1:
        return Unreadable(*place, 'a text holds ": "', f"put it in quotes: {_quoted(said)}")
    return Unreadable(*place, "this line goes on with the text before it, as it is indented", INDENTATION)


def _unclosed(fault: _Fault, lines: list[str], place: tuple[int, int]) -> Unreadable:
    opened = lines[fault.began[0]][fault.began[1] : fault.began[1] + 1]
    closing = {"[": "]", "{": "}"}.get(opened, "")
    return Unreadable(fault.began[0] + 1, fault.began[1] + 1, f'"{opened}" is not closed',
                      f'write "{closing}" before line {place[0]}, column {place[1]}')  # fmt: skip


def _second_quote(place: tuple[int, int], quote: str) -> Unreadable:
    other = '"' if quote == "'" else "'"
    return Unreadable(*place, f"the text ended at the second {quote}",
                      f"put the whole of it between {other} and {other}")  # fmt: skip


def _quoted(said: str) -> str:
    """Return the rest of a line as it is written between quotes."""
    text = shown(said.partition(" #")[0].rstrip(" }]"))
    return f"'{text}'" if '"' in text else f'"{text}"'
