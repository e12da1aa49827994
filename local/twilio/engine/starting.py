"""Start and Stop: what goes on beside the document, until a Stop or the end of the call."""

from collections.abc import Callable
from xml.etree import ElementTree as ET

from local.twilio.engine import recordings, streaming, transcribing
from local.twilio.engine.document import Document
from local.twilio.engine.leg import Leg
from local.twilio.engine.others import not_played
from local.twilio.engine.run import verb
from local.twilio.records import Recording
from local.twilio.source import Source
from local.twilio.twiml import method

Act = Callable[[Leg, ET.Element, Document], None]


@verb("Start")
async def start(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Start what its nouns name, and go on at once; return the action's source when there is one."""
    for noun in element:
        if noun.tag in STARTED:
            STARTED[noun.tag](leg, noun, doc)
        else:
            not_played(leg, noun)
    if not element.get("action"):
        return None
    return doc.source.beside("action", element.get("action", ""), method(element))


@verb("Stop")
async def stop(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Stop what its nouns name, and go on."""
    for noun in element:
        if noun.tag in STOPPED:
            STOPPED[noun.tag](leg, noun, doc)
        else:
            not_played(leg, noun, "there is nothing to stop")
    return None


def record(leg: Leg, noun: ET.Element, doc: Document) -> None:
    """Record the call from now to its end."""
    channels, track = 2 if noun.get("channels") == "dual" else 1, noun.get("track", "both")
    callback, now = recordings.callback_of(noun, doc), leg.clock.now()
    recording = Recording(leg.call.sid, "StartCallRecordingTwiML", now, channels, track, callback)
    recordings.begin_on(leg, recording)
    leg.note("started", "recording", sid=recording.sid)


def transcribe(leg: Leg, noun: ET.Element, doc: Document) -> None:
    """Write down what is said from now on."""
    transcribing.begin(leg, noun, doc)


def transcribe_no_more(leg: Leg, noun: ET.Element, _: Document) -> None:
    """End a transcription, by its name."""
    if not transcribing.end(leg, noun.get("name", "")):
        not_played(leg, noun, "there is none of this name to stop")


STARTED: dict[str, Act] = {"Recording": record, "Stream": streaming.begin, "Transcription": transcribe}
STOPPED: dict[str, Act] = {"Stream": streaming.end, "Transcription": transcribe_no_more}
