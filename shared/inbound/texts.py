"""A text arrived: remembered once, then answered as the flow says, within three seconds whatever the storage does."""

import logging
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from twilio.twiml.messaging_response import MessagingResponse

from shared import flow, media, phone, settings
from shared.deadline import Budget, submit, wait
from shared.flow.custom_verbs import Message
from shared.flow.grammar import MESSAGE_CHARACTERS
from shared.flow.model import Answer, Messages, Own
from shared.flow.placeholders import clean, fill, spoken
from shared.inbound import masking
from shared.outbound import opt_outs
from shared.twilio import twiml
from shared.twilio.webhook import APOLOGY, APOLOGY_TEXT, Webhook

if TYPE_CHECKING:
    from concurrent.futures import Future

    from shared.inbound.intake import Stored

STORAGE_S = 2.0  # for everything that is asked of the storage while a texter waits
CALLED_WITHIN = timedelta(hours=1)  # of the text that asks for it; keys are kept longer, so none is called twice
OPTED_OUT = "You have opted out and will get no more messages from this number. Text START to come back."
NOT_STORED = "Not sent: the line cannot look up who is meant. Please try again in a minute."

log = logging.getLogger("ahoy.inbox")


def receive(webhook: Webhook) -> str:
    """Store the message and return the answer as TwiML; the second delivery of a message gets the same answer."""
    said = flow.current()
    text = _Text(webhook)
    if said.mistakes:
        document = APOLOGY_TEXT
    else:
        text.answer(said.line_of(phone.identity(webhook.get("To"))).messages)
        document = twiml.document(text.response)
    _ = text.is_stored
    return document


