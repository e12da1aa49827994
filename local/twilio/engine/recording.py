"""Record: take a message; and the recording of whole calls, with the callbacks that tell of one."""

from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from local.twilio.engine.document import Document, tell
from local.twilio.engine.leg import HungUp, Leg, Pressed, Silence, Spoke
from local.twilio.engine.moving import method
from local.twilio.engine.run import verb
from local.twilio.engine.source import Source
from local.twilio.engine.speaking import number
from local.twilio.records import Recording
from local.twilio.sids import new_sid, rfc2822
from local.twilio.webhooks import Webhook

SILENCE_S, MAX_LENGTH_S = 5, 3600
TRANSCRIBED_S = range(2, 121)  # only recordings of this length are transcribed
ANY_KEY = "1234567890*#"


@dataclass(slots=True)
class Taken:
    """What was recorded, and the key (or `hangup`) that ended it."""

    seconds: float = 0.0
    words: str = ""
    ended_by: str = ""


@verb("Record")
async def record(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Record until silence, a key or a hang-up; when nothing was said the document goes on."""
    leg.mailbox.clear()
    leg.note("listening", "recording", **element.attrib)
    start, taken = leg.clock.now(), Taken()
    try:
        await _take(leg, element, taken)
    except HungUp:
        taken.ended_by = "hangup"
    if not taken.seconds and taken.ended_by != "hangup":
        return None
    recording = keep(leg, start, taken.seconds, "RecordVerb", transcript=taken.words)
    _tell_callbacks(leg, element, doc, recording)
    parameters = leg.exchange.recording_parameters(recording) | {"Digits": taken.ended_by}
    source = doc.source.beside("action", element.get("action", ""), method(element), parameters)
    if taken.ended_by == "hangup":
        await tell(leg, source)
        raise HungUp
    return source


async def _take(leg: Leg, element: ET.Element, taken: Taken) -> None:
    longest, silence = number(element, "maxLength", MAX_LENGTH_S), number(element, "timeout", SILENCE_S)
    finish = element.get("finishOnKey", ANY_KEY)
    while taken.seconds < longest:
        signal = await leg.expect((Pressed, Spoke, Silence), min(silence, longest - taken.seconds))
        if isinstance(signal, Pressed) and signal.key in finish:
            taken.ended_by = signal.key
            return
        if signal is None or isinstance(signal, Silence):
            return
        if isinstance(signal, Spoke):
            taken.seconds = min(taken.seconds + signal.seconds, longest)
            taken.words = f"{taken.words} {signal.text}".strip()


def keep(  # noqa: PLR0913 -- what a recording is
    leg: Leg, start: datetime, seconds: float, source: str, *, channels: int = 1, transcript: str = ""
) -> Recording:
    """Keep a recording of a call."""
    recording = Recording(leg.call.sid, source, max(1, round(seconds)), start, channels, transcript)
    leg.exchange.recordings[recording.sid] = recording
    leg.note("recorded", f"{recording.duration_s} s", sid=recording.sid, transcript=transcript)
    return recording


def keep_whole_call(leg: Leg, answered: datetime, wish: dict[str, str]) -> None:
    """Keep the recording that REST asked for when it placed the call."""
    channels = 2 if wish.get("RecordingChannels") == "dual" else 1
    kept = keep(leg, answered, (leg.clock.now() - answered).total_seconds(), "OutboundAPI", channels=channels)
    url, verb_ = wish.get("RecordingStatusCallback", ""), wish.get("RecordingStatusCallbackMethod") or "POST"
    tell_status(leg, url, verb_, kept, wish.get("RecordingStatusCallbackEvent") or "completed")


def tell_status(leg: Leg, url: str, verb_: str, recording: Recording, events: str = "completed") -> None:
    """Send the recording's callback, when there is one."""
    if not url or "completed" not in events.split():
        return
    parameters = {
        "AccountSid": leg.exchange.account_sid,
        "CallSid": leg.call.sid,
        **leg.exchange.recording_parameters(recording),
        "RecordingStatus": recording.status,
        "RecordingChannels": str(recording.channels),
        "RecordingStartTime": rfc2822(recording.start) or "",
        "RecordingSource": recording.source,
        "RecordingTrack": "both",
        "ErrorCode": "0",
    }
    leg.exchange.courier.in_order(Webhook("recording-status", leg.call.sid, url, verb_, parameters), leg.clock)


def _tell_callbacks(leg: Leg, element: ET.Element, doc: Document, recording: Recording) -> None:
    if url := element.get("recordingStatusCallback"):
        verb_ = method(element, "recordingStatusCallbackMethod")
        events = element.get("recordingStatusCallbackEvent", "completed")
        tell_status(leg, doc.source.beside("", url, verb_).url, verb_, recording, events)
    if url := element.get("transcribeCallback"):
        _tell_transcript(leg, doc.source.beside("", url, "POST").url, recording)


def _tell_transcript(leg: Leg, url: str, recording: Recording) -> None:
    is_done = bool(recording.transcript) and recording.duration_s in TRANSCRIBED_S
    sid = new_sid("TR")
    recording_url = leg.exchange.recording_url(recording)
    parameters = {
        "TranscriptionSid": sid,
        "TranscriptionText": recording.transcript if is_done else "",
        "TranscriptionStatus": "completed" if is_done else "failed",
        "TranscriptionType": "fast",
        "TranscriptionUrl": f"{recording_url.partition('/Recordings/')[0]}/Transcriptions/{sid}",
        "RecordingSid": recording.sid,
        "RecordingUrl": recording_url,
        **leg.exchange.call_parameters(leg),
    }
    leg.exchange.courier.in_order(Webhook("transcription", leg.call.sid, url, "POST", parameters), leg.clock)
