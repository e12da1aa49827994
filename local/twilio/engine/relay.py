"""ConversationRelay: a session in which an application talks by text with whoever is on the call.

Sources: Twilio's pages on <ConversationRelay> and on its WebSocket messages, its errors 64102, 64105 and 64107. What
they leave open is as live reports have it: `callStatus` is RINGING for an incoming call, a prompt has no confidence,
each partial prompt repeats the whole utterance, words that interrupt nothing are reported only where
reportInputDuringAgentSpeech asks, `info` messages come where `events` (or `debug`) asks, and an `end` cuts off what is
not said yet: public code waits until it has been.
"""

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from local.twilio.engine import relay_messages as messages
from local.twilio.engine import websocket
from local.twilio.engine.document import Document
from local.twilio.engine.leg import Leg
from local.twilio.engine.relay_speech import Speech
from local.twilio.engine.relay_terms import Terms, terms
from local.twilio.engine.signals import HungUp, Pressed, Signal, Spoke
from local.twilio.sids import new_sid

NOT_CONNECTED, SOCKET_ENDED, INVALID_MESSAGE = 64102, 64105, 64107
MOST_MALFORMED = 10  # one after another
MALFORMED = 1007  # the WebSocket's code for it
PARTIAL_WORDS = 3  # a partial prompt after so many words


@dataclass(frozen=True, slots=True)
class Told(Signal):
    """The application sent a message."""

    raw: str | bytes


@dataclass(frozen=True, slots=True)
class Gone(Signal):
    """The application closed the WebSocket; `code` is the reason (RFC 6455)."""

    code: int


async def converse(leg: Leg, noun: ET.Element, _: Document) -> dict[str, str]:
    """Run a session to its end; return what the action is told of it."""
    session = _Session(leg, terms(noun))
    try:
        return await session.run()
    except HungUp as hung_up:
        hung_up.outcome = session.outcome("completed")
        raise
    finally:
        session.end()


