"""The filters of the Table service: a text such as `PartitionKey eq 'a' and RowKey lt 'b'` -> a function of a row.

Source: "Querying tables and entities" in Azure's docs.
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

type Test = Callable[[Mapping[str, Any]], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>(?:datetime|guid)?'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)L?|(?P<word>\w+)|(?P<sign>[()]))"
)
_COMPARED = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le,
}  # fmt: skip


class BadFilter(ValueError):
    """The text is no filter that is understood here."""


def test_of(text: str) -> Test:
    """Return the function that tells whether a row passes a filter; an empty one lets all pass. Raises BadFilter."""
    if not text.strip():
        return lambda _: True
    parser = _Parser(text)
    test = parser.either()
    if parser.left:
        raise BadFilter(text)
    return test


def ordinal(text: str) -> bytes:
    """Return what keys are sorted and compared by: UTF-16 units, as in .NET."""
    return text.encode("utf-16-be", "surrogatepass")


class _Parser:
    """Takes a filter token by token: `or` binds less than `and`, `and` less than `not`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.left = list(self._tokens())

    def _tokens(self) -> list[tuple[str, str]]:
        tokens, at = [], 0
        while at < len(self._text.rstrip()):
            found = _TOKEN.match(self._text, at)
            if not found:
                raise BadFilter(self._text)
            kind = str(found.lastgroup)
            tokens.append((kind, found[kind]))
            at = found.end()
        return tokens

    def _next(self) -> tuple[str, str]:
        if not self.left:
            raise BadFilter(self._text)
        return self.left.pop(0)

    def _takes(self, word: str) -> bool:
        if self.left and self.left[0][1] == word:
            self.left.pop(0)
            return True
        return False

    def either(self) -> Test:
        """Return the test of what `or` joins."""
        tests = [self._both()]
        while self._takes("or"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._takes("and"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        if self._takes("not"):
            denied = self._one()
            return lambda row: not denied(row)
        if self._takes("("):
            test = self.either()
            if not self._takes(")"):
                raise BadFilter(self._text)
            return test
        return self._comparison()

    def _comparison(self) -> Test:
        (kind, name), (_, sign), value = self._next(), self._next(), self._value()
        if kind != "word" or sign not in _COMPARED:
            raise BadFilter(self._text)
        compare, wanted = _COMPARED[sign], _comparable(value)

        def test(row: Mapping[str, Any]) -> bool:
            found = _comparable(row.get(name))
            return type(found) is type(wanted) and compare(found, wanted)

        return test

    def _value(self) -> Any:
        kind, text = self._next()
        match kind:
            case "text":
                return text.partition("'")[2][:-1].replace("''", "'")
            case "number":
                return float(text)
        if text not in {"true", "false"}:
            raise BadFilter(self._text)
        return text == "true"


def _comparable(value: Any) -> Any:
    if isinstance(value, str):
        return ordinal(value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
