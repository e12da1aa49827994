"""Status callbacks: late, doubled and out of order, they move a stored row forward or not at all.

One may be the first to tell of a message or call: of a text that left as TwiML, of any call that came in. The row is
made of what it tells; Twilio's log adds the rest (reconcile).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from shared import clock
from shared.person import identity
from shared.platform_limits import UNSUBSCRIBED_RECIPIENT
from shared.twilio import marks
from shared.twilio.webhook import Webhook

if TYPE_CHECKING:
    from shared.store.entities import Entity

NONE: Mapping[str, str] = {}  # of an address without marks; nobody writes into it


def call(webhook: Webhook, parameters: Mapping[str, str] = NONE) -> None:
    """A call rang, was answered or ended, as a `webhook` says at our marked address with these `parameters`."""
    from shared.outbound import dispatch
    from shared.store import calls, merge

    if webhook.get("CallStatus") == "initiated":  # only of calls that leave; a text may have asked for it, and what is
        dispatch.note_leaving(webhook.sid)  # logged behind the texter's back, Azure's host may drop
    intent, left = marks.of(parameters)
    event = calls.from_callback(webhook.parameters, clock.now()) | merge.present({"intent": intent})
    calls.table().tell(event, left)


def message(webhook: Webhook, parameters: Mapping[str, str] = NONE) -> None:
    """A message was sent, delivered, read or lost, as a `webhook` says at our marked address with `parameters`."""
    from shared.outbound import opt_outs
    from shared.store import merge, messages

    if webhook.get("ErrorCode") == str(UNSUBSCRIBED_RECIPIENT):
        row = messages.table().get(webhook.sid)  # the wish was known when it was sent; one that came later stands
        opt_outs.note_refusal_by_twilio(
            identity(webhook.line),
            webhook.sender_number,
            row["at"] if row else "",  # it tells of what left
        )
    intent, left = marks.of(parameters)
    if intent and _says_what_the_answer_said(webhook):
        return
    event = messages.from_callback(webhook.parameters, clock.now()) | merge.present({"intent": intent})
    messages.table().tell(event, left)


def _says_what_the_answer_said(webhook: Webhook) -> bool:
    """Whether Twilio tells what it had answered when the line sent a text, which is written down then.

    Should that have been lost, what follows brings the text; a messaging service takes it before it is queued.
    """
    return webhook.get("MessageStatus") == "queued" and not webhook.get("MessagingServiceSid")


def recording(webhook: Webhook) -> None:
    """A recording of a call or a conference was made, or written down; or a call joined a conference that is recorded.

    A conference's comes without a CallSid: it is kept with the conference, and with each call that took part.
    """
    from shared.store import calls, conferences

    conference, event = webhook.get("ConferenceSid"), webhook.get("StatusCallbackEvent")
    if event:  # of the conference itself, and no recording
        columns = conferences.joined(conference, webhook.sid) if event == "participant-join" else {}
        took_part = [webhook.sid] if columns else []
    else:
        columns = calls.from_recording_callback(webhook.parameters)
        took_part = [webhook.sid] if webhook.get("CallSid") else conferences.recorded(conference, columns)
    for sid in took_part:
        _keep_with(sid, columns)


def missed(webhook: Webhook) -> None:
    """A caller has hung up before anybody talked with them."""
    _keep_with(webhook.sid, {"missed": True})


def _keep_with(sid: str, told: "Entity") -> None:
    """Keep what is told of a call with it. It does not say whose call it is: Twilio's log does, if we do not."""
    from shared.store import calls, tombstones

    if not calls.table().tell_known(sid, told):
        from shared.twilio import log as twilio_log

        record = calls.from_log(twilio_log.call(sid))
        if not tombstones.covers(record["person"], datetime.fromisoformat(record["at"])):
            calls.table().add(record | told)
