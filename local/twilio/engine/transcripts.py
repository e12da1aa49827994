"""Transcriptions of messages: written down as they end, told of, and kept for REST."""

from local.twilio.engine.document import Document
from local.twilio.engine.leg import Leg
from local.twilio.records import Recording, Transcription
from local.twilio.render.calls import call_parameters
from local.twilio.render.transcriptions import transcription_parameters
from local.twilio.webhooks import Webhook

TRANSCRIBED_S = range(2, 121)  # Twilio: only recordings of this length are transcribed


def write(leg: Leg, recording: Recording, callback: str, doc: Document) -> None:
    """Write down what was said on a recording of a call, and tell the `callback` (a URL of `doc`, or empty) of it."""
    is_done = bool(recording.transcript) and recording.duration_s in TRANSCRIBED_S
    text = recording.transcript if is_done else ""
    transcription = Transcription(recording, "completed" if is_done else "failed", text)
    leg.account.transcriptions[transcription.sid] = transcription
    if not callback:
        return
    parameters = transcription_parameters(leg.account, transcription) | call_parameters(leg.account, leg.call)
    url = doc.source.beside("", callback, "POST").url
    leg.board.courier.in_order(Webhook("transcription", leg.call.sid, url, "POST", parameters), leg.clock)
