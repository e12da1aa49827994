"""What code reads of an element is found in the code, however the element reaches the line that reads it."""

import pytest

from local.stand_ins.reading import Code

HELPERS = """
def number(element, name, default):
    return element.get(name, default)

def method(element, name="method"):
    return element.get(name)
"""

TABLE = """
def verb(element):
    for noun in element:
        NOUNS[noun.tag](noun)
def one(noun):
    noun.get("a")
NOUNS = {"One": one}
"""
CLASS = """
def verb(element):
    return Wait(element)
class Wait:
    it: object
    def go(self):
        return self.it.get("a")
"""


def reads(tmp_path, body, parameter="element"):
    """Return what the function `verb` of a module reads of a parameter."""
    (tmp_path / "helpers.py").write_text(HELPERS, encoding="utf-8")
    (tmp_path / "verbs.py").write_text(f"from helpers import method, number\n{body}", encoding="utf-8")
    code = Code({"helpers": tmp_path / "helpers.py", "verbs": tmp_path / "verbs.py"})
    return code.reads("verbs.verb", parameter)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("def verb(element):\n    return element.get('a')", {(): {"a"}}),
        ("def verb(element):\n    return number(element, 'a', 1), method(element)", {(): {"a", "method"}}),
        ("def verb(element):\n    return method(element, name='b')", {(): {"b"}}),
        ("def verb(element):\n    return element.text", {(): {""}}),
        ("def verb(element):\n    return element.findtext('A')", {("A",): {""}}),
        ("def verb(element):\n    note(**element.attrib)", {(): {"*"}}),
        ("def verb(element):\n    for noun in list(element):\n        noun.get('a')", {("*",): {"a"}}),
        ("def verb(element):\n    noun = next(n for n in element if n.tag)\n    noun.get('a')", {("*",): {"a"}}),
        ("def verb(element):\n    [part.get('a') for part in element.findall('Part')]", {("Part",): {"a"}}),
        ("def verb(element):\n    if (sip := element.find('Sip')) is not None:\n        sip.get('a')",
         {("Sip",): {"a"}}),
        ("def verb(element):\n    return deep(element)\ndef deep(it):\n    return number(it, 'a', 1)", {(): {"a"}}),
        ("def verb(element):\n    deep(element, 'x')\ndef deep(it, what):\n    return it.get(what)", {(): {"x"}}),
        (TABLE, {("One",): {"a"}}),
        (CLASS, {(): {"a"}}),
        ("def verb(element):\n    return other.get('a')", {}),
    ],
)  # fmt: skip
def test_an_attribute_is_found_where_it_is_read(tmp_path, body, found):
    assert reads(tmp_path, body) == found


def test_a_table_may_name_a_function_of_a_module_that_comes_later(tmp_path):
    table = TABLE.replace('"One": one', '"One": b.one')
    (tmp_path / "a.py").write_text(f"from here import b\n{table}", encoding="utf-8")
    (tmp_path / "b.py").write_text("def one(noun):\n    noun.get('b')\n", encoding="utf-8")
    code = Code({"here.a": tmp_path / "a.py", "here.b": tmp_path / "b.py"})
    assert code.reads("here.a.verb", "element") == {("One",): {"b"}}
