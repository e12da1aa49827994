"""Media Streams: the sound of a call, sent to an application frame by frame; what it sends back is played.

No sound is made here of what people and machines say: every frame is silence. Sources: Twilio's pages on the WebSocket
messages of Media Streams, on <Stream> and its status callbacks, and on its errors 319xx.
"""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from local.twilio.engine import stream_messages as messages
from local.twilio.engine import websocket
from local.twilio.engine.leg import Leg
from local.twilio.engine.sound import BYTES_PER_S, Sound
from local.twilio.engine.stream_terms import Terms
from local.twilio.engine.websocket import NotOpened
from local.twilio.webhooks import Webhook

if TYPE_CHECKING:
    from local.twilio.clock import Alarm

CODES: dict[websocket.Trouble, int] = {
    "timeout": 31901, "refused": 31902, "unreachable": 31904, "tls": 31910, "handshake": 31920, "scheme": 31922,
    "malformed": 31923,
}  # fmt: skip
CLOSED, NO_WEBSOCKET, WRONG_TRACK = 31921, 31924, 31941
UNDECODABLE, INVALID = 31950, 31951  # warnings, told once a stream
FRAME_MS = 20
SILENCE = base64.b64encode(b"\xff" * (BYTES_PER_S * FRAME_MS // 1000)).decode()  # mu-law for nothing
TICK_S, MANUAL_TICK_S = FRAME_MS / 1000, 1.0  # how often frames are sent; those of a second at once where time leaps
FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}


class MediaStream:
    """A stream of a call. `ended` is called when the application ends it; with `answers` it may send sound, too."""

    def __init__(self, leg: Leg, terms: Terms, ended: Callable[[], None], *, answers: bool) -> None:
        self.leg, self.terms, self.ended, self.answers = leg, terms, ended, answers
        self.sound = Sound(leg, self._pass_mark)
        self.socket: websocket.WebSocket | None = None
        self.alarm: Alarm | None = None
        self.started = leg.clock.now()
        self.sequence = self.frames = 0
        self.warned: set[int] = set()

    async def connect(self) -> bool:
        """Connect; when that fails the owner's log and the status callback tell why."""
        if not self.terms.tracks or (self.answers and self.terms.tracks != ("inbound",)):
            return self._fail(WRONG_TRACK, "invalid track configuration")
        try:
            url = self.terms.address
            opening = websocket.connect(url, self.leg.account.auth_token, self.leg.clock)
            self.socket = await self.leg.unless_interrupted(opening) if self.answers else await opening
        except NotOpened as e:
            return self._fail(CODES[e.trouble], str(e))
        if websocket.is_only_here(url):
            self._alert(CODES["scheme"], f"{url} is taken here alone: Twilio connects to wss:// only")
        self.leg.note("connected", f"Stream {url}: silence stands for every sound", sid=self.terms.sid)
        self._begin()
        self.socket.listen(self._hear, self._close)
        return True

    def stop(self) -> None:
        """End it: the call is over, or Stop said so."""
        if self.socket and self.socket.is_open:
            self._send("stop", {"stop": {"accountSid": self.leg.account.sid, "callSid": self.leg.call.sid}})
            self.socket.close()
            self._tell("stream-stopped")
        self._rest()

    def press(self, key: str) -> None:
        """Tell of a key, as bidirectional streams do."""
        self._send("dtmf", {"dtmf": {"track": "inbound_track", "digit": key}})

    def catch_up(self) -> None:
        """Send the frames of the time that has passed."""
        due = (self.leg.clock.now() - self.started) // timedelta(milliseconds=FRAME_MS)
        while self.frames < due and self.socket:
            at = self.frames * FRAME_MS
            self.frames += 1
            for track in self.terms.tracks:
                frame = {"track": track, "chunk": str(self.frames), "timestamp": str(at), "payload": SILENCE}
                self._number("media", {"media": frame})

    def _begin(self) -> None:
        self.started = self.leg.clock.now()
        if self.socket:
            self.socket.send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        start = {
            "accountSid": self.leg.account.sid,
            "streamSid": self.terms.sid,
            "callSid": self.leg.call.sid,
            "tracks": list(self.terms.tracks),
            "mediaFormat": FORMAT,
            "customParameters": self.terms.parameters,
        }
        self._send("start", {"start": start})
        self._tell("stream-started")
        self._tick()

    def _tick(self) -> None:
        self.catch_up()
        self.alarm = self.leg.clock.alarm(MANUAL_TICK_S if self.leg.clock.is_manual else TICK_S, self._tick)

    def _send(self, event: str, content: dict[str, Any]) -> None:
        """Send a message in its turn, after the frames before it."""
        self.catch_up()
        self._number(event, content)

    def _number(self, event: str, content: dict[str, Any]) -> None:
        self.sequence += 1
        if self.socket:
            numbered = {"event": event, "sequenceNumber": str(self.sequence)}
            self.socket.send(numbered | content | {"streamSid": self.terms.sid})

    def _pass_mark(self, name: str) -> None:
        self._send("mark", {"mark": {"name": name}})

    def _hear(self, raw: str | bytes) -> None:
        """Follow a message of the application; what is none is told once and goes nowhere."""
        if isinstance(raw, bytes):
            self._warn(UNDECODABLE, "a binary message cannot be decoded")
            return
        if not self.answers:
            self._warn(NO_WEBSOCKET, "a unidirectional stream takes no messages; use Connect")
            return
        try:
            message = messages.read(raw, self.terms.sid)
        except messages.Invalid as e:
            self._warn(INVALID, f"invalid message {raw[:80]}: {e}")
            return
        match message:
            case messages.Media(media=messages.Payload(payload=payload)):
                self.sound.add(len(payload))
            case messages.Mark(mark=messages.Name(name=name)):
                self.sound.mark(name)
            case messages.Clear():
                self.sound.clear()

    def _close(self, code: int) -> None:
        """The application has ended it."""
        if code in {1000, 1001}:
            self._tell("stream-stopped")
        else:
            trouble = NO_WEBSOCKET if code == websocket.PROTOCOL_ERROR else CLOSED
            self._fail(trouble, f"the application closed the WebSocket ({code})")
        self._rest()
        self.ended()

    def _rest(self) -> None:
        if self.alarm:
            self.alarm.cancel()
        self.sound.end()

    def _fail(self, code: int, why: str) -> bool:
        self._alert(code, f"Stream: {why}")
        self._tell("stream-error", StreamError=f"{code} {why}")
        return False

    def _warn(self, code: int, why: str) -> None:
        if code not in self.warned:
            self.warned.add(code)
            self._alert(code, f"Stream: {why}")

    def _alert(self, code: int, why: str) -> None:
        self.leg.account.alert(code, why, self.leg.call.sid, self.terms.url)
        self.leg.note("alert", f"{code} {why}", url=self.terms.url)

    def _tell(self, event: str, **more: str) -> None:
        """Send the stream's status callback, when it has one."""
        if not self.terms.callback_url:
            return
        parameters = {
            "AccountSid": self.leg.account.sid,
            "CallSid": self.leg.call.sid,
            "StreamSid": self.terms.sid,
            "StreamName": self.terms.name,
            "StreamEvent": event,
            "Timestamp": self.leg.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        } | more
        webhook = Webhook("stream-status", self.leg.call.sid, self.terms.callback_url, self.terms.callback_method,
                          parameters)  # fmt: skip
        self.leg.board.courier.in_order(webhook, self.leg.clock)
