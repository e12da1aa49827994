"""The process: how it starts and ends, and the clock on which seconds pass for real."""

import time

import httpx
import pytest

from local.serving import SHUTDOWN_S
from local.twilio.client import Twilio
from tests.tools.stand_in import LINE, TOKEN, start, stop


def test_it_ends_with_its_parent():
    started, _ = start()
    stop(started)
    assert started.returncode is not None


@pytest.mark.parametrize(
    ("path", "first"), [("/_local/tab", '"type":"hello"'), ("/voice-sdk/signals/of-a-page", ": welcome")]
)
def test_a_page_that_is_open_does_not_keep_it_from_ending(path, first):
    started, address = start()
    with httpx.stream("GET", f"{address}{path}", headers={"accept": "text/event-stream"}, trust_env=False) as tab:
        news = tab.iter_lines()
        assert first in next(news)
        began = time.monotonic()
        started.stdin.close()
        assert list(news) == [""]  # of the first event: it ends in order
    started.wait(30)
    started.stdout.close()
    assert time.monotonic() - began < SHUTDOWN_S


def test_the_token_is_not_among_the_arguments_and_a_service_of_the_line_is_there(rest):
    service = "MG" + "5" * 32
    started, address = start("--messaging-service", service)
    assert TOKEN not in started.args
    rest.api.base_url, before = address, rest.api.base_url
    try:
        sent = rest.messages.create(to="+12025550122", messaging_service_sid=service, body="x")
        assert sent.fetch().from_ == LINE
    finally:
        rest.api.base_url = before
    stop(started)


def test_on_the_real_clock_a_key_stops_the_prompt(app, rest):
    started, address = start()
    app.says(
        voice=f"<Gather numDigits='1' action='menu'><Say>{'A very long prompt. ' * 50}</Say></Gather>",
        menu="<Say>Sales</Say>",
    )
    with Twilio(address) as twilio:
        rest.api.base_url, before = address, rest.api.base_url
        try:
            rest.incoming_phone_numbers.list()[0].update(voice_url=f"{app.address}/voice")
        finally:
            rest.api.base_url = before
        call = twilio.dial(from_="+12025550122")
        call.hears("A very long prompt")
        call.presses("1")
        call.hears("Sales")
        call.ended(status="completed")
        assert twilio.ask("GET", "/line") == {"account_sid": "AC" + "0" * 32, "numbers": [LINE], "clock": "real"}
    stop(started)
