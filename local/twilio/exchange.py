"""The exchange: one account, its numbers and records, the phones around it, and the calls and texts between them."""

import logging
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from local.twilio.clock import Clock, ManualClock
from local.twilio.engine import calls
from local.twilio.engine.leg import Callback, Leg
from local.twilio.faults import Faults
from local.twilio.geography import geography
from local.twilio.journal import Journal
from local.twilio.phones import Phone
from local.twilio.records import Alert, Application, Call, CallerId, Message, Number, Recording
from local.twilio.sids import utc_now
from local.twilio.webhooks import Courier

if TYPE_CHECKING:
    from local.twilio.engine.conference import Conference
    from local.twilio.engine.queue import Queue

API_VERSION = "2010-04-01"
ANONYMOUS = "+266696687"  # spells it on the keys: a caller who hides the number

log = logging.getLogger("twilio.exchange")


class Exchange:
    """Everything that the stand-in knows."""

    def __init__(self, account_sid: str, auth_token: str, numbers: list[str], *, manual_clock: bool = False) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.keys: dict[str, str] = {}
        self.base_url = ""
        self.created = utc_now()
        self.manual_clock = manual_clock
        self.is_trial = False
        self.unverified: set[str] = set()
        self.opted_out: set[tuple[str, str]] = set()  # (the line's number, who does not want its texts)
        self.faults = Faults()
        self.courier = Courier(auth_token, self.faults)
        self.numbers = {number: Number(number) for number in numbers}
        self.calls: dict[str, Call] = {}
        self.messages: dict[str, Message] = {}
        self.recordings: dict[str, Recording] = {}
        self.caller_ids: dict[str, CallerId] = {}
        self.conferences: dict[str, Conference] = {}
        self.queues: dict[str, Queue] = {}
        self.applications: dict[str, Application] = {}
        self.legs: dict[str, Leg] = {}
        self.phones: dict[str, Phone] = {}
        self.alerts: Journal[Alert] = Journal()

    def alert(self, code: int, text: str, sid: str, url: str) -> None:
        """Write into the log that an owner reads when something went wrong."""
        log.warning("%s: %s %s %s", sid, code, text, url)
        self.alerts.append(Alert(code, text, sid, url))

    def new_clock(self) -> Clock:
        """Return the clock of a new call tree."""
        return ManualClock() if self.manual_clock else Clock()

    def phone(self, address: str) -> Phone:
        """Return the phone at an address; every address has one."""
        return self.phones.setdefault(address, Phone(address))

    def voice_settings(self, number: str) -> dict[str, str]:
        """Return where calls to a number go: its application when it has one, else its own URLs."""
        settings = self.numbers[number].settings
        application = self.applications.get(settings.get("VoiceApplicationSid", ""))
        return application.settings if application else settings

    def may_show(self, number: str) -> bool:
        """Tell whether the account may call under a number: its own, or one whose owner verified it."""
        return number in self.numbers or any(known.phone_number == number for known in self.caller_ids.values())

    def is_unverified(self, address: str) -> bool:
        """Tell whether a trial account may not reach an address."""
        number = address.removeprefix("whatsapp:")
        if self.is_trial and number.startswith("+"):
            return not self.may_show(number)
        return number in self.unverified

    def receive_call(
        self,
        from_: str,
        to: str,
        known: dict[str, str] | None = None,
        far: Leg | None = None,
        settings: dict[str, str] | None = None,
    ) -> Leg:
        """Let somebody ring a number of the account, or whatever `settings` are of."""
        call = Call(to, from_, "inbound", parameters=known or {})
        call.forwarded_from, call.caller_name = call.parameters.get("ForwardedFrom"), call.parameters.get("CallerName")
        call.phone_number_sid = self.numbers[to].sid if to in self.numbers else ""
        settings = self.voice_settings(to) if settings is None else settings
        callback = Callback(settings.get("StatusCallback", ""), settings.get("StatusCallbackMethod") or "POST")
        leg = Leg(self, call, far.clock if far else self.new_clock(), callback, far=far)
        if far:
            far.far = leg
        self.calls[call.sid] = call
        calls.start(leg, calls.incoming(leg, settings))
        return leg

    def place_call(self, to: str, from_: str, order: calls.Order, callback: Callback, fallback: str) -> Leg:
        """Ring somebody because REST asked for it."""
        call = Call(to, from_, "outbound-api")
        call.phone_number_sid = self.numbers[from_].sid if from_ in self.numbers else ""
        leg = Leg(self, call, self.new_clock(), callback)
        if fallback:
            leg.fallback = order.source.beside("fallback", fallback, "POST")
        self.calls[call.sid] = call
        calls.start(leg, calls.outgoing(leg, order))
        return leg

    def pick_up(self, leg: Leg, element: ET.Element | None = None) -> None:
        """Answer an incoming call with its first verb, unless that is a Dial that answers with its callee."""
        if element is not None and element.tag == "Dial" and element.get("answerOnBridge") == "true":
            return
        calls.pick_up(leg)

    def call_parameters(self, leg: Leg) -> dict[str, str]:
        """Return the parameters of every voice request about a leg."""
        call = leg.call
        parameters = {
            "CallSid": call.sid,
            "AccountSid": self.account_sid,
            "From": call.from_,
            "To": call.to,
            "Caller": call.from_,
            "Called": call.to,
            "CallStatus": call.status,
            "ApiVersion": API_VERSION,
            "Direction": call.direction,
        }
        for role in ("From", "To", "Caller", "Called"):
            parameters |= geography(role, parameters[role])
        optional = {
            "ParentCallSid": call.parent_call_sid,
            "ForwardedFrom": call.forwarded_from,
            "CallerName": call.caller_name,
        }
        return parameters | {name: value for name, value in optional.items() if value} | call.parameters

    def recordings_of(self, call_sid: str) -> list[Recording]:
        """Return the recordings of a call, oldest first."""
        return [recording for recording in self.recordings.values() if recording.call_sid == call_sid]

    def recording_url(self, recording: Recording) -> str:
        """Return the address under which the sound of a recording is found; `.mp3` may be added."""
        return f"{self.base_url}/{API_VERSION}/Accounts/{self.account_sid}/Recordings/{recording.sid}"

    def recording_parameters(self, recording: Recording) -> dict[str, str]:
        """Return what a callback tells of a recording."""
        return {
            "RecordingUrl": self.recording_url(recording),
            "RecordingSid": recording.sid,
            "RecordingDuration": str(recording.duration_s),
        }
