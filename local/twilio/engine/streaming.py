"""Streams as documents ask for them: one that the call is with until it ends, or some beside what else happens.

Source: Twilio's page on <Stream>. What follows a Connect with a Stream is reached when the application closes the
WebSocket.
"""

import asyncio
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from local.twilio.engine.document import Document
from local.twilio.engine.leg import Leg
from local.twilio.engine.others import not_played
from local.twilio.engine.signals import Pressed, Signal, Spoke
from local.twilio.engine.stream import MediaStream
from local.twilio.engine.stream_terms import Terms, terms

_opening: set[asyncio.Task[None]] = set()


@dataclass(frozen=True, slots=True)
class Ended(Signal):
    """The application has ended the stream."""


async def hold(leg: Leg, noun: ET.Element, doc: Document) -> dict[str, str]:
    """Be with the application until it, or the call, ends; the action is told nothing of a stream."""
    leg.mailbox.clear()
    stream = MediaStream(leg, terms(noun, doc), lambda: leg.post(Ended()), answers=True)
    try:
        if await stream.connect():
            leg.note("listening", "stream")
            await _listen(leg, stream)
    finally:
        stream.stop()
    return {}


async def _listen(leg: Leg, stream: MediaStream) -> None:
    while True:
        match await leg.next():
            case Ended():
                return
            case Pressed(key):
                stream.press(key)
            case Spoke(seconds=seconds):
                stream.catch_up()
                leg.note("unheard", f"{seconds:.1f} s of silence went out in place of these words")


def begin(leg: Leg, noun: ET.Element, doc: Document) -> None:
    """Begin a stream beside the document, which goes on at once."""
    wanted = terms(noun, doc)
    if wanted.name in leg.asides:
        not_played(leg, noun, f"{wanted.name} is under way already")
    else:
        begin_on(leg, wanted)


def begin_on(leg: Leg, wanted: Terms) -> MediaStream:
    """Begin a stream beside what happens on a call, and return it; its name is not given there yet."""

    def ended() -> None:
        leg.asides.pop(wanted.name, None)

    stream = MediaStream(leg, wanted, ended, answers=False)
    leg.asides[wanted.name] = stream
    leg.clock.begin()
    task = asyncio.create_task(_open(leg, stream))
    _opening.add(task)
    task.add_done_callback(_opening.discard)
    return stream


async def _open(leg: Leg, stream: MediaStream) -> None:
    try:
        if not await stream.connect():
            leg.asides.pop(stream.terms.name, None)
        elif leg.call.is_over or leg.asides.get(stream.terms.name) is not stream:
            stream.stop()  # meanwhile
    finally:
        leg.clock.rest()


def end(leg: Leg, noun: ET.Element, _: Document) -> None:
    """End the stream of that name."""
    name = noun.get("name", "")
    stream = leg.asides.pop(name, None)
    if stream:
        stream.stop()
        leg.note("stopped", f"Stream {name}")
    else:
        not_played(leg, noun, "there is none of this name to stop")
