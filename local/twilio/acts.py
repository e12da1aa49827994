"""What a person does on a call: answer, decline, press, say, speak, hang up, wait, skip time."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec

from local.twilio.engine.leg import Leg
from local.twilio.engine.signals import Answered, Declined, HungUp, Silence, Speaking, Spoke

SETTLE_S = 20  # real seconds that a person's act waits for the machines to finish
LONGEST_S = 10**9  # of what a person does or waits for: thirty years
SPEAKING_RATE = 15  # characters a second


class Act(msgspec.Struct):
    """What a person does on a call; each act takes what it needs."""

    keys: str = ""
    text: str = ""
    confidence: float = 0.9
    seconds: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_S)] = 0.0
    ends: str = "silence"


async def answer(leg: Leg, _: Act) -> None:
    """Pick up a ringing phone."""
    leg.post(Answered())


async def decline(leg: Leg, _: Act) -> None:
    """Refuse a ringing call."""
    leg.post(Declined())


async def press(leg: Leg, act: Act) -> None:
    """Press `keys`."""
    leg.press(act.keys)


async def say(leg: Leg, act: Act) -> None:
    """Say `text`; without `seconds` at the usual rate. Whom the person talks with hears it."""
    leg.note("spoke", act.text)
    if leg.peer:
        leg.peer.note("heard", act.text)
    if leg.on_speech:
        leg.on_speech()
    seconds = act.seconds or len(act.text) / SPEAKING_RATE
    leg.clock.move(seconds)
    leg.post(Spoke(act.text, act.confidence, seconds))


async def begin_to_speak(leg: Leg, _: Act) -> None:
    """Begin to speak into a microphone; its sound comes when that has ended: see microphone.py."""
    if leg.on_speech:
        leg.on_speech()
    leg.post(Speaking())


async def speak(leg: Leg, act: Act) -> None:
    """Speak for `seconds`; `ends` is how that stops: silence, hang-up, a key, or nothing yet when empty."""
    await say(leg, act)
    await leg.clock.settle(SETTLE_S)  # or what was said is lost with a hang-up that follows at once
    if act.ends == "hang-up":
        await hang_up(leg, act)
    elif act.ends == "silence":
        leg.post(Silence())
    else:
        leg.press(act.ends)


async def hang_up(leg: Leg, _: Act) -> None:
    """Hang up."""
    leg.note("hung_up", "the person hung up", by="person")
    leg.interrupt(HungUp())


async def wait(leg: Leg, act: Act) -> None:
    """Wait for `seconds`; with the manual clock this moves the time of the call tree."""
    await leg.clock.waits(act.seconds)


async def skip(leg: Leg, act: Act) -> None:
    """Let `seconds` pass at once for the call tree, whatever its clock: nobody wants to wait for what is to come."""
    leg.note("skipped", f"{act.seconds:g} s", seconds=act.seconds)
    await leg.clock.skip(act.seconds)


ACTS: dict[str, Callable[[Leg, Act], Awaitable[None]]] = {
    "answer": answer,
    "decline": decline,
    "press": press,
    "say": say,
    "speaks": begin_to_speak,
    "record": speak,
    "hang-up": hang_up,
    "wait": wait,
    "skip": skip,
}