class _Text:
    """One text on its way: what is known of it, what is said in return, and how long storage may still take."""

    def __init__(self, webhook: Webhook) -> None:
        self.webhook = webhook
        self.sender, self.line = webhook.get("From"), webhook.get("To")
        self.budget = Budget(STORAGE_S)
        self.stored: Future[Stored] = submit(lambda: _stored(webhook.parameters))
        self.response = MessagingResponse()

    def answer(self, messages: Messages) -> None:
        """Do what the flow says for this text, and say so in the response."""
        if opt_outs.is_answered_by_twilio(self.webhook.parameters):
            return
        if opt_outs.wish(self.webhook.get("Body")) == "STOP":  # on WhatsApp, where Twilio leaves it to us
            self.response.message(OPTED_OUT if self.is_stored else APOLOGY)
            return
        owners = {answer.forward for answer in messages.answers() if answer.forward}
        if phone.identity(self.sender) in owners:
            self._pass_back(phone.identity(self.sender))
        elif self.is_stored and self.stored.result().is_machine:
            log.warning("message %s gets no answer: its sender writes without end", self.webhook.sid)
        elif chosen := choose(messages, self.webhook.get("Body")):
            self._follow(chosen, is_silent=self._is_unwelcome())

    def _is_unwelcome(self) -> bool:
        """Whether the sender has opted out and is to get no answer; those who ask for help get theirs."""
        return self.is_stored and self.stored.result().has_left and opt_outs.wish(self.webhook.get("Body")) != "HELP"

    def _follow(self, chosen: Answer, *, is_silent: bool) -> None:
        if is_silent:
            log.info("message %s gets no answer: its sender has opted out", self.webhook.sid)
        elif not (self._listed(chosen) and self._called(chosen.call)):
            self.response.message(APOLOGY)
            return
        else:
            self._say(fill(chosen.reply, self.webhook.parameters), list(chosen.media))
        if chosen.forward and chosen.forward != phone.identity(self.line):  # else the line would text itself for ever
            self._forward(chosen.forward, may_be_answered=not is_silent)
        if chosen.own and not is_silent:
            self._add_own(chosen.own)

    def _say(self, text: str, media: list[str], **address: str) -> None:
        text = text[:MESSAGE_CHARACTERS]
        if not media:
            self.response.message(text, **address) if text else None
            return
        message = self.response.message(None, **address)
        if text:
            message.body(text)
        for url in media:
            message.media(url)

    def _listed(self, chosen: Answer) -> bool:
        """Put the sender on the list or take them off it, as of when the text first came; whether that is certain."""
        from shared.store import lists

        def is_noted(name: str, *, is_in: bool) -> bool:
            at = self.stored.result().at
            return self._is_done(submit(lambda: lists.note(name, self.sender, self.line, at, is_in=is_in)), "listed")

        wanted = ((chosen.subscribe, True), (chosen.unsubscribe, False))
        return all(self.is_stored and is_noted(name, is_in=is_in) for name, is_in in wanted if name)

    def _called(self, scene: str) -> bool:
        """Have the sender called, once however often this text is delivered; False when it is known to be in vain."""
        if not scene:
            return True
        if not self.is_stored:
            return False
        if self.stored.result().at < datetime.now(UTC) - CALLED_WITHIN:
            return True
        to, line, base, sid = (
            phone.identity(self.sender),
            phone.identity(self.line),
            self.webhook.base,
            self.webhook.sid,
        )
        ringing = submit(lambda: _ring(to, line, scene, base, sid))
        try:
            wait(ringing, self.budget.left_s)
        except Exception:  # noqa: BLE001 -- it has logged itself
            return not ringing.done()
        return True

    def _forward(self, owner: str, *, may_be_answered: bool) -> None:
        from shared.store import masked

        line, sender = self.line, self.sender

        def merge(people: list[masked.Person]) -> list[masked.Person]:
            return masking.wrote(people, sender, line, self.stored.result().at)

        is_noted = may_be_answered and self.is_stored
        is_noted = is_noted and self._is_done(
            submit(lambda: masked.change(phone.identity(line), owner, merge)), "noted"
        )
        hint = "" if is_noted else " (cannot be answered now)"
        text = f"{phone.identity(sender)}{hint}: {clean(self.webhook.get('Body'))}"
        self._say(text, self._media(), to=owner, from_=phone.identity(line))

    def _pass_back(self, owner: str) -> None:
        """The owner of a forwarded line wrote: to the person who is meant, from the line."""
        if not self.is_stored:
            self.response.message(NOT_STORED)
            return
        from shared.store import masked

        found: list[masking.Answered] = []
        stored = self.stored.result()
        answer = masking.OwnersText(self.webhook.get("Body"), self.webhook.sid, stored.at, stored.is_new)

        def merge(people: list[masked.Person]) -> list[masked.Person]:
            found[:] = [masking.answered(people, answer)]
            return found[0].people

        def pass_on() -> None:
            masked.change(phone.identity(self.line), owner, merge)
            if opt_outs.has_opted_out(found[0].person.address, found[0].person.line):
                raise masking.Unclear("Not sent: they asked not to be contacted, until they text START.")

        try:
            wait(submit(pass_on), self.budget.left_s)
        except masking.Unclear as e:
            if not stored.is_machine:  # an owner's phone that answers by itself would be told so without end
                self.response.message(str(e))
        except Exception as e:  # noqa: BLE001 -- whatever storage throws, the owner is told that nothing was sent
            log.error("text %s was not passed on: %s", self.webhook.sid, type(e).__name__)  # noqa: TRY400 -- the trace would hold numbers
            self.response.message(NOT_STORED)
        else:
            person = found[0].person
            self._say(clean(found[0].text), self._media(), to=person.address, from_=person.line)

    def _media(self) -> list[str]:
        urls = (self.webhook.get(f"MediaUrl{number}") for number in range(10))
        return [url for url in urls if media.is_twilios(url, settings.current())]

    def _add_own(self, own: Own) -> None:
        message = Message(
            sid=self.webhook.sid,
            from_=self.sender,
            to=self.line,
            body=self.webhook.get("Body"),
            parameters=dict(self.webhook.parameters),
        )
        answer = own.function(message, **own.arguments)
        for verb in answer.verbs if answer is not None else []:
            self.response.append(verb)

    @cached_property
    def is_stored(self) -> bool:
        """Whether the text is in the record, as far as there is time to wait for that."""
        return self._is_done(self.stored, "stored")

    def _is_done(self, work: "Future[Any]", what: str) -> bool:
        """Wait for what the storage is asked as long as there is time; whether it is done."""
        try:
            wait(work, self.budget.left_s)
        except Exception as e:  # noqa: BLE001 -- whatever storage throws, the person is answered
            log.error("message %s is not %s: %s", self.webhook.sid, what, type(e).__name__)  # noqa: TRY400 -- the trace would hold the body
            return False
        return True


def choose(messages: Messages, body: str) -> Answer | None:
    """Return the answer for a text: its keyword is the whole message or the first word, in upper or lower case."""
    whole = spoken(body)
    return messages.keywords.get(whole) or messages.keywords.get(whole.partition(" ")[0]) or messages.otherwise


def _stored(parameters: dict[str, str]) -> "Stored":
    from shared.inbound import intake

    return intake.remember(parameters, datetime.now(UTC))


def _ring(to: str, line: str, scene: str, base: str, sid: str) -> None:
    from shared.outbound import sending

    try:
        sending.ring(to, line, scene, base, because_of=sid)
    except Exception as e:
        log.error("the call that text %s asked for was not placed: %s", sid, type(e).__name__)  # noqa: TRY400 -- the trace would hold numbers
        raise
