"""Waiting in a line: the wait document is looped until something ends the waiting."""

from collections.abc import Callable

from local.twilio.engine.leg import Leg
from local.twilio.engine.run import follow
from local.twilio.engine.signals import Interruption
from local.twilio.source import Source


async def hold(leg: Leg, wait: Callable[[], Source | None]) -> Interruption:
    """Loop the document that `wait` names; return the interruption that ended it.

    While it is looped its speech and music take a person's time, or it would turn for ever within no time. A document
    that takes no time at all is silence.
    """
    leg.waits_in_line = True
    try:
        while True:
            began = leg.clock.now()
            if source := wait():
                await follow(leg, source)
            if leg.clock.now() == began:
                while True:
                    await leg.next()
    except Interruption as interruption:
        return interruption
    finally:
        leg.waits_in_line = False
