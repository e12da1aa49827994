"""Each rule of the host that the page tells has its test, and each module of the host its rules."""

import ast

import pytest

from local.host import rules
from local.paths import ROOT

HELD = [rule for kept in rules.KEPT.values() for rule in kept]
WITHOUT = {"__init__", "__main__", "protocol", "rules", "worker"}  # what they do is seen through the others


def named_in(file):
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("rule", HELD, ids=lambda rule: rule.test.partition("::")[2])
def test_the_test_that_a_rule_names_is_there(rule):
    file, _, test = rule.test.partition("::")
    assert test in named_in(file)


def test_no_rule_is_told_twice():
    assert len({rule.what for rule in HELD}) == len(HELD)


def test_each_module_of_the_host_has_its_rules():
    assert {file.stem for file in (ROOT / "local" / "host").glob("*.py")} == rules.KEPT.keys() | WITHOUT
