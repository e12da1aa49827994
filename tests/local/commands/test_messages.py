"""What a developer sees of the record in the terminal."""

import pytest

from local.commands import calls, messages

ROW = {"at": "2026-11-24T10:00:00.123+00:00", "direction": "inbound", "person": "+12025550122", "status": "received"}


@pytest.mark.parametrize(("body", "shown"), [("two\nlines", "two lines"), ("", ""), (None, "")])
def test_a_text_is_one_line_whatever_it_says(body, shown):
    line = messages._line(ROW | {"body": body})
    assert line == f"2026-11-24 10:00:00  <- +12025550122     received    {shown}"


@pytest.mark.parametrize(("more", "shown"), [({"duration_s": 7}, "7 s"), ({"duration_s": 0}, "0 s"),
                                             ({"duration_s": None}, ""), ({}, "")])  # fmt: skip
def test_a_call_that_has_not_ended_has_no_length(more, shown):
    line = calls._line(ROW | {"status": "ringing"} | more)
    assert line == f"2026-11-24 10:00:00  <- +12025550122     ringing     {shown}"
