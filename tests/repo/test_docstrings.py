"""A public function of shared/ with more than two arguments names each, and one that raises says what."""

import ast
import re

import pytest

from local.paths import ROOT

PASSED_ON = {"self", "req"}  # which need no word


def public(tree):
    """Give the public functions of a module and of its public classes."""
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else [node]
        yield from (one for one in inside if isinstance(one, ast.FunctionDef) and not one.name.startswith("_"))


def unsaid(function):
    """Give the arguments and exceptions that a function's docstring does not name."""
    text = (ast.get_docstring(function) or "").replace("`", "")
    arguments = [one.arg for one in (*function.args.args, *function.args.kwonlyargs) if one.arg not in PASSED_ON]
    raised = [one.exc.func if isinstance(one.exc, ast.Call) else one.exc
              for one in ast.walk(function) if isinstance(one, ast.Raise) and one.exc]  # fmt: skip
    names = {ast.unparse(one).rpartition(".")[2] for one in raised}
    missing = [one for one in arguments if not re.search(rf"\b{one.rstrip('_')}\b", text, re.IGNORECASE)]
    return (missing if len(arguments) > 2 else []) + sorted(
        name for name in names if name[:1].isupper() and name not in text
    )


@pytest.mark.parametrize("path", sorted((ROOT / "shared").rglob("*.py")), ids=lambda path: path.stem)
def test_each_argument_and_exception_is_said(path):
    functions = public(ast.parse(path.read_text(encoding="utf-8")))
    assert {function.name: found for function in functions if (found := unsaid(function))} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('def f(a, b, c): """Do it with `a` and `b`."""', ["c"]),
        ('def f(a):\n    """Do it."""\n    raise errors.Refused', ["Refused"]),
        ('def f(a):\n    """Do it. Raises Refused."""\n    raise Refused(a) from None', []),
        ('def f(a, b): """Do it."""', []),
    ],
)
def test_what_is_not_said_is_noticed(text, found):
    (function,) = public(ast.parse(text))
    assert unsaid(function) == found


def test_only_the_store_knows_azures_exceptions():
    knows = {path.parent.name for path in (ROOT / "shared").rglob("*.py") if "azure.core" in path.read_text("utf-8")}
    assert knows == {"store"}
