"""A text arrived: remembered once, then answered. A storage that is down costs the record, never the answer."""

import logging
from datetime import UTC, datetime

from twilio.twiml.messaging_response import MessagingResponse

from shared import flow
from shared.deadline import within
from shared.webhook import Webhook

STORAGE_S = 2.0  # a texter is answered within three seconds, whatever the storage does

log = logging.getLogger("ahoy.inbox")


def receive(webhook: Webhook) -> str:
    """Store the message and give the reply as TwiML; the second delivery of a message gets the same answer."""
    at = datetime.now(UTC)
    try:
        within(STORAGE_S, lambda: _remember(webhook.parameters, at))
    except Exception as e:  # noqa: BLE001 -- whatever storage throws, the person is answered
        log.error("message %s was answered but not stored: %s", webhook.sid, type(e).__name__)  # noqa: TRY400 -- the trace would hold the body
    return reply(flow.current())


def reply(said: flow.Flow) -> str:
    """Give the answer that the flow has for a text."""
    response = MessagingResponse()
    response.message(said.reply)
    return str(response)


def _remember(parameters: dict[str, str], at: datetime) -> None:
    from shared.store import messages

    messages.book().add(messages.received(parameters, at))
