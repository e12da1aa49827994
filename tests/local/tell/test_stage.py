"""A line for a story: as at first each time, and nothing of it stays in this process."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.paths import ROOT
from local.tell.stage import stage
from shared import clock, settings
from shared import flow as flows

ANN, OFFICE = "+12025550122", "+12025550101"
MENU = ROOT / "flows" / "menu.yaml"
SUBSCRIBE = ROOT / "flows" / "subscribe.yaml"


def test_a_line_that_begins_anew_has_forgotten_what_happened_and_goes_on():
    with stage(SUBSCRIBE) as line:
        call = line.twilio.dial(from_=ANN)
        line.twilio.phone(OFFICE, answers="busy")
        line.twilio.text("STOP", from_=ANN)
        assert line.twilio.text("join", from_=ANN).is_opted_out
        line.twilio.faults(does="drop", of="voice")
        line.twilio.begins_anew()
        asked = [line.twilio.ask("GET", path) for path in ("/phones", "/webhooks", "/alerts", "/faults")]
        assert asked == [[], [], [], []]
        with pytest.raises(AssertionError, match="the call is over"):
            call.presses("1")
        assert not line.twilio.text("join", from_=ANN).is_opted_out
        line.twilio.dial(from_=ANN).hears("Text JOIN")


def test_what_the_app_is_told_late_is_waited_for_and_forgotten_too():
    with stage(SUBSCRIBE) as line:
        line.twilio.faults(does="late", of="call-status", delay_s=0.2)
        line.twilio.dial(from_=ANN).ended("completed")
        line.twilio.begins_anew()
        assert line.twilio.webhooks(wait_s=0.3) == []


@pytest.mark.parametrize("ends", [None, RuntimeError, KeyboardInterrupt])
def test_nothing_of_a_line_stays_in_the_process_however_the_story_ends(ends, monkeypatch):
    monkeypatch.setenv("AHOY_FLOW", "flows/hello.yaml")
    settings.current.cache_clear()
    flows.current.cache_clear()
    environ = dict(os.environ)

    def tell():
        with stage(MENU) as line:
            line.set_clock(clock.now().replace(year=2031))
            assert flows.current().scenes.keys() == {"start", "sales", "hours", "busy"}
            if ends:
                raise ends

    if ends:
        with pytest.raises(ends):
            tell()
    else:
        tell()
    assert dict(os.environ) == environ
    assert clock.now().year < 2031
    assert settings.current().ahoy_flow == "flows/hello.yaml"
    assert flows.current().scenes.keys() == {"start"}


def test_who_interrupts_while_a_thread_is_given_work_is_heard(monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    def tell():
        with stage(MENU) as line:
            monkeypatch.setattr(ThreadPoolExecutor, "_adjust_thread_count", interrupted)
            line.twilio.dial(from_=ANN)

    with pytest.raises(KeyboardInterrupt):
        tell()
