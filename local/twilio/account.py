"""The account that the stand-in serves: who it is, what it owns, and its records of all that happened."""

import logging

from local.twilio.journal import Journal
from local.twilio.products import ApiKey, MessagingService, VerifyService
from local.twilio.records import (
    Alert,
    Application,
    Call,
    CallerId,
    Conference,
    Message,
    Number,
    Queue,
    Recording,
    Transcription,
)
from local.twilio.sids import utc_now

API_VERSION = "2010-04-01"

log = logging.getLogger("twilio.account")


class Account:
    """One account. Records are found by SID, numbers by themselves; each dict is in the order of its making."""

    def __init__(self, sid: str, auth_token: str, numbers: list[str]) -> None:
        self.sid = sid
        self.auth_token = auth_token
        self.keys: dict[str, ApiKey] = {}
        self.base_url = ""  # where the stand-in is reached
        self.created = utc_now()
        self.name = "The local account"
        self.is_trial = False
        self.unverified: set[str] = set()
        self.opted_out: set[tuple[str, str]] = set()  # (the line's number, who does not want its texts)
        self.numbers = {number: Number(number) for number in numbers}
        self.applications: dict[str, Application] = {}
        self.caller_ids: dict[str, CallerId] = {}
        self.calls: dict[str, Call] = {}
        self.messages: dict[str, Message] = {}
        self.recordings: dict[str, Recording] = {}
        self.transcriptions: dict[str, Transcription] = {}
        self.deleted_recordings: dict[str, Recording] = {}  # their sound is gone
        self.conferences: dict[str, Conference] = {}
        self.queues: dict[str, Queue] = {}
        self.messaging_services: dict[str, MessagingService] = {}
        self.verify_services: dict[str, VerifyService] = {}
        self.alerts: Journal[Alert] = Journal()

    def alert(self, code: int, text: str, sid: str, url: str) -> None:
        """Write into the log that an owner reads when something went wrong.

        `code` is Twilio's, `sid` the call or message that it happened to, `url` what was asked (or empty).
        """
        log.warning("%s: %s %s %s", sid, code, text, url)
        self.alerts.append(Alert(code, text, sid, url))

    def uri(self, path: str) -> str:
        """Return the relative URI of something of the account, such as `Calls/CA….json`."""
        return f"/{API_VERSION}/Accounts/{self.sid}/{path}"

    def voice_settings(self, number: str) -> dict[str, str]:
        """Return where calls to a number go: its application when it has one, else its own URLs."""
        settings = self.numbers[number].settings
        application = self.applications.get(settings.get("VoiceApplicationSid", ""))
        return application.settings if application else settings

    def sid_of(self, number: str) -> str:
        """Return the SID of a number of the account; empty for any other address."""
        return self.numbers[number].sid if number in self.numbers else ""

    def number_of(self, sid: str) -> Number | None:
        """Return the number of the account that has a SID."""
        return next((number for number in self.numbers.values() if number.sid == sid), None)

    def service_of(self, number: Number | None) -> MessagingService | None:
        """Return the messaging service that a number sends for."""
        services = self.messaging_services.values()
        return next((service for service in services if number and number.sid in service.senders), None)

    def senders_beside(self, number: str) -> list[str]:
        """Return the numbers that an opt-out from one holds for: all of its messaging service, or itself."""
        service = self.service_of(self.numbers.get(number))
        beside = [one.phone_number for one in self.numbers.values() if service and one.sid in service.senders]
        return beside or [number]

    def has_opted_out(self, person: str, number: str) -> bool:
        """Tell whether somebody wants no texts from a number of the account, or from another of its service."""
        return any((other, person) in self.opted_out for other in self.senders_beside(number))

    def secret_of(self, user: str) -> str:
        """Return the password of who asks: the account's auth token, or the secret of a key; empty for strangers."""
        if user == self.sid:
            return self.auth_token
        return self.keys[user].secret if user in self.keys else ""

    def may_show(self, number: str) -> bool:
        """Tell whether the account may call under a number: its own, or one whose owner verified it."""
        return number in self.numbers or any(verified.phone_number == number for verified in self.caller_ids.values())

    def is_unverified(self, address: str) -> bool:
        """Tell whether a trial account may not reach an address."""
        number = address.removeprefix("whatsapp:")
        if self.is_trial and number.startswith("+"):
            return not self.may_show(number)
        return number in self.unverified

    def recording_of_whole(self, call_sid: str) -> Recording | None:
        """Return the recording that REST asked for as it placed a call; None without one that has a sound.

        Source: Twilio's callbacks of a call carry no recording that was begun in another way.
        """
        found = (one for one in self.recordings.values() if (one.call_sid, one.source) == (call_sid, "OutboundAPI"))
        return next((recording for recording in found if recording.status == "completed"), None)
