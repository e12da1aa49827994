"""Real-time transcription: what is said on a call is told to a callback as it is said.

Source: Twilio's page on <Transcription>. A track is what Twilio hears (`inbound_track`) or what it plays and says
(`outbound_track`).
"""

import json
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from local.twilio.engine.document import Document
from local.twilio.engine.leg import Leg
from local.twilio.records import Event
from local.twilio.sids import new_sid
from local.twilio.twiml import method
from local.twilio.webhooks import Webhook

TRACKS = {"spoke": "inbound_track", "said": "outbound_track", "heard": "outbound_track"}
CONFIDENCE = 0.9


@dataclass(slots=True)
class Transcribing:
    """A transcription under way, and where it is told; `track` is the one that is wanted, or `both_tracks`."""

    leg: Leg
    name: str
    url: str
    method: str
    track: str
    language: str
    labels: dict[str, str]
    sid: str = field(default_factory=lambda: new_sid("GT"))
    sequence: int = 0

    def hear(self, event: Event) -> None:
        """Tell of what is said, and of the end when the call has ended."""
        track = TRACKS.get(event.kind)
        if track and self.track in {"both_tracks", track} and event.text:
            told = {"transcript": event.text, "confidence": CONFIDENCE}
            label = {"TrackLabel": self.labels[track]} if self.labels[track] else {}
            self.tell("content", {"Track": track, "Final": "true", "TranscriptionData": json.dumps(told)} | label)
        elif event.kind == "ended":
            self.tell("stopped", {})

    def tell(self, event: str, more: dict[str, str]) -> None:
        """Send `transcription-started`, `-content` or `-stopped` to the callback when there is one."""
        self.sequence += 1
        parameters = {
            "AccountSid": self.leg.account.sid,
            "CallSid": self.leg.call.sid,
            "TranscriptionSid": self.sid,
            "TranscriptionEvent": f"transcription-{event}",
            "LanguageCode": self.language,
            "SequenceId": str(self.sequence),
            "Timestamp": self.leg.clock.now().isoformat(),
            **more,
        }
        if self.url:
            webhook = Webhook("transcription", self.leg.call.sid, self.url, self.method, parameters)
            self.leg.board.courier.in_order(webhook, self.leg.clock)


def begin(leg: Leg, noun: ET.Element, doc: Document) -> None:
    """Transcribe a call from now on, as a Transcription wants it."""
    url, http_method = noun.get("statusCallbackUrl", ""), method(noun, "statusCallbackMethod")
    wanted = Transcribing(
        leg=leg,
        name=noun.get("name", ""),
        url=doc.source.beside("", url, http_method).url if url else "",
        method=http_method,
        track=noun.get("track", "both_tracks"),
        language=noun.get("languageCode", "en-US"),
        labels={"inbound_track": noun.get("inboundTrackLabel", ""),
                "outbound_track": noun.get("outboundTrackLabel", "")},
    )  # fmt: skip
    begin_on(wanted)


def begin_on(wanted: Transcribing) -> None:
    """Let a transcription hear its call from now on."""
    wanted.leg.note("started", "transcription", sid=wanted.sid)
    wanted.tell("started", {"Track": wanted.track, "PartialResults": "false"})
    wanted.leg.watchers.append(wanted.hear)


def end(leg: Leg, name: str) -> Transcribing | None:
    """Return the transcription of this name or SID that was under way; it ends."""
    for watcher in leg.watchers:
        under_way = getattr(watcher, "__self__", None)
        if isinstance(under_way, Transcribing) and name in {under_way.name, under_way.sid}:
            leg.watchers.remove(watcher)
            under_way.tell("stopped", {})
            return under_way
    return None
