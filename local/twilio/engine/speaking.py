"""Verbs in which the line is heard: Say, Play, Pause."""

import asyncio
from xml.etree import ElementTree as ET

from local.twilio.codes import LONG_SAY
from local.twilio.engine.document import Document
from local.twilio.engine.files import look_at_sound
from local.twilio.engine.leg import Leg
from local.twilio.engine.run import verb
from local.twilio.engine.taking import warn
from local.twilio.source import Source
from local.twilio.speech.length import seconds_of
from local.twilio.speech.markup import markup_of
from local.twilio.speech.speaker import Mute
from local.twilio.twiml import whole_number

CHARACTERS_PER_S = 15
PLAY_S = 3.0  # nobody measures the file; long enough to be interrupted
WAIT_KEY_S = 0.5
MAX_SAY = 4096
MOST_TIMES = 1000  # that a prompt is repeated
READY_S = 3.0  # until a sound is not waited for any more
UNDER_WAY_S = 0.2  # a browser has it so much later


@verb("Say")
async def say(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Speak a text."""
    text = " ".join("".join(element.itertext()).split())
    if len(text) > MAX_SAY:
        warn(leg, LONG_SAY, f"<Say>: {len(text)} characters, at most {MAX_SAY} are spoken", doc.source.url)
        return None
    ssml = markup_of(element)
    detail = _asking(element, doc) | ({"ssml": ssml} if ssml else {})
    await _repeat(leg, element, "said", text, len(text) / CHARACTERS_PER_S, **detail)
    return None


@verb("Play")
async def play(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Play a file, or keys."""
    keys = element.get("digits", "")
    if keys:
        leg.note("played", f"keys {keys}", digits=keys)
        await leg.passes(len(keys) * WAIT_KEY_S)
        return None
    url = doc.source.beside("media", (element.text or "").strip(), "GET").url
    look_at_sound(leg, url, in_gather=element not in doc.verbs)
    await _repeat(leg, element, "played", url, PLAY_S, **_asking(element, doc))
    return None


@verb("Pause")
async def pause(leg: Leg, element: ET.Element, _: Document) -> Source | None:
    """Let some seconds pass."""
    seconds = whole_number(element, "length", 1)
    leg.note("paused", f"{seconds} s", seconds=seconds)
    await leg.passes(seconds)
    return None


def _asking(element: ET.Element, doc: Document) -> dict[str, str]:
    """Return what tells that a prompt is being heard, which a Gather has and after which it waits on."""
    return {} if element in doc.verbs else {"asks": "true"}


async def _repeat(leg: Leg, element: ET.Element, kind: str, text: str, seconds: float, **detail: str) -> None:
    """Do it `loop` times; 0 is for ever, until the person does what the prompt waits for or leaves."""
    attributes = {name: value for name, value in element.attrib.items() if name != "loop"} | detail
    times = whole_number(element, "loop", 1)
    if is_heard(leg):
        seconds = await _heard_s(leg, leg.board.sounds.address(kind, text, attributes)) or seconds
    for _ in range(min(times, MOST_TIMES)):
        leg.note(kind, text, **attributes)
        await leg.passes(seconds)
    if not times:
        leg.note(kind, text, **attributes, loop="0")
        await leg.idles()


def is_heard(leg: Leg) -> bool:
    """Tell whether a person hears in a browser what is said on a call, while seconds pass for real."""
    address = leg.call.from_ if leg.call.direction == "inbound" else leg.call.to
    phone = leg.board.phones.get(address)
    return (leg.has_ears or bool(phone and phone.tabs)) and not leg.clock.is_manual


async def _heard_s(leg: Leg, path: str) -> float | None:
    """Return how long something is heard, once its sound is there; None where there is none within a moment."""
    if not path:
        return None
    try:
        async with asyncio.timeout(READY_S):
            sound = await leg.unless_interrupted(leg.board.sounds.sound(path))
    except (Mute, TimeoutError):
        return None
    seconds = seconds_of(sound)
    return seconds + UNDER_WAY_S if seconds else None
