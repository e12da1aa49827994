"""Only Twilio's own addresses are kept, and those of the stand-in that the settings name."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

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
        r"https://evil.example\.twilio.com/x",
        r"https://evil.example\@api.twilio.com/x",
        r"https:\\api.twilio.com/x",
        "https:/api.twilio.com/x",
        "https://evil.example/.twilio.com/x",
        "https://evil.example#.twilio.com/x",
        "https://evil.example?.twilio.com/x",
        "https://evil.example%2f.twilio.com/x",
        "https://evil.example;.twilio.com/x",
        "https://evil.example,api.twilio.com/x",
        "https://evil.example&.twilio.com/x",
        "https://[::1].twilio.com/x",
        "https://@api.twilio.com/x",
        "https://:@api.twilio.com/x",
        "https://api.twilio.com:/x",
        "https://api.twilio.com:443/x",
        "https://api.twilio.com:x@evil.example/",
        "https://api.twilio.com./x",
        "https://.twilio.com/x",
        "https://api..twilio.com/x",
        "https://api.twilio.com",
        "https://api.twilio.com?x",
        "https://api.tw\u0131lio.com/x",
        "https://api.twil\u0456o.com/x",
        "https://api.twilio.\uff43om/x",
        "https://api\u3002twilio\u3002com/x",
        "https://evil.example\u2044.twilio.com/x",
        "https://evil.example\uff0f.twilio.com/x",
        "https://evil.example\u2024twilio.com/x",
        "https://x.xn--twilio.com.evil.example/x",
        "https://evil.example\t.twilio.com/x",
        "https://evil.example\n.twilio.com/x",
        "https://api.twilio.com/x\n",
        " https://api.twilio.com/x",
        "https://evil.example\x00.twilio.com/x",
        "https://api.twilio.com/x y",
        r"https://api.twilio.com/\..\x",
        "https://api.twilio.com/\u00fc",
        "https://evil_example.twilio.com/x",
    ],
)
def test_others_are_not(url):
    assert not is_twilios(url, REAL)
    assert not is_twilios(url, LOCAL if "4010" not in url else REAL)


@given(
    st.sampled_from(["https://", "https:/", "HTTPS://", "http://", "https:\\\\"]),
    st.lists(
        st.sampled_from([
            "api", "evil.example", "twilio.com", ".", "@", ":", "/", "\\", "#", "?", "%2e", "%5c", "\t", "\n", " ",
            "443", "\u3002", "\uff0e", "\uff0f", "\u2025", "[", "]", "-", "&", "u:p@", "127.0.0.1:4010",
        ]),
        max_size=8,
    ),
)  # fmt: skip
def test_whatever_is_taken_for_twilios_is_asked_of_twilio_by_every_library(scheme, parts):
    url = scheme + "".join(parts)
    if not is_twilios(url, REAL):
        return
    for asked in (urlsplit(url), urlsplit(requests.Request("GET", url).prepare().url)):
        assert (asked.scheme, asked.port, asked.username) == ("https", None, None)
        assert f".{asked.hostname}".endswith(".twilio.com")
    assert f".{httpx.URL(url).host}".endswith(".twilio.com")
    assert not httpx.URL(url).userinfo


def test_the_configured_base_is_twilios_and_nothing_beside_it():
    assert is_twilios("http://127.0.0.1:4010/x", LOCAL)
    assert not is_twilios("http://127.0.0.1:4011/x", LOCAL)
    assert not is_twilios("https://127.0.0.1:4010/x", LOCAL)
    for url in ("http://u@127.0.0.1:4010/x", "http://127.0.0.1:40100/x", "http://127.0.0.1:4010@evil.example/x",
                r"http://127.0.0.1:4010\@evil.example/x", "http://127.0.0.1:4010.evil.example/x", "http://127.0.0.1:4010",
                "http://127.0.0.1:4010/x\n"):  # fmt: skip
        assert not is_twilios(url, LOCAL)


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