class _Session:
    def __init__(self, leg: Leg, terms: Terms) -> None:
        self.leg, self.terms, self.url = leg, terms, terms.url
        self.sid = new_sid("VX")
        self.began = leg.clock.now()
        self.language = terms.hears_in
        self.speech = Speech(leg, terms, self._inform)
        self.socket: websocket.WebSocket | None = None
        self.is_listening = True  # to the words that the person speaks right now
        self.malformed = 0

    async def run(self) -> dict[str, str]:
        """Connect, and go on until somebody ends it; return what the action is told."""
        self.leg.mailbox.clear()
        try:
            opening = websocket.connect(self.url, self.leg.account.auth_token, self.leg.clock)
            self.socket = await self.leg.unless_interrupted(opening)
        except websocket.NotOpened as e:
            return self._failed(NOT_CONNECTED, f"Unable to connect to WebSocket URL: {e}")
        if websocket.is_only_here(self.url):
            self._alert(NOT_CONNECTED, f"{self.url} is taken here alone: Twilio connects to wss:// only")
        self.leg.note("connected", f"ConversationRelay {self.url}", sid=self.sid)
        self.leg.on_speech = self._begins_to_speak
        self._send(self._setup())
        self.socket.listen(lambda raw: self.leg.post(Told(raw)), lambda code: self.leg.post(Gone(code)))
        self.speech.greet()
        return await self._follow()

    def end(self) -> None:
        """Leave nothing behind."""
        self.leg.on_speech = None
        lost = self.speech.end()
        if lost and not self.leg.has_hung_up:
            self.leg.note("cut_off", lost)
        if self.socket:
            self.socket.close(1000, "Closing websocket session")

    def outcome(self, status: str, **more: str) -> dict[str, str]:
        """Return what the action is told of a session that has ended."""
        seconds = round((self.leg.clock.now() - self.began).total_seconds())
        return {"SessionId": self.sid, "SessionStatus": status, "SessionDuration": str(seconds)} | more

    async def _follow(self) -> dict[str, str]:
        while True:
            match await self.leg.next():
                case Gone(code):
                    return self._failed(SOCKET_ENDED, f"WebSocket ended: the application closed it ({code})")
                case Told(raw):
                    if outcome := self._follow_message(raw):
                        return outcome
                case Spoke(text=text):
                    self._prompt(text)
                case Pressed(key):
                    self._press(key)

    def _follow_message(self, raw: str | bytes) -> dict[str, str] | None:
        """Do what a message says; return what the action is told when it ends the session."""
        try:
            message = messages.read(raw)
        except messages.Invalid as e:
            return self._refuse(raw if isinstance(raw, str) else "(binary)", str(e))
        self.malformed = 0
        match message:
            case messages.Text():
                self.speech.take(message)
            case messages.Play():
                self.speech.play(message)
            case messages.SendDigits(digits=digits):
                self.speech.send_digits(digits)
            case messages.Language():
                self.speech.language = message.tts_language or self.speech.language
                self.language = message.transcription_language or self.language
                self.leg.note("language", f"speaks {self.speech.language}, hears {self.language}")
            case messages.End(handoff_data=handoff):
                return self.outcome("ended", **({} if handoff is None else {"HandoffData": handoff}))
        return None

    def _refuse(self, raw: str, why: str) -> dict[str, str] | None:
        """Say that a message is not followed; after too many of them the session is over."""
        self.malformed += 1
        self._alert(INVALID_MESSAGE, f"Invalid message received: {raw}: {why}")
        self._send({"type": "error", "description": f"Invalid message received: {raw}"})
        if self.malformed < MOST_MALFORMED or not self.socket:
            return None
        self.socket.close(MALFORMED, "Too many consecutive malformed messages")
        return self._failed(SOCKET_ENDED, "WebSocket ended: too many consecutive malformed messages")

    def _setup(self) -> dict[str, Any]:
        call = self.leg.call
        theirs = call.from_ if call.direction == "inbound" else call.to
        return {
            "type": "setup",
            "sessionId": self.sid,
            "accountSid": self.leg.account.sid,
            "parentCallSid": call.parent_call_sid or "",
            "callSid": call.sid,
            "from": call.from_,
            "to": call.to,
            "forwardedFrom": call.forwarded_from or "",
            "callType": {"client": "CLIENT", "sip": "SIP"}.get(theirs.partition(":")[0], "PSTN"),
            "callerName": call.caller_name or "",
            "direction": call.direction,
            "callStatus": "RINGING" if call.direction == "inbound" else "IN_PROGRESS",
            "customParameters": self.terms.parameters,
        }

    def _begins_to_speak(self) -> None:
        """The person begins to say something: that stops what may be stopped by it, or nobody listens."""
        self._inform("speaker-events", "clientSpeaking", "on")
        playing = self.speech.playing
        self.is_listening = not playing or "speech" in playing.stopped_by | self.terms.reported
        if playing and "speech" in playing.stopped_by:
            heard = self.speech.stop("interrupted")
            self._send({"type": "interrupt", "utteranceUntilInterrupt": heard.text,
                        "durationUntilInterruptMs": heard.milliseconds})  # fmt: skip

    def _prompt(self, text: str) -> None:
        """Tell the application what the person has said, in parts before when it wants them."""
        self._inform("speaker-events", "clientSpeaking", "off")
        if not self.is_listening:
            self.leg.note("unheard", f"{text!r}: not interruptible, and not reported either")
            return
        words = text.split()
        if self.terms.wants_partial_prompts:
            for end in range(PARTIAL_WORDS, len(words), PARTIAL_WORDS):
                self._send(self._heard(" ".join(words[:end]), is_last=False))
        self._send(self._heard(text, is_last=True))

    def _heard(self, text: str, *, is_last: bool) -> dict[str, Any]:
        return {"type": "prompt", "voicePrompt": text, "lang": self.language, "last": is_last}

    def _press(self, key: str) -> None:
        """Tell the application of a key, when it wants to know; a key stops what may be stopped by one."""
        playing = self.speech.playing
        is_reported = not playing or "dtmf" in playing.stopped_by | self.terms.reported
        if playing and "dtmf" in playing.stopped_by:
            self.speech.stop("stopped")
        if self.terms.detects_keys and is_reported:
            self._send({"type": "dtmf", "digit": key})
        else:
            self.leg.note("unheard", f"key {key}: " + ("not reported" if is_reported else "not interruptible"))

    def _inform(self, event: str, name: str, value: str) -> None:
        if event in self.terms.events:
            milliseconds = round(self.leg.clock.now().timestamp() * 1000)
            self._send({"type": "info", "name": name, "value": value, "ts": milliseconds})

    def _send(self, message: dict[str, Any]) -> None:
        if self.socket:
            self.socket.send(message)

    def _failed(self, code: int, why: str) -> dict[str, str]:
        self._alert(code, why)
        return self.outcome("failed", ErrorCode=str(code), ErrorMessage=why)

    def _alert(self, code: int, why: str) -> None:
        self.leg.account.alert(code, why, self.leg.call.sid, self.url)
        self.leg.note("alert", f"{code} {why}", url=self.url)
