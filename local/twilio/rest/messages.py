"""Messages and their media: send one, look at them, redact, cancel, delete."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from local.twilio.engine import carrier
from local.twilio.engine.leg import Switchboard
from local.twilio.products import MessagingService
from local.twilio.records import Media, Message
from local.twilio.render.messages import render_media, render_message
from local.twilio.rest.protocol import Form, Refusal, absent, is_same, is_within, page, reads
from local.twilio.rest.senders import sender_of
from local.twilio.segments import MAX_CHARACTERS
from local.twilio.sids import address, rfc2822, utc_now

MAX_MEDIA = 10
UNDER_WAY = {"accepted", "scheduled", "queued", "sending", "receiving"}
SCHEDULED_AT_LEAST, SCHEDULED_AT_MOST = timedelta(minutes=5), timedelta(days=35)  # Twilio: error 35114
TRIAL_PREFIX = "Sent from your Twilio trial account - "


@reads("To", "From", "MessagingServiceSid", "Body", "MediaUrl", "ContentSid", "StatusCallback", "SendAt",
       "ScheduleType", "ApplicationSid")  # fmt: skip
async def create(board: Switchboard, _: Request, form: Form) -> Response:
    """Send a text."""
    to = _to(board, form)
    from_, service = sender_of(board, form, to)
    body, media = form.get("Body"), [Media(_type_of(url), url=url) for url in form.all("MediaUrl")]
    _check(board, from_, to, body, media)
    _check_rest(form)
    if board.account.is_trial:
        body = TRIAL_PREFIX + body
    message = Message(to, from_, body, "outbound-api", media)
    message.messaging_service_sid = service.sid if service else None
    callback = (_status_callback(board, form, service), "POST")
    if form.get("SendAt") or form.get("ScheduleType"):
        _check_schedule(form)
        _schedule(board, message, callback, form.get("SendAt"))
    else:
        carrier.submit(board, message, callback)
    shown = render_message(board.account, message)
    return JSONResponse(shown | _unassigned(message, form) if service else shown, 201)


def _unassigned(message: Message, form: Form) -> dict[str, Any]:
    """Return what the answer of a service differs in: nobody has been chosen to send it yet."""
    is_named = form.get("From") not in {"", message.messaging_service_sid}
    status = "accepted" if message.status == "queued" else message.status
    return {"status": status, "num_segments": "0", "from": message.from_ if is_named else None}


def _to(board: Switchboard, form: Form) -> str:
    given = form.get("To")
    if not given:
        raise Refusal(21604)
    to = address(given)
    if not to or to.startswith(("client:", "sip:")):
        raise Refusal(21211, f"Invalid 'To' Phone Number: {given}")
    if board.account.is_unverified(to):
        raise Refusal(21608)
    return to


def _status_callback(board: Switchboard, form: Form, service: MessagingService | None) -> str:
    """Return where the states of a text are told: what it names, or its application, or its service."""
    if sid := form.get("ApplicationSid"):
        application = board.account.applications.get(sid)
        if not application:
            raise Refusal(21218, f"Invalid ApplicationSid {sid}")
        return application.settings.get("MessageStatusCallback") or application.settings.get("SmsStatusCallback", "")
    return form.get("StatusCallback") or (service.settings.get("StatusCallback", "") if service else "")


def _check_schedule(form: Form) -> None:
    if not form.get("SendAt"):
        raise Refusal(35111, "SendAt timestamp is missing")
    if not form.get("ScheduleType"):
        raise Refusal(20001, "SendAt needs ScheduleType: fixed")


def _check(board: Switchboard, from_: str, to: str, body: str, media: list[Media]) -> None:
    if to == from_:
        raise Refusal(21266)
    if to.startswith("whatsapp:") != from_.startswith("whatsapp:"):
        raise Refusal(21910, "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel")
    if not body and not media:
        raise Refusal(21602)
    if len(body) > MAX_CHARACTERS:
        raise Refusal(21617)
    if len(media) > MAX_MEDIA:
        raise Refusal(21623, "Number of media files exceeds allowed limit")
    if board.account.has_opted_out(to, from_):
        raise Refusal(21610)


def _check_rest(form: Form) -> None:
    if form.get("ContentSid"):
        raise Refusal(21655, f"The ContentSid {form.get('ContentSid')} is invalid: there are no templates here")


def _type_of(url: str) -> str:
    kinds = {"png": "image/png", "gif": "image/gif", "mp4": "video/mp4", "pdf": "application/pdf", "mp3": "audio/mpeg"}
    return kinds.get(url.partition("?")[0].rpartition(".")[2].lower(), "image/jpeg")


def _schedule(board: Switchboard, message: Message, callback: tuple[str, str], send_at: str) -> None:
    if not message.messaging_service_sid:
        raise Refusal(35118, "MessagingServiceSid is required to schedule a message")
    try:
        due = datetime.fromisoformat(send_at)
    except ValueError:
        raise Refusal(35114, f"SendAt must be ISO 8601: {send_at}") from None
    if due.tzinfo is None or not SCHEDULED_AT_LEAST <= due - utc_now() <= SCHEDULED_AT_MOST:
        raise Refusal(35114, f"Scheduling does not support this timestamp: {send_at}")
    carrier.schedule(board, message, callback, due)


@reads("To", "From", "DateSent")
async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List the messages, newest first."""

    def matches(message: Message) -> bool:
        shown = {"To": message.to, "From": message.from_}
        return all(is_same(form, n, v) for n, v in shown.items()) and is_within(form, "DateSent", message.sent)

    found = [message for message in reversed(board.account.messages.values()) if matches(message)]
    return page(request, form, "messages", found, partial(render_message, board.account))


