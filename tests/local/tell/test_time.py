"""A story has one clock: rows, limits and Twilio's log have the time that it tells, and what passes on calls passes."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from local.tell import reader, troupe
from local.tell.stage import _account, stage
from tests.tools.waiting import eventually

NEW_YEAR = datetime(2027, 1, 1, 3, tzinfo=UTC)
ANN = "+12025550122"
FLOW = """voice:
  start:
    - gather: {prompt: Any key., then: late, attempts: 1, timeout: 90, digits: 1}
  late:
    - hours: {open: Fri 09:00-18:00, timezone: Europe/Berlin, closed: shut}
    - say: Open
  shut: [say: Shut]
messages: {otherwise: Hello}
"""
LIMIT = 10  # calls to one person in an hour


@pytest.fixture
def flow(tmp_path):
    path = tmp_path / "flow.yaml"
    path.write_text(FLOW, encoding="utf-8")
    return path


def row(kind, holding):
    """Return a row of calls or messages of the line in this process that holds a value; None when there is none."""
    tables = [rows for name, rows in _account().tables.items() if name.startswith(kind)]
    return next((row for rows in tables for row in rows.values() if holding in row.values()), None)


def test_rows_are_dated_as_twilios_log_is(flow):
    with stage(flow) as line:
        line.set_clock(NEW_YEAR)
        call = line.twilio.dial(from_=ANN)
        call.waits(60)
        call.presses("1")
        call.ended("completed")
        line.twilio.text("hello", from_=ANN)
        log = line.twilio.call(call.sid).shown()
        assert line.twilio.webhooks("call-status", call.sid, wait_s=30)
        assert eventually(lambda: row("calls", call.sid) and row("messages", ANN))
    kept, text = row("calls", call.sid), row("messages", ANN)
    assert abs(datetime.fromisoformat(kept["at"]) - parsedate_to_datetime(log["start_time"])) < timedelta(seconds=30)
    assert timedelta(seconds=60) <= datetime.fromisoformat(text["at"]) - NEW_YEAR < timedelta(seconds=90)


def tell(flow, *steps, at=""):
    stories = flow.with_name("flow.stories.yaml")
    when = f"    at: {at}\n" if at else ""
    told = "".join(f"      - {step}\n" for step in steps)
    text = f'people: {{ann: "{ANN}"}}\nstories:\n  One:\n{when}    told:\n{told}'
    stories.write_text(text, encoding="utf-8")
    book, mistakes = reader.read(stories)
    assert mistakes == []
    [one] = troupe.told(flow, book)
    return one.failure


def test_a_line_closes_while_somebody_thinks(flow):
    assert tell(flow, "ann dials", "waits: 30 s", "presses: 1", "hears: Open", at="Fri 17:59") is None
    assert tell(flow, "ann dials", "waits: 70 s", "presses: 1", "hears: Shut", at="Fri 17:59") is None


def test_time_passes_for_who_is_on_no_call(flow):
    assert tell(flow, "waits: 1 min", "ann dials", "presses: 1", "hears: Shut", at="Fri 17:59") is None


def test_an_hour_later_a_person_may_be_called_again(flow):
    calls = ["line calls: ann", "ann hangs up"] * LIMIT
    assert "AHOY_PERSON_HOURLY_LIMIT" in tell(flow, *calls, "line calls: ann").happened
    assert tell(flow, *calls, "waits: 1 h", "line calls: ann") is None
