"""Status callbacks: late, doubled and out of order, they move a stored row forward or not at all."""

from datetime import UTC, datetime

from shared.webhook import Webhook


def call(webhook: Webhook) -> None:
    """A call rang, was answered or ended: bring its record there, making it when this is the first we hear of it."""
    from shared.store import calls

    book, parameters = calls.book(), webhook.parameters
    if book.change(webhook.sid, lambda record: calls.forward(record, parameters)) is not None:
        return
    if not book.add(calls.told(parameters, datetime.now(UTC))):
        book.change(webhook.sid, lambda record: calls.forward(record, parameters))


def message(webhook: Webhook) -> None:
    """A message was sent, delivered or lost: bring its record there; an unknown one is left to reconcile."""
    from shared.store import messages

    status, error_code = webhook.get("MessageStatus"), webhook.get("ErrorCode")
    messages.book().change(webhook.sid, lambda record: messages.forward(record, status, error_code))
