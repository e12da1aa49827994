"""No pattern that is to end a text ends before a newline: Python's `$` does, JSON Schema's (ECMA-262) does not.

So patterns in code are matched whole (`fullmatch`) or end as only Python ends, and those that are given out in `$`.
"""

import ast
import json
import re

import pytest

from local.paths import ROOT
from shared.openapi import document
from tests.tools.checkout import files

_NO_DOLLAR = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)  # escapes and sets, in which a dollar is none


def patterns(source):
    """Yield the line and the pattern of each call of `re`, and of each `pattern=`, that does not read line by line."""
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        is_of_re = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "re"
        given = [*(call.args[:1] if is_of_re else []), *(word.value for word in call.keywords if word.arg == "pattern")]
        if "MULTILINE" not in ast.unparse(call):
            yield from ((call.lineno, _text(node)) for node in given)


def _text(node):
    """Return the text that an expression makes, without what only running it tells."""
    return "".join(part.value for part in ast.walk(node) if isinstance(getattr(part, "value", None), str))


def ends_early(pattern):
    return "$" in _NO_DOLLAR.sub("", pattern)


def test_no_pattern_ends_before_a_newline():
    found = [
        f"{path}:{line}: {pattern}"
        for path in files()
        if path.suffix == ".py"
        for line, pattern in patterns((ROOT / path).read_text(encoding="utf-8"))
        if ends_early(pattern)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        're.compile("a$")',
        're.match(f"{x}$", text)',
        're.compile("".join(parts) + "$")',
        'Meta(pattern=r"^\\d+$")',
        're.search("a$", t, re.DOTALL)',
    ],
)
def test_one_that_does_is_noticed(line):
    assert [ends_early(pattern) for _, pattern in patterns(line)] == [True]


@pytest.mark.parametrize("line", ['re.compile(r"a\\Z")', 're.match(r"\\$[$]", t)', 're.search("a$", t, re.MULTILINE)'])
def test_one_that_does_not_is_left_alone(line):
    assert not any(ends_early(pattern) for _, pattern in patterns(line))


def given_out(schema):
    """Yield the patterns of a JSON Schema."""
    for name, value in schema.items() if isinstance(schema, dict) else enumerate(schema):
        if name == "pattern" and isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            yield from given_out(value)


def test_what_is_given_out_ends_as_json_schema_ends():
    flow = json.loads((ROOT / "flow.schema.json").read_bytes())
    found = [*given_out(flow), *given_out(json.loads(document.answer(None).get_body()))]
    assert len(found) > 2
    assert [pattern for pattern in found if "\\Z" in pattern] == []
