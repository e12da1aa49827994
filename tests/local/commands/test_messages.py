"""What a developer sees of the record in the terminal."""

import pytest

from local import cli, moments
from local.commands import calls, messages

ROW = {"at": "2026-11-24T10:00:00.123+00:00", "direction": "inbound", "person": "+12025550122", "status": "received"}
AT = moments.shown(ROW["at"])


@pytest.mark.parametrize(("body", "shown"), [("two\nlines", "two lines"), ("", ""), (None, "")])
def test_a_text_is_one_line_whatever_it_says(body, shown):
    line = messages._line(ROW | {"body": body})
    assert line == f"{AT}  <- +12025550122     received    {shown}"


@pytest.mark.parametrize(("more", "shown"), [({"duration_s": 7}, "7 s"), ({"duration_s": 0}, "0 s"),
                                             ({"duration_s": None}, ""), ({}, "")])  # fmt: skip
def test_a_call_that_has_not_ended_has_no_length(more, shown):
    line = calls._line(ROW | {"status": "ringing"} | more)
    assert line == f"{AT}  <- +12025550122     ringing     {shown}"


@pytest.mark.parametrize("command", [["messages"], ["calls"], ["export", "calls"]])
@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--with", ""], "leave it out for everybody"), (["--since", "yesterday"], "no time such as"),
        (["--until", "2026-11-31"], "no time such as"),
    ],
)  # fmt: skip
def test_what_asks_for_nothing_is_refused_and_not_answered_by_nothing(command, given, told, capsys):
    with pytest.raises(SystemExit):
        cli.parser().parse_args([*command, *given])
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("command", ["messages", "calls"])
@pytest.mark.parametrize("limit", ["0", "-3", "many", "1.5", "٣"])
def test_a_list_of_no_rows_is_refused(command, limit, capsys):
    with pytest.raises(SystemExit):
        cli.parser().parse_args([command, "--limit", limit])
    assert "expected 1 or more" in capsys.readouterr().err


URL = "https://api.twilio.com/RE1"


@pytest.mark.parametrize(
    ("recording", "shown"),
    [
        ({"url": URL, "status": "completed", "duration_s": 7, "transcript": "Call me\nback"},
         f'recorded 7 s {URL} "Call me back"'),
        ({"url": URL, "status": "completed", "duration_s": 7, "transcript": None}, f"recorded 7 s {URL}"),
        ({"url": None, "status": "in-progress", "duration_s": None}, "recorded in-progress"),
    ],
)  # fmt: skip
def test_what_was_recorded_on_a_call_stands_below_it(recording, shown):
    first, second = calls._line(ROW | {"status": "completed", "recordings": {"RE1": recording}}).splitlines()
    assert (first.rstrip().endswith("completed"), second.strip()) == (True, shown)


def test_a_call_that_was_missed_is_not_like_one_that_was_answered():
    assert " missed " in calls._line(ROW | {"status": "completed", "duration_s": 4, "missed": True})
