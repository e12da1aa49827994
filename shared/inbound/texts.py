"""A text arrived: remembered once, then answered as the flow says, within three seconds whatever the storage does."""

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from shared import clock, flow, phone
from shared.deadline import submit, wait
from shared.flow.model import Answer, Messages, Own
from shared.flow.placeholders import fill
from shared.flow.verb_api import Message
from shared.inbound import own_verbs
from shared.inbound.received import Received, take_in
from shared.outbound import opt_outs
from shared.twilio import twiml
from shared.twilio.twiml import Reply
from shared.twilio.webhook import APOLOGY, APOLOGY_TEXT, Webhook
from shared.words import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from twilio.twiml import TwiML

CALLED_WITHIN = timedelta(hours=1)  # of the text that asks for it; keys are kept longer, so none is called twice
OPTED_OUT = "You have opted out and will get no more messages from this number. Text START to come back."

log = logging.getLogger("ahoy.inbox")


def receive(webhook: Webhook) -> str:
    """Store the message and return the answer as TwiML; the second delivery of a message gets the same answer."""
    text, file = take_in(webhook), flow.current()
    document = APOLOGY_TEXT if file.mistakes else twiml.messages(answer(text, file.line_of(webhook.number).messages))
    _ = text.stored  # nobody is answered before that, as long as there is time
    return document


def answer(text: Received, messages: Messages) -> "Iterable[Reply | TwiML]":
    """Do what the flow says for a text; return what is said to whom, and what the owner's own verbs add."""
    if opt_outs.is_answered_by_twilio(text.webhook.parameters):
        return
    is_owner = text.webhook.person in messages.owners()
    if opt_outs.wish(text.body, is_owner=is_owner) == "STOP":  # which Twilio leaves to us
        yield from _let_go(text, messages)
    elif is_owner:
        from shared.inbound import forwarding

        yield from filter(None, [forwarding.pass_back(text)])
    elif text.stored and text.stored.is_machine:
        log.warning("message %s gets no answer: its sender writes without end", text.webhook.sid)
    elif chosen := choose(messages, text.body):
        yield from _follow(text, chosen)


def _let_go(text: Received, messages: Messages) -> "Iterator[Reply]":
    """Say to whoever opts out that they have, once; what they wrote besides is still passed on."""
    if not text.stored:
        yield Reply(APOLOGY)
        return
    if not (text.stored.had_opted_out or _is_nobody(text.webhook.sender)):
        yield Reply(OPTED_OUT)
    chosen = choose(messages, text.body)
    if chosen and not text.stored.is_machine and len(folded(text.body).split()) > 1:
        yield from _pass_on(text, chosen, may_be_answered=False)


def choose(messages: Messages, body: str) -> Answer | None:
    """Return the answer for a text: its keyword is the whole message or the first word, however it is typed."""
    whole = folded(body)
    return messages.keywords.get(whole) or messages.keywords.get(whole.partition(" ")[0]) or messages.otherwise


def _follow(text: Received, chosen: Answer) -> "Iterator[Reply | TwiML]":
    is_unwelcome = _is_unwelcome(text)
    is_silent = is_unwelcome or _is_nobody(text.webhook.sender)
    if is_silent:
        why = "has opted out" if is_unwelcome else "is no number"
        log.info("message %s gets no answer: its sender %s", text.webhook.sid, why)
    elif not (_note_lists(text, chosen) and _place_call(text, chosen.call)):
        yield Reply(APOLOGY)
        return
    else:
        media = tuple(str(twiml.given(url, text.webhook)) for url in chosen.media)
        yield Reply(fill(chosen.reply, text.webhook.parameters), media)
    yield from _pass_on(text, chosen, may_be_answered=not is_silent)
    if chosen.own and not is_unwelcome:
        yield from _ask_own_verb(text, chosen.own)


def _pass_on(text: Received, chosen: Answer, *, may_be_answered: bool) -> "Iterator[Reply]":
    for owner in chosen.forward:
        if owner != text.webhook.number:  # else the line would text itself for ever
            from shared.inbound import forwarding

            yield from forwarding.forward(text, owner, may_be_answered=may_be_answered)


def _is_unwelcome(text: Received) -> bool:
    """Whether the sender has opted out and is to get no answer; those who ask for help get theirs."""
    return bool(text.stored and text.stored.has_opted_out and opt_outs.wish(text.body) != "HELP")


def _is_nobody(sender: str) -> bool:
    """Whether nothing can be sent back: a name stands in place of the number (Twilio: 21614), or it is not shown."""
    return phone.is_hidden(sender) or (":" not in sender and not sender.removeprefix("+").isdigit())


def _note_lists(text: Received, chosen: Answer) -> bool:
    """Put the sender on lists or take them off, as of when the text first came; whether that is certain."""
    return all(_note_list(text, name, is_in=True) for name in chosen.subscribe) and all(
        _note_list(text, name, is_in=False) for name in chosen.unsubscribe
    )


def _note_list(text: Received, name: str, *, is_in: bool) -> bool:
    from shared.store import lists

    if not (stored := text.stored):
        return False
    of = text.webhook
    return text.is_done(submit(lambda: lists.note(name, of.sender, of.line, stored.at, is_in=is_in)), "listed")


def _place_call(text: Received, scene: str) -> bool:
    """Have the sender called, once however often this text is delivered; False when it is known to be in vain."""
    if not scene:
        return True
    if not text.stored:
        return False
    if text.stored.at < clock.now() - CALLED_WITHIN:
        return True
    ringing = submit(lambda: _ring(text.webhook, scene))
    try:
        wait(ringing, text.budget.left_s)
    except Exception as e:  # noqa: BLE001 -- whatever went wrong, the person is answered
        is_known = ringing.done()
        what = "was not placed" if is_known else "is not known to be placed"
        log.error("the call that text %s asked for %s: %s", text.webhook.sid, what, type(e).__name__)  # noqa: TRY400 -- the trace would hold numbers
        return not is_known
    return True


def _ring(webhook: Webhook, scene: str) -> None:
    from shared.outbound import sending

    sending.ring(webhook.sender_number, webhook.number, scene, webhook.base, because_of=webhook.sid)


def _ask_own_verb(text: Received, own: Own) -> "Iterator[Reply | TwiML]":
    of = text.webhook
    is_new = text.stored.is_new if text.stored else None
    message = Message(
        sid=of.sid, from_=of.sender, to=of.line, body=text.body, parameters=dict(of.parameters), is_new=is_new
    )
    try:
        yield from own_verbs.ask(own, message, own_verbs.budget())
    except Exception:
        log.exception("the verb %s failed for message %s", own.name, of.sid)
        yield Reply(APOLOGY)  # what else was to happen to the text happens
