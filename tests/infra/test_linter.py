"""Bicep's own linter would have nothing to say of the templates, and each of its rules finds a planted mistake."""

import pytest

from local.bicep.reader import parse, read
from tests.infra import linter
from tests.infra.bicep import FOLDER

FILES = sorted(FOLDER.glob("*.bicep"))


@pytest.mark.parametrize("rule", linter.ALL, ids=lambda rule: rule.__name__)
def test_the_linter_has_nothing_to_say(rule):
    found = [
        f"{path.name}:{line}: {said}" for path in FILES for line, said in rule(read(path), path.read_text("utf-8"))
    ]
    assert found == []


PLANTED = {
    "no_unused_params": ["param a string"],
    "no_unused_vars": ["var a = 1"],
    "no_unused_existing_resources": ["resource a 'A.B/c@2020-01-01' existing = { name: 'a' }"],
    "no_hardcoded_env_urls": ["var a = 'https://x.vault.azure.net'", "var a = { b: ['${c}.blob.core.windows.net'] }"],
    "outputs_should_not_contain_secrets": [
        "@secure()\nparam a string\noutput b string = '${a}'",
        "output a string = b.listKeys().keys[0]",
        "output adminPassword string = b",
    ],
    "use_stable_resource_identifiers": [
        "param a string = newGuid()\nvar b = 'x${a}'\nresource c 'A.B/c@2020-01-01' = { name: b }",
        "resource c 'A.B/c@2020-01-01' = [for d in e: { name: utcNow() }]",
    ],
    "secure_secrets_in_params": ["param dbPassword string", "param clientSecret object"],
    "secure_parameter_default": ["@secure()\nparam a string = 'x'"],
    "prefer_interpolation": ["var a = concat('x', b)"],
    "no_unnecessary_dependson": [
        "resource a 'A.B/c@2020-01-01' = { name: b.name, dependsOn: [b] }",
        "module a 'b.bicep' = { params: { x: b.outputs.y }, dependsOn: [b, c] }",
    ],
    "simplify_interpolation": ["var a = '${b}'"],
    "prefer_unquoted_property_names": ["var a = {\n  'b': 1\n}"],
    "use_parent_property": ["resource a 'A.B/c/d@2020-01-01' = { name: '${b}/d' }"],
    "use_resource_symbol_reference": ["var a = listKeys(b.id, '1').key", "var a = reference(b.id).x"],
    "no_hardcoded_location": ["resource a 'A.B/c@2020-01-01' = { name: 'a', location: 'westeurope' }"],
    "no_loc_expr_outside_params": ["var a = resourceGroup().location"],
    "use_safe_access": ["var a = contains(b, 'c') ? b.c : d", "var a = contains(b, c) ? b[c] : d"],
    "simplify_json_null": ["var a = json('null')"],
    "no_more_than_azure_takes": ["\n".join(f"output o{number} int = 1" for number in range(65))],
    "bcp057_names_declared": ["var a = b", "output a string = '${[for b in [1]: c][0]}'"],
    "bcp318_not_there_for_sure": ["module a 'a.bicep' = if (b) {\n}\noutput c string = a.outputs.c"],
    "bcp120_known_too_late": [
        "module a 'a.bicep' = {\n}\nresource b 'A.B/c@2020-01-01' = { name: a.outputs.name }",
        "resource a 'A.B/c@2020-01-01' = { name: 'a' }\nvar d = a.properties.x\nmodule b 'b.bicep' = if (d) {\n}",
        "module a 'a.bicep' = {\n}\nresource b 'A.B/c@2020-01-01' = [for c in a.outputs.all: { name: c }]",
    ],
}


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in PLANTED.items() for text in texts])
def test_a_planted_mistake_is_found(rule, text):
    assert list(getattr(linter, rule)(parse(text + "\n", "a.bicep"), text))


def test_every_rule_is_planted():
    assert set(PLANTED) == {rule.__name__ for rule in linter.ALL}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("no_unused_params", "param a string\nvar b = [for c in [1]: { d: '${a}' }]"),
        ("no_hardcoded_env_urls", "var a = 'privatelink.blob.${environment().suffixes.storage}'"),
        ("secure_parameter_default", "@secure()\nparam a string = newGuid()\n@secure()\nparam b string = ''"),
        ("simplify_interpolation", "var a = { '${b}': {} }"),
        ("prefer_unquoted_property_names", "var a = {\n  'b-c': 1\n}"),
        ("bcp057_names_declared", "var a = map([1], b => b)\nvar c = [for (d, e) in a: d + e]"),
        ("bcp318_not_there_for_sure", "module a 'a.bicep' = if (b) {\n}\noutput c string = a.?outputs.c"),
        ("bcp120_known_too_late", "resource a 'A.B/c@2020' = { name: 'a' }\nmodule b 'b.bicep' = { name: guid(a.id) }"),
    ],
)  # fmt: skip
def test_what_is_right_is_left_alone(rule, text):
    assert list(getattr(linter, rule)(parse(text + "\n", "a.bicep"), text)) == []
