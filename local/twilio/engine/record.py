"""Record: take a message, and tell of it."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from local.twilio.engine.document import Document, tell
from local.twilio.engine.leg import Leg
from local.twilio.engine.recordings import tell_status
from local.twilio.engine.run import verb
from local.twilio.engine.signals import HungUp, Interruption, Pressed, Silence, Spoke
from local.twilio.records import Recording
from local.twilio.render.calls import call_parameters
from local.twilio.render.recordings import recording_parameters, recording_url
from local.twilio.sids import new_sid
from local.twilio.source import Source
from local.twilio.twiml import method, whole_number
from local.twilio.webhooks import Webhook

SILENCE_S, MAX_LENGTH_S = 5, 3600
TOO_SHORT, SILENT = 16101, 16102  # why a recording is absent
TRANSCRIBED_S = range(2, 121)  # only recordings of this length are transcribed
ANY_KEY = "1234567890*#"


@dataclass(slots=True)
class Take:
    """What was recorded, and the key (or `hangup`) that ended it."""

    seconds: float = 0.0
    words: str = ""
    ended_by: str = ""


@verb("Record")
async def record(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Record until silence, a key or a hang-up; when nothing was said the document goes on."""
    leg.mailbox.clear()
    leg.note("listening", "recording", **element.attrib)
    recording, take = Recording(leg.call.sid, "RecordVerb", 0, leg.clock.now(), status="in-progress"), Take()
    leg.account.recordings[recording.sid] = recording
    _tell_status(leg, element, doc, recording)
    interruption = await _listen_to_the_end(leg, element, take)
    _end(leg, recording, take)
    _tell_status(leg, element, doc, recording)
    if interruption and not (take.seconds and take.ended_by == "hangup"):
        raise interruption
    if not take.seconds:
        return None
    if url := element.get("transcribeCallback"):
        _tell_transcript(leg, doc.source.beside("", url, "POST").url, recording)
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
    return None


async def _listen(leg: Leg, element: ET.Element, take: Take) -> None:
    longest, silence = whole_number(element, "maxLength", MAX_LENGTH_S), whole_number(element, "timeout", SILENCE_S)
    finish = element.get("finishOnKey", ANY_KEY)
    while take.seconds < longest:
        signal = await leg.expect((Pressed, Spoke, Silence), min(silence, longest - take.seconds))
        if isinstance(signal, Pressed) and signal.key in finish:
            take.ended_by = signal.key
            return
        if signal is None or isinstance(signal, Silence):
            return
        if isinstance(signal, Spoke):
            take.seconds = min(take.seconds + signal.seconds, longest)
            take.words = f"{take.words} {signal.text}".strip()


def _end(leg: Leg, recording: Recording, take: Take) -> None:
    """End it with what was said; with nothing it is absent."""
    recording.transcript = take.words
    recording.status = "completed" if take.seconds else "absent"
    if take.seconds:
        recording.duration_s = max(1, round(take.seconds))
        leg.note("recorded", f"{recording.duration_s} s", sid=recording.sid, transcript=take.words)
    else:
        recording.error_code = TOO_SHORT if take.ended_by == "hangup" else SILENT


def _tell_status(leg: Leg, element: ET.Element, doc: Document, recording: Recording) -> None:
    if url := element.get("recordingStatusCallback"):
        http_method = method(element, "recordingStatusCallbackMethod")
        events = element.get("recordingStatusCallbackEvent", "completed")
        tell_status(leg, doc.source.beside("", url, http_method).url, http_method, recording, events)


def _tell_transcript(leg: Leg, url: str, recording: Recording) -> None:
    is_done = bool(recording.transcript) and recording.duration_s in TRANSCRIBED_S
    sid = new_sid("TR")
    url_of_sound = recording_url(leg.account, recording)
    parameters = {
        "TranscriptionSid": sid,
        "TranscriptionText": recording.transcript if is_done else "",
        "TranscriptionStatus": "completed" if is_done else "failed",
        "TranscriptionType": "fast",
        "TranscriptionUrl": f"{url_of_sound.partition('/Recordings/')[0]}/Transcriptions/{sid}",
        "RecordingSid": recording.sid,
        "RecordingUrl": url_of_sound,
        **call_parameters(leg.account, leg.call),
    }
    leg.board.courier.in_order(Webhook("transcription", leg.call.sid, url, "POST", parameters), leg.clock)
