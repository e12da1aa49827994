"""A Twilio request in, TwiML out: verify, parse, answer. A person on the phone never hears a stack trace or silence."""

import logging
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import azure.functions as func

from shared import phone, settings
from shared.person import identity
from shared.twilio import signature

APOLOGY = "We are sorry, something went wrong on our side. Please try again later."
APOLOGY_CALL = f'<?xml version="1.0" encoding="UTF-8"?><Response><Say>{APOLOGY}</Say><Hangup /></Response>'
APOLOGY_TEXT = f'<?xml version="1.0" encoding="UTF-8"?><Response><Message>{APOLOGY}</Message></Response>'

REFUSALS_A_MINUTE = 30  # that one process writes; an alert needs fewer, and anybody may cause them

_OF_STATUS = "abcdefghijklmnopqrstuvwxyz_-"
_KEYS = "0123456789*#ABCD"

log = logging.getLogger("ahoy.webhook")


class Webhook:
    """A request that Twilio signed. `parameters` are Twilio's own names and decoded values, `base` is our address."""

    __slots__ = ("base", "parameters")

    def __init__(self, parameters: dict[str, str], base: str) -> None:
        self.parameters = parameters
        self.base = base

    @property
    def sid(self) -> str:
        """The SID of the message or call it is about; empty when there is none."""
        return self.parameters.get("MessageSid") or self.parameters.get("CallSid", "")

    @property
    def sender(self) -> str:
        """Who calls or writes, with their channel, as an answer must name them: +12025550122, whatsapp:+12025550122."""
        return self.get("From")

    @property
    def line(self) -> str:
        """The address of ours that they called or wrote to, with its channel."""
        return self.get("To")

    @property
    def person(self) -> str:
        """Which person the sender is, on whatever channel and however spelled."""
        return identity(self.sender)

    @property
    def sender_number(self) -> str:
        """The sender as they spell it, without a channel: what can be called."""
        return phone.without_channel(self.sender)

    @property
    def number(self) -> str:
        """Which number of ours it is, on whatever channel."""
        return phone.without_channel(self.line)

    def get(self, name: str) -> str:
        """Return a parameter's value; a missing one is empty, as Twilio sends an unknown one."""
        return self.parameters.get(name, "")


class Refusals:
    """Writes the first refusals of a minute and counts the rest: strangers may not fill a log with a daily cap."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        """`now_s` is a clock that never goes back."""
        self._now_s = now_s
        self._lock = threading.Lock()
        self._minute = self._seen = 0

    def note(self, req: func.HttpRequest, refusal: signature.Refused) -> None:
        """Write that a request was refused, or count it; the first of another minute says how many were counted."""
        with self._lock:
            minute, unwritten = int(self._now_s() // 60), 0
            if minute != self._minute:
                unwritten = max(0, self._seen - REFUSALS_A_MINUTE)
                self._minute, self._seen = minute, 0
            self._seen += 1
            is_written = self._seen <= REFUSALS_A_MINUTE
        if is_written:
            more = f"; {unwritten} more were not written" if unwritten else ""
            log.warning("refused %s %s: %s%s", req.method, signature.shown(req.url), refusal, more)


_refusals = Refusals(time.monotonic)


def call(req: func.HttpRequest, answer: Callable[[Webhook], str]) -> func.HttpResponse:
    """Answer a voice webhook with the TwiML that `answer` gives; when it fails, with a spoken apology."""
    return _answered(req, answer, APOLOGY_CALL)


def text(req: func.HttpRequest, answer: Callable[[Webhook], str]) -> func.HttpResponse:
    """Answer a message webhook with the TwiML that `answer` gives; when it fails, with a written apology."""
    return _answered(req, answer, APOLOGY_TEXT, "MessageSid")


def callback(req: func.HttpRequest, note: Callable[[Webhook], None]) -> func.HttpResponse:
    """Take note of a status callback: 204 when it is kept, 500 when not, so that Twilio's log shows the loss."""

    def noted(webhook: Webhook) -> str:
        note(webhook)
        return ""

    return _answered(req, noted, None)


def _answered(
    req: func.HttpRequest, answer: Callable[[Webhook], str], apology: str | None, named_by: str = ""
) -> func.HttpResponse:
    config = settings.current()
    try:
        webhook = Webhook(signature.verified(req, config), signature.base_url(req, config))
        if named_by and not webhook.get(named_by):
            raise signature.Refused(f"{named_by} is missing")  # noqa: TRY301 -- as if verified had found it
    except signature.Refused as refusal:
        _refusals.note(req, refusal)
        return func.HttpResponse("This address answers requests signed by Twilio only.", status_code=refusal.status)
    try:
        document = answer(webhook)
    except Exception:
        log.exception("answering %s from %s failed", webhook.sid, phone.redacted(webhook.get("From")))
        return func.HttpResponse(status_code=500) if apology is None else _twiml(apology)
    log.info("answered %s %s %s", webhook.sid, urlsplit(req.url).path, _told(webhook))
    return _twiml(document)


def _told(webhook: Webhook) -> str:
    """Return what the log may hold of a webhook. One key is a choice; more may be a PIN, so only their number."""
    status = webhook.get("MessageStatus") or webhook.get("SmsStatus") or webhook.get("CallStatus")
    keys = webhook.get("Digits")
    shown = keys if len(keys) < 2 and keys in _KEYS else f"({len(keys)})"
    return f"status={'?' if status.strip(_OF_STATUS) else status} keys={shown}"


def _twiml(document: str) -> func.HttpResponse:
    if not document:
        return func.HttpResponse(status_code=204)
    return func.HttpResponse(document, mimetype="text/xml")
