"""What a Dial records: from ringing or from the answer on, to its end; its action is told of the recording."""

from collections.abc import Awaitable
from xml.etree import ElementTree as ET

from local.twilio.engine import recordings
from local.twilio.engine.document import Document
from local.twilio.engine.leg import Leg
from local.twilio.engine.signals import Interruption
from local.twilio.records import Recording
from local.twilio.render.recordings import recording_parameters


def begin(leg: Leg, element: ET.Element, doc: Document, since: str) -> Recording | None:
    """Record from now on, when that is since when the Dial wants it."""
    wish = element.get("record", "").replace("true", "record-from-answer")
    if not wish.startswith(since):
        return None
    channels, track = 2 if wish.endswith("dual") else 1, element.get("recordingTrack", "both")
    callback = recordings.callback_of(element, doc)
    return recordings.begin_on(leg, Recording(leg.call.sid, "DialVerb", leg.clock.now(), channels, track, callback))


async def recorded(leg: Leg, recording: Recording | None, part: Awaitable[dict[str, str]]) -> dict[str, str]:
    """Return how a part of a Dial ends, with the recording of it when there is one with something on it."""
    try:
        outcome = await part
    except Interruption as interruption:
        interruption.outcome = (interruption.outcome or {}) | _end(leg, recording)
        raise
    return outcome | _end(leg, recording)


def _end(leg: Leg, recording: Recording | None) -> dict[str, str]:
    if recording and recordings.end_on(leg, recording):
        return recording_parameters(leg.account, recording)
    return {}