def _message(board: Switchboard, request: Request) -> Message:
    message = board.account.messages.get(request.path_params["sid"])
    if not message:
        raise absent(request)
    return message


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one message."""
    return JSONResponse(render_message(board.account, _message(board, request)))


@reads("Body", "Status")
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """Redact a message's body, or cancel a scheduled one."""
    message = _message(board, request)
    if form.get("Status") == "canceled":
        if message.status != "scheduled":
            raise Refusal(30409)
        message.status = "canceled"
    if "Body" in form:
        if form.get("Body"):
            raise Refusal(20001, "Body can only be set to the empty string")
        message.body = ""
    message.updated = utc_now()
    return JSONResponse(render_message(board.account, message))


async def delete(board: Switchboard, request: Request, _: Form) -> Response:
    """Forget a message that is through."""
    message = _message(board, request)
    if message.status in UNDER_WAY:
        raise Refusal(20009, "Cannot delete this resource before it is complete", 409)
    del board.account.messages[message.sid]
    return Response(status_code=204)


@reads("Outcome")
async def rate(board: Switchboard, request: Request, form: Form) -> Response:
    """Take feedback: whether the recipient did what the message asked for."""
    message, now = _message(board, request), rfc2822(utc_now())
    path = board.account.uri(f"Messages/{message.sid}/Feedback.json")
    shown = {
        "account_sid": board.account.sid,
        "message_sid": message.sid,
        "outcome": form.get("Outcome") or "confirmed",
    }
    return JSONResponse(shown | {"date_created": now, "date_updated": now, "uri": path}, 201)


@reads("DateCreated")
async def list_media(board: Switchboard, request: Request, form: Form) -> Response:
    """List what a message carries."""
    message = _message(board, request)
    found = [media for media in message.media if is_within(form, "DateCreated", media.created)]
    return page(request, form, "media_list", found, partial(render_media, board.account, message))


async def fetch_media(board: Switchboard, request: Request, _: Form) -> Response:
    """Return the media itself; with `.json`, what is known of it."""
    message = _message(board, request)
    sid = request.path_params["media"]
    media = next((media for media in message.media if media.sid == sid.removesuffix(".json")), None)
    if not media:
        raise absent(request)
    if sid.endswith(".json"):
        return JSONResponse(render_media(board.account, message, media))
    if media.url:
        return RedirectResponse(media.url)
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}
    return Response(media.content, media_type=media.content_type, headers=headers)  # a page would be one of this origin


async def delete_media(board: Switchboard, request: Request, _: Form) -> Response:
    """Forget one media of a message."""
    message = _message(board, request)
    kept = [media for media in message.media if media.sid != request.path_params["media"].removesuffix(".json")]
    if len(kept) == len(message.media):
        raise absent(request)
    message.media[:] = kept
    return Response(status_code=204)
