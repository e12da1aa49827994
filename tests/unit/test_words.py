"""Texts are compared by what people read and hear in them, not by how they are encoded."""

# ruff: noqa: RUF001 -- what looks alike is the matter of these tests

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.words import folded


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Sales, please!", "sales please"), (" HOURS?\n", "hours"), ("*#1", "*#1"), ("ÄRGER", "ärger"), ("", ""),
        ("What\u2019s new", "what's new"), ("What\u02bcs new", "what's new"), ("What\u00b4s new", "what's new"),
        ("What`s new", "what's new"), ("What＇s new", "what's new"), ("what\u2032s new", "what's new"),
        ("'stop'", "stop"), ("\u2018stop\u2019", "stop"), ("\u201cSTOP\u201d", "stop"), ("«stop»", "stop"),
        ("*Stop*", "stop"), ("#hours", "hours"), ("**", "**"), ("*1", "*1"), ("1#", "1#"),
        ("opt-out", "opt out"), ("opt\u2010out", "opt out"), ("opt\u2011out", "opt out"), ("opt–out", "opt out"),
        ("opt—out", "opt out"), ("opt\u2212out", "opt out"), ("opt_out", "opt out"), ("opt\u00adout", "optout"),
        ("st\u200bop\ufeff", "stop"), ("\u202astop\u202c", "stop"), ("stop\u3164", "stop"), ("ＳＴＯＰ", "stop"),
        ("1\ufe0f\u20e3", "1"), ("①", "1"), ("٣", "3"), ("३", "3"), ("３", "3"), ("½", "1 2"),
        ("e\u0301", "é"), ("दिन", "दिन"), ("दीन", "दीन"), ("हाँ", "हाँ"), ("मेनू", "मेनू"), ("ﾊﾞｽ", "バス"),
        ("İSTANBUL", "istanbul"), ("ISPARTA", "isparta"), ("ısparta", "isparta"), ("ΟΔΟΣ", "οδοσ"),
        ("Straße", "strasse"), ("ﬁn", "fin"), ("👍", ""), ("stop 🛑", "stop"),
    ],
)  # fmt: skip
def test_what_reads_alike_is_the_same(written, compared):
    assert folded(written) == compared


@given(st.text())
def test_what_was_compared_already_stays_as_it_is(text):
    assert folded(folded(text)) == folded(text)
