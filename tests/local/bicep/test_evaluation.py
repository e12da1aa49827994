"""An expression is worth what Azure would make of it; what only Azure knows says where it comes from."""

import pytest

from local.bicep.evaluation import evaluate
from local.bicep.functions import KNOWN
from local.bicep.reader import parse
from local.bicep.values import Later, Module, NotDeployable, Ref

VAULT = Ref("vault", "A/v", "1", "ahoy", "/v/ahoy")
GONE = Ref("gone", "A/v", "1", "gone", "/v/gone", is_there=False)
NAMES = {
    "name": "Ahoy",
    "none": "",
    "two": [1, 2],
    "rule": {"name": "slow", "at": 5},
    "vault": VAULT,
    "gone": GONE,
    "app": Module("app", {"url": "https://x"}),
    "budget": Module("budget", {}, is_there=False),
    "later": Later("/v/ahoy|properties.uri"),
}


def worth(text):
    return evaluate(parse(f"var it = {text}\n", "a.bicep").declarations[0].body, NAMES, KNOWN)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'${name}-${two[1]}-${true}'", "Ahoy-2-true"),
        ("empty(none) ? [] : [none]", []),
        ("[for (n, i) in two: n * i]", [0, 2]),
        ("[for n in two: if (n > 1) { '${name}': n }]", [{"Ahoy": 2}]),
        ("rule.?there ?? 'nothing'", "nothing"),
        ("!empty(name) && name != 'x' || false", True),
        ("7 / 2 % 2 - 3", -2),
        ("name =~ 'ahoy'", True),
        ("union({ a: 1 }, { b: 2 })", {"a": 1, "b": 2}),
        ("union(two, [2, 3])", [1, 2, 3]),
        ("concat(two, [3])", [1, 2, 3]),
        ("map(filter(two, n => n > 1), n => n + 1)", [3]),
        ("toObject(two, n => 'k${n}', n => n)", {"k1": 1, "k2": 2}),
        ("bool('true') && int('12') == 12", True),
        ("replace(toLower(name), 'a', 'o')", "ohoy"),
        ("vault.id", "/v/ahoy"),
        ("gone.name", "gone"),
        ("app.outputs.url", "https://x"),
        ("contains(name, 'ho')", True),
    ],
)
def test_an_expression_is_worth(text, value):
    assert worth(text) == value


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("vault.properties.vaultUri", "/v/ahoy|properties.vaultUri"),
        ("'${vault.properties.vaultUri}secrets'", "/v/ahoy|properties.vaultUrisecrets"),
        ("vault.properties.ids[0].id", "/v/ahoy|properties.ids[0].id"),
        ("vault.listKeys().keys", "/v/ahoy|listKeys().keys"),
        ("replace('a-x', 'x', later)", "a-/v/ahoy|properties.uri"),
        ("newGuid()", "newGuid()"),
    ],
)
def test_what_only_azure_knows_says_where_it_comes_from(text, of):
    value = worth(text)
    assert isinstance(value, Later)
    assert value == of


def test_a_text_in_which_nothing_is_replaced_is_known_at_once():
    assert worth("replace('a', 'x', later)") == "a"
    assert not isinstance(worth("replace('a', 'x', later)"), Later)


def test_made_up_names_are_the_same_for_the_same_and_as_long_as_azures():
    assert worth("uniqueString('a', 'b')") == worth("uniqueString('a', 'b')") != worth("uniqueString('a', 'c')")
    assert len(worth("uniqueString('a')")) == 13
    assert len(worth("guid('a', 'b')")) == 36


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nobody", "nobody is not declared"),
        ("rule.there", "there is no there"),
        ("two[5]", "there is no item 5"),
        ("format('x')", r"format\(\) is no function that is known here"),
        ("gone.properties.uri", "properties of gone is read, which is not made"),
        ("budget.outputs.x", "outputs of budget is read, which is not deployed"),
        ("app.properties", "a module has no properties"),
        ("[for n in later: n]", "known too late"),
        ("'${two}'", "list in a string"),
        ("int('many')", "'many' is no number"),
        ("bool('yes')", "'yes' is neither true nor false"),
        ("name.listKeys()", "called on what is no resource"),
    ],
)
def test_what_azure_would_refuse_is_refused(text, said):
    with pytest.raises(NotDeployable, match=said):
        worth(text)
