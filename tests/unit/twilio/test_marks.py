"""The address of a status callback says of which intent it tells, and when that left, to the millisecond."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared.store import merge
from shared.twilio import marks

EVER = st.datetimes(datetime(1970, 1, 1), datetime(2286, 11, 20), timezones=st.just(UTC))  # noqa: DTZ001 -- it gets one


@hypothesis_settings(deadline=None)
@given(EVER)
def test_a_moment_comes_back_as_records_hold_it(left):
    address = marks.marked("https://ahoy.example.com/api/status/message", "abc", left)
    intent, told = marks.of(dict(part.split("=") for part in address.partition("?")[2].split("&")))
    assert (intent, merge.moment(told)) == ("abc", merge.moment(left))
    assert timedelta(0) <= left - told < timedelta(milliseconds=1)


@pytest.mark.parametrize("left", ["", "x", "-1", "1e9", "9" * 14, "\u0661", "1 "])
def test_what_is_no_moment_is_none(left):
    assert marks.of({"left": left}) == ("", None)
    assert marks.of({}) == ("", None)
