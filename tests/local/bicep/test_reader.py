"""The text of a Bicep file becomes a tree, and what is none is refused with its place."""

import pytest

from local.bicep.reader import NotBicep, parse
from local.bicep.tree import (
    Array,
    Call,
    Choice,
    Item,
    Lambda,
    Literal,
    Loop,
    Member,
    Name,
    Object,
    Operation,
    Text,
    walk,
)


def value(text):
    """Return the tree of one expression."""
    [declared] = parse(f"var it = {text}\n", "a.bicep").declarations
    return declared.body


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("'ftp'", Text(("ftp",))),
        ("ftp", Name("ftp")),
        ("''", Text(())),
        (r"'it\'s ${a}-${'b'}\n'", Text(("it's ", Name("a"), "-", Text(("b",)), "\n"))),
        ("'''\na ${b}\n'''", Text(("a ${b}\n",))),
        ("[\n  1\n  true // yes\n]", Array((Literal(1), Literal(value=True)))),
        ("[1, null]", Array((Literal(1), Literal(None)))),
        ("{\n  a: 1\n  'b c': d\n}", Object(((Text(("a",)), Literal(1)), (Text(("b c",)), Name("d"))))),
        ("a.b[0].?c", Member(Item(Member(Name("a"), "b"), Literal(0)), "c", is_safe=True)),
        ("a.listKeys()", Call("listKeys", (), Name("a"))),
        ("-1", Operation("-", (Literal(1),))),
        ("!empty(a)", Operation("!", (Call("empty", (Name("a"),)),))),
        ("x => x.y", Lambda(("x",), Member(Name("x"), "y"))),
        ("f((x, y) => y)", Call("f", (Lambda(("x", "y"), Name("y")),))),
        ("[for (a, i) in b: a]", Loop("a", "i", Name("b"), Name("a"))),
        ("[for a in b: if (a) { c: a }]", Loop("a", "", Name("b"), Object(((Text(("c",)), Name("a")),)), Name("a"))),
        ("a\n  ? 1\n  : 2", Choice(Name("a"), Literal(1), Literal(2))),
    ],
)
def test_an_expression_is_read(text, tree):
    assert value(text) == tree


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a.b ?? 'c' == d", "(a.b) ?? ('c' == d)"),
        ("a || b && c == d", "a || (b && (c == d))"),
        ("1 + 2 * 3 - 4", "(1 + (2 * 3)) - 4"),
        ("!a && b", "(!a) && b"),
        ("a ? b : c ? d : e", "a ? b : (c ? d : e)"),
        ("(\n  a\n  && b\n)", "a && b"),
    ],
)
def test_what_binds_closer_comes_first(text, same):
    assert value(text) == value(same)


def test_a_file_says_what_it_declares():
    template = parse(
        """
        targetScope = 'subscription' // not the usual one
        @description('A name.')
        @secure()
        param secret string = ''
        param size int
        resource group 'A.B/c@2020-01-01' existing = { name: 'x' }
        module vault 'vault.bicep' = if (size > 1) { name: 'v' }
        output id string = group.id
        """,
        "main.bicep",
    )
    assert template.scope == "subscription"
    assert list(template.of_kind("param")) == ["secret", "size"]
    secret, size, group, vault, _ = template.declarations
    assert secret.decorator("secure")
    assert secret.line == 5
    assert not size.decorator("description")
    assert (group.type, group.is_existing) == ("A.B/c@2020-01-01", True)
    assert vault.condition == Operation(">", (Name("size"), Literal(1)))
    assert {node.name for node in walk(template.declarations) if isinstance(node, Name)} == {"size", "group"}


def test_a_parameter_file_says_what_it_fills():
    template = parse("using './main.bicep'\nparam a = readEnvironmentVariable('A', '')\n", "main.bicepparam")
    assert template.using == "./main.bicep"
    assert list(template.of_kind("param")) == ["a"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("var a = 'b\n", "a.bicep:1: a closing quote is wanted here"),
        ("var a = b c\n", "a.bicep:1: the end of the line is wanted here: c"),
        ("\nvar a = ]\n", "a.bicep:2: a value is wanted here: ]"),
        ("var a = [1 2]\n", "a.bicep:1: a comma or a new line is wanted here: 2]"),
        ("var = 1\n", "a.bicep:1: a name is wanted here: = 1"),
        ("param a string\nvar b 1\n", "a.bicep:2: '=' is wanted here: 1"),
        ("thing a = 1\n", "a.bicep:1: thing is no statement that is read here"),
        ("var a = {\n b: 1\n", "a.bicep:3: "),
        ("var a = ~b\n", "a.bicep:1: a word or sign of Bicep is wanted here: ~b"),
        ("@secure\nparam a string\n", "a.bicep:1: a decorator such as @secure() is wanted"),
        ("var a = '''b\n", "a.bicep:1: a closing ''' is wanted here"),
    ],
)
def test_what_is_no_bicep_is_refused_with_its_place(text, said):
    with pytest.raises(NotBicep) as refused:
        parse(text, "a.bicep")
    assert str(refused.value).startswith(said)
