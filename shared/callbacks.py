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
    from shared import optouts
    from shared.store import messages

    status, error_code = webhook.get("MessageStatus"), webhook.get("ErrorCode")
    if error_code == optouts.UNSUBSCRIBED_RECIPIENT:
        optouts.refused_by_twilio(webhook.get("To"), webhook.get("From"))
    messages.book().change(webhook.sid, lambda record: messages.forward(record, status, error_code))


def recording(webhook: Webhook) -> None:
    """A recording of a call is ready, or could not be made."""
    _note(webhook, {
        "recording_sid": webhook.get("RecordingSid"),
        "recording_url": webhook.get("RecordingUrl"),
        "recording_status": webhook.get("RecordingStatus"),
        "recording_s": _seconds(webhook.get("RecordingDuration")),
    })  # fmt: skip


def transcription(webhook: Webhook) -> None:
    """A recording of a call was written down, or could not be."""
    _note(webhook, {
        "transcription": webhook.get("TranscriptionText"),
        "transcription_status": webhook.get("TranscriptionStatus"),
    })  # fmt: skip


def _note(webhook: Webhook, news: dict[str, str | int]) -> None:
    """Add to the call's record, making it when this is the first we hear of the call."""
    from shared.store import calls

    book = calls.book()
    if book.change(webhook.sid, lambda record: record | news) is None:
        book.add(calls.told(webhook.parameters, datetime.now(UTC)) | news)


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
