"""Only Twilio's own addresses are kept, and those of the stand-in that the settings name."""

from datetime import UTC, datetime

import pytest

from shared import settings
from shared.media import is_twilios
from shared.store import calls, messages

NOW = datetime(2026, 11, 24, tzinfo=UTC)
REAL = settings.Settings()
LOCAL = settings.Settings(twilio_api_base_url="http://127.0.0.1:4010")


@pytest.mark.parametrize(
    "url",
    [
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://mcs.us1.twilio.com/x",
        "https://media.twilio.com/x",
    ],
)
def test_twilios_addresses_are(url):
    assert is_twilios(url, REAL)
    assert is_twilios(url, LOCAL)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "http://api.twilio.com/x",
        "https://api.twilio.com.evil.example/x",
        "https://eviltwilio.com/x",
        "https://api.twilio.com@evil.example/x",
        "https://user:pw@api.twilio.com/x",
        "https://api.twilio.com:8443/x",
        "https://api.twilio.com:99999/x",
        "https://[::1/x",
        "javascript:alert(1)//api.twilio.com",
        "http://127.0.0.1:4010/x",
        "//api.twilio.com/x",
    ],
)
def test_others_are_not(url):
    assert not is_twilios(url, REAL)


def test_the_configured_base_is_twilios_and_nothing_beside_it():
    assert is_twilios("http://127.0.0.1:4010/x", LOCAL)
    assert not is_twilios("http://127.0.0.1:4011/x", LOCAL)
    assert not is_twilios("https://127.0.0.1:4010/x", LOCAL)
    assert not is_twilios("http://u@127.0.0.1:4010/x", LOCAL)


def test_a_message_and_a_recording_keep_no_other_address(environ):
    environ()
    urls = {"MediaUrl0": "https://api.twilio.com/m", "MediaUrl1": "https://evil.example/m"}
    given = {"MessageSid": "MM1", "NumMedia": "2", **urls}
    kept = messages.from_webhook(given, NOW)["media"]
    assert "evil" not in kept
    assert "api.twilio.com/m" in kept
    assert (
        "evil"
        not in calls.from_recording_callback({"RecordingSid": "RE1", "RecordingUrl": "https://evil.example/r"})[
            "recordings"
        ]
    )
