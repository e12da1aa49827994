"""`$Name` stands for a parameter, once, and for nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.flow.placeholders import clean, fill, names

SENT = {"From": "+12025550122", "FromCity": "", "Body": "$From ${From} $$", "Header.X-a": "x"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello $From", "Hello +12025550122"),
        ("$From$From", "+12025550122+12025550122"),
        ("${From}1", "+120255501221"),
        ("$FromCity, $Nobody!", ", !"),
        ("$5 or $ or $-", "$5 or $ or $-"),
        ("$$From costs $$5", "$From costs $5"),
        ("$Body", "$From ${From} $$"),
        ("${Header.X-a}", "x"),
        ("${From", "${From"),
        ("$From's", "+12025550122's"),
    ],
)
def test_placeholders(text, filled):
    assert fill(text, SENT) == filled


@given(st.text(), st.text())
def test_a_value_is_put_in_as_it_is_and_never_looked_at_again(before, value):
    template = before.replace("$", "") + " $Body"
    assert fill(template, {"Body": value, "x": "y"}) == template.removesuffix("$Body") + clean(value)


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_any_template_can_be_filled_with_anything(template, parameters):
    fill(template, parameters)
    assert set(names(template)) <= set(re.findall(r"[A-Za-z][\w.-]*", template, re.ASCII))


@given(st.text(alphabet=st.characters(codec=None)))
def test_what_xml_forbids_is_dropped(text):
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", clean(text))
