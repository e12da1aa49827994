"""Record: take a message, and tell of it."""

from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from local.twilio.engine import recordings, transcripts
from local.twilio.engine.document import Document, tell
from local.twilio.engine.leg import Leg
from local.twilio.engine.run import verb
from local.twilio.engine.signals import HungUp, Interruption, Pressed, Silence, Speaking, Spoke
from local.twilio.records import Recording
from local.twilio.render.recordings import recording_parameters
from local.twilio.source import Source
from local.twilio.twiml import method, whole_number

SILENCE_S, MAX_LENGTH_S = 5, 3600
SILENT = 16102  # why a recording is absent
ANY_KEY = "1234567890*#"


@dataclass(slots=True)
class Take:
    """What was recorded, and the key (or `hangup`) that ended it; `since` is when a person began who speaks now."""

    seconds: float = 0.0
    words: str = ""
    ended_by: str = ""
    since: datetime | None = None

    def lasts_s(self, now: datetime) -> float:
        """Return the seconds of it so far."""
        return self.seconds + ((now - self.since).total_seconds() if self.since else 0)


@verb("Record")
async def record(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Record until silence, a key or a hang-up; when nothing was said the document goes on."""
    leg.mailbox.clear()
    if element.get("playBeep") != "false":
        leg.note("played", "beep")
    leg.note("listening", "recording", **element.attrib)
    callback, take = recordings.callback_of(element, doc), Take()
    recording = Recording(leg.call.sid, "RecordVerb", leg.clock.now(), callback=callback)
    recordings.begin_on(leg, recording)
    interruption = await _listen_to_the_end(leg, element, take)
    _end(leg, recording, take)
    if interruption and not (take.seconds and take.ended_by == "hangup"):
        raise interruption
    if not take.seconds:
        return None
    if element.get("transcribe") == "true" or element.get("transcribeCallback"):
        transcripts.write(leg, recording, element.get("transcribeCallback", ""), doc)
    parameters = recording_parameters(leg.account, recording) | {"Digits": take.ended_by}
    source = doc.source.beside("action", element.get("action", ""), method(element), parameters)
    if interruption:
        await tell(leg, source)
        raise interruption
    return source


async def _listen_to_the_end(leg: Leg, element: ET.Element, take: Take) -> Interruption | None:
    """Listen, and return what has ended the call or moved it elsewhere meanwhile."""
    try:
        await _listen(leg, element, take)
    except Interruption as interruption:
        take.ended_by = "hangup" if isinstance(interruption, HungUp) else ""
        return interruption
    finally:
        longest = whole_number(element, "maxLength", MAX_LENGTH_S)
        take.seconds, take.since = min(take.lasts_s(leg.clock.now()), longest), None
    return None


async def _listen(leg: Leg, element: ET.Element, take: Take) -> None:
    longest, silence = whole_number(element, "maxLength", MAX_LENGTH_S), whole_number(element, "timeout", SILENCE_S)
    finish = element.get("finishOnKey", ANY_KEY)
    while (left := longest - take.lasts_s(leg.clock.now())) > 0:
        signal = await leg.expect((Pressed, Spoke, Silence, Speaking), left if take.since else min(silence, left))
        if isinstance(signal, Pressed) and signal.key in finish:
            take.ended_by = signal.key
            return
        if signal is None or isinstance(signal, Silence):
            return
        if isinstance(signal, Speaking):
            take.since = leg.clock.now()
        if isinstance(signal, Spoke):
            take.since, take.seconds = None, take.seconds + signal.seconds
            take.words = f"{take.words} {signal.text}".strip()


def _end(leg: Leg, recording: Recording, take: Take) -> None:
    """End it with what was said; with nothing it is absent."""
    recording.transcript = take.words
    recording.error_code = SILENT if not take.seconds and take.ended_by != "hangup" else None
    recordings.end_on(leg, recording, take.seconds)
