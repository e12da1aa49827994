"""How long a phone talks that a Dial has connected, when seconds pass for real."""

import asyncio

import pytest

from local.twilio.account import Account
from local.twilio.clock import Clock, ManualClock
from local.twilio.engine.dialled_leg import talking_s
from local.twilio.engine.leg import Leg, Switchboard
from local.twilio.engine.signals import Spoke
from local.twilio.phones import BRIDGE_S, Behaviour
from local.twilio.records import Call

OFFICE, LINE = "+12025550101", "+12025550100"


@pytest.mark.parametrize(
    ("behaviour", "clock", "seconds"),
    [
        (Behaviour(), Clock, BRIDGE_S),
        (Behaviour(), ManualClock, None),
        (Behaviour(talks_s=20), Clock, 20),
        (Behaviour("asks"), Clock, None),  # a person hangs up
        (Behaviour("asks", talks_s=20), Clock, 20),
    ],
)
def test_a_phone_hangs_up_by_itself_unless_a_person_answers_it(behaviour, clock, seconds):
    board = Switchboard(Account("AC1", "token", [LINE]))
    board.phone(OFFICE).behaviour = behaviour
    assert talking_s(Leg(board, Call(OFFICE, LINE, "outbound-dial"), clock())) == seconds


def test_what_a_person_does_while_nothing_listens_is_written_down_as_unheard():
    async def one():
        leg = Leg(Switchboard(Account("AC1", "token", [LINE])), Call(LINE, OFFICE, "inbound"), Clock())
        leg.press("12")
        leg.post(Spoke("Hello"))
        await leg.passes(0.01)
        return [(event.text, event.detail["lost"]) for event in leg.call.transcript.entries if event.kind == "unheard"]

    assert asyncio.run(one()) == [
        ("key 1: nothing listened", "1"), ("key 2: nothing listened", "2"), ("'Hello': nothing listened", "Hello"),
    ]  # fmt: skip
