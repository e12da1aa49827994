"""Storage that is dead: a texter is answered within three seconds all the same, and the log says what was lost."""

import time

import pytest

from local import line as lines
from local.twilio.client import Twilio


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    with (
        lines.running(tmp_path_factory.mktemp("down"), clock="manual") as running,
        Twilio(running.line.twilio) as twilio,
    ):
        yield running, twilio


def test_a_texter_is_answered_while_storage_is_dead(alone):
    running, twilio = alone
    running.emulator.kill()
    began = time.monotonic()
    reply = twilio.text("anybody there?", from_="+12025550122")
    assert time.monotonic() - began < 3
    assert reply.texts == ["Hey, thanks for the ping! Twilio and Azure rock!"]
    assert reply.sid in (running.folder / "logs" / "app.log").read_text()
    twilio.dial(from_="+12025550122").hears("Hello Monkey!")
    running.start_storage()
    assert twilio.text("and now?", from_="+12025550122").texts
