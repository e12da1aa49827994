"""What alerts, workbook and docs look for in the log is what the app writes there: a run is made, and its log asked."""

import re

import httpx
import pytest

from tests.infra import kql
from tests.tools.waiting import eventually

QUERIES = kql.queries()
SID = re.compile(r"(CA|SM|MM)[0-9a-f]{32}")


@pytest.fixture(scope="module")
def lines(whole_line):
    """Return the messages of a run in which a bit of everything happened."""
    twilio, key = whole_line.twilio, whole_line.key
    twilio.dial(from_="+16465550177")
    twilio.text("hello", from_="+16465550177")
    sent = httpx.post(
        f"{whole_line.app}/api/send-sms", json={"to": "+12025550177", "body": "hello"}, headers=key, timeout=30
    )
    assert sent.status_code == 202
    httpx.post(f"{whole_line.app}/api/voice", data={"CallSid": "CA" + "0" * 32}, timeout=30)
    return lambda: re.findall(r"^\S+ \S+ [A-Z]+ ahoy\.\w+: (.*)$", whole_line.log(), re.MULTILINE)


def matching(lines, beginning, seconds=30):
    """Return the messages that begin so, once there are some."""
    eventually(lambda: any(line.startswith(beginning) for line in lines()), seconds)
    return [line for line in lines() if line.startswith(beginning)]


def unwritten(query, lines, seconds=30):
    """Return the beginnings that a query looks for and nobody writes."""
    return {found for found in kql.beginnings(query) - kql.HOSTS if not matching(lines, found, seconds)}


# Not in such a run: the heartbeat of the timer, which tests/line/test_reconcile.py compares, and lost messages, which
# tests/infra/test_kql.py does.
HERE = [
    place
    for place, query in QUERIES.items()
    if kql.beginnings(query) and place not in {"alerts.bicep: heartbeat", "alerts.bicep: poison"}
]


@pytest.mark.parametrize("place", HERE)
def test_the_app_writes_what_the_query_looks_for(place, lines):
    assert unwritten(QUERIES[place], lines) == set()


@pytest.mark.parametrize("place", [place for place, query in QUERIES.items() if kql.parses(query)])
def test_what_the_query_takes_out_of_a_line_is_there(place, lines):
    query = QUERIES[place]
    for pattern in kql.parses(query):
        for beginning in kql.beginnings(query):
            found = [pattern.match(line) for line in matching(lines, beginning)]
            assert all(found), beginning
            taken = [match.groupdict() for match in found]
            assert [one["sid"] for one in taken if "sid" in one and not SID.fullmatch(one["sid"])] == []
            assert [one for one in taken if "scene" in one and not one["scene"].startswith("/api/")] == []


def test_a_query_for_what_nobody_writes_is_found(lines):
    assert unwritten('traces | where message startswith "anserwed "', lines, seconds=0) == {"anserwed "}


def test_a_call_that_left_is_noted_when_twilio_tells_of_it_too(whole_line, lines):
    placed = whole_line.post("make-call", {"to": "+12025550177"})
    assert placed.status == 202
    assert eventually(lambda: lines().count(f"left {placed.told['sid']}") == 2)
