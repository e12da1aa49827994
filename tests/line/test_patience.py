"""How long Twilio is asked again: never so long that whoever looks a request up afterwards could miss it."""

import time

import pytest

from shared.outbound import dispatch
from shared.twilio import client as twilio_client

pytestmark = pytest.mark.usefixtures("ours")


def busy(line, times):
    line.twilio.faults(on="rest", does="answer", of="Messages", status=429, times=times)


def sends(line, number):
    return twilio_client.send_message(to=number, from_=line.number, body="hi")


def test_what_is_busy_for_a_moment_is_asked_again(line, number):
    busy(line, 2)
    assert sends(line, number).status == "queued"


def test_no_try_begins_after_its_time(line, number, monkeypatch):
    monkeypatch.setattr(twilio_client, "TRIES_S", -1)
    busy(line, 2)
    began = time.monotonic()
    with pytest.raises(twilio_client.Busy):
        sends(line, number)
    assert time.monotonic() - began < 2
    with pytest.raises(twilio_client.Busy):
        sends(line, number)
    assert sends(line, number).status == "queued"  # one try each: both faults are used up


def test_all_tries_end_before_what_is_in_doubt_is_settled():
    assert twilio_client.TRIES_S + twilio_client.CONNECT_S + twilio_client.TIMEOUT_S < dispatch.SETTLES_S
