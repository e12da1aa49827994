"""Two legs that talk with each other."""

from dataclasses import dataclass

from local.twilio.engine.leg import Leg
from local.twilio.engine.signals import Pressed, Signal, Silence, Speaking, Spoke
from local.twilio.records import Event


@dataclass(frozen=True, slots=True)
class PeerLeft(Signal):
    """The other leg of a bridge is gone, or the time for talking is up."""

    who: Leg


def listen(leg: Leg, line: Leg) -> None:
    """Let a leg hear the documents of the line that is at the other end of its call."""

    def pass_on(event: Event) -> None:
        if event.kind in {"said", "played"}:
            leg.hear(event)

    line.watchers.append(pass_on)


async def talk(leg: Leg, peer: Leg, *, ends_on_star: bool = False) -> None:
    """Talk until `peer` leaves or, with `ends_on_star`, this one presses the star. Either way `peer` hears of it.

    Keys and words go on to the application that is at the other end, when it is one.
    """
    line = peer.far or (peer if peer.is_line else None)
    leg.peer = peer
    leg.note("bridged", peer.call.to if peer.parent is leg else peer.call.from_, sid=peer.call.sid)
    try:
        while True:
            signal = await leg.expect((PeerLeft, Pressed, Spoke, Silence, Speaking))
            if isinstance(signal, PeerLeft) and signal.who is peer:
                return
            if isinstance(signal, Pressed) and signal.key == "*" and ends_on_star:
                return
            if line and signal and not isinstance(signal, PeerLeft):
                line.post(signal)
    finally:
        leg.peer = None
        peer.post(PeerLeft(leg))
