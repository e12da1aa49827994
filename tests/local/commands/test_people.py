"""What a person on a call in the terminal sees of it."""

from datetime import UTC, datetime

import pytest

from local.commands.people import shown
from local.twilio.people import Event


@pytest.mark.parametrize(
    ("kind", "text", "line"),
    [
        ("said", "Hello", '  "Hello"'),
        ("alert", "13511 <Say>: no such voice", "alert 13511 <Say>: no such voice"),
        ("webhook", "voice https://ahoy.example.com/api/voice", ""),
    ],
)
def test_what_twilio_does_not_take_is_seen_and_its_requests_are_not(kind, text, line):
    assert shown(Event(datetime.now(UTC), kind, text, {})) == line
