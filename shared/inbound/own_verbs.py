"""An owner's own verb is asked while somebody waits: it has three seconds, then they get an apology."""

from math import inf
from typing import TYPE_CHECKING

from shared.deadline import Budget, Workers

if TYPE_CHECKING:
    from twilio.twiml import TwiML

    from shared.flow.model import Own
    from shared.flow.verb_api import Call, Message

OWN_VERBS_S = 3.0  # for all that are asked for one answer; Twilio itself gives up after 15
_workers = Workers("own verb", inf)  # apart from the storage's: one that hangs makes nobody else wait less


def budget(began_s: float | None = None) -> Budget:
    """Return the time that the own verbs of one answer share, from `began_s` of the monotonic clock or from now on."""
    return Budget(OWN_VERBS_S, began_s)


def ask(own: "Own", about: "Call | Message", left: Budget) -> "list[TwiML]":
    """Return what an own verb adds to the answer; raises what it raises, and TimeoutError when its time is up.

    `about` is the call or the text that it is asked about, `left` the time that it has; it goes on behind its back.
    """
    if not left.left_s:
        raise TimeoutError(f"the verb {own.name} was not asked: those before it took {OWN_VERBS_S:g} s")
    try:
        response = _workers.run_within(left.left_s, lambda: own.function(about, **own.arguments))
    except TimeoutError as e:
        raise TimeoutError(f"the verb {own.name} did not answer within {OWN_VERBS_S:g} s") from e
    return list(response.verbs) if response is not None else []
