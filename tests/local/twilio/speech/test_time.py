"""What a person hears in a browser takes as long as its sound; what nobody hears, as long as its words."""

import asyncio
import sys
import time
from xml.etree import ElementTree as ET

import pytest

from local.twilio.account import Account
from local.twilio.engine.document import Document
from local.twilio.engine.leg import Leg, Switchboard
from local.twilio.engine.speaking import say
from local.twilio.records import Call
from local.twilio.source import Source
from local.twilio.speech.speaker import Speaker
from tests.tools.stand_in import ACCOUNT, LINE, TOKEN

ANN = "+12025550122"
SPEAKS = (  # for half a second, whatever it is to say
    "import sys; sys.stdin.readline(); sys.stdout.write('{\"rate\": 1000, \"bytes\": 1000}\\n' + 'a' * 1000); "
    "sys.stdout.flush()"
)


def lasts(text, *, looks, speaks=True):
    """Return the seconds that a Say takes, and what the transcript has of it, with or without a tab that shows it."""

    async def run():
        board = Switchboard(Account(ACCOUNT, TOKEN, [LINE]), speaker=Speaker(find if speaks else None))
        leg = Leg(board, Call(LINE, ANN, "inbound"), board.new_clock())
        board.phone(ANN).tabs = int(looks)
        element = ET.Element("Say")
        element.text = text
        began = time.monotonic()
        await say(leg, element, Document([element], Source("voice")))
        took_s = time.monotonic() - began
        await board.sounds.close()
        return took_s, [(event.kind, event.text) for event in leg.call.transcript.entries]

    return asyncio.run(run())


def find():
    return [sys.executable, "-c", SPEAKS]


@pytest.mark.parametrize(
    ("text", "looks", "speaks", "least", "most"),
    [("1,234,567,890 " * 6, True, True, 0.5, 4), ("No", True, True, 0.5, 4), ("No", False, True, 0.1, 0.5),
     ("No", True, False, 0.1, 0.5)],
    ids=["long words", "short words", "nobody looks", "no voice"],
)  # fmt: skip
def test_a_say_lasts_as_long_as_it_is_heard(text, looks, speaks, least, most):
    took_s, events = lasts(text, looks=looks, speaks=speaks)
    assert events == [("said", " ".join(text.split()))]
    assert least < took_s < most
