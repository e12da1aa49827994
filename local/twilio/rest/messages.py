"""Messages and their media: send one, look at them, redact, cancel, delete."""

import asyncio
from datetime import datetime, timedelta
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from local.twilio.engine import carrier
from local.twilio.engine.leg import Switchboard
from local.twilio.records import Media, Message
from local.twilio.render.messages import render_media, render_message
from local.twilio.rest.protocol import Form, Refusal, absent, is_within, page
from local.twilio.segments import MAX_CHARACTERS
from local.twilio.sids import address, utc_now

MAX_MEDIA = 10
SCHEDULED_AT_LEAST, SCHEDULED_AT_MOST = timedelta(minutes=15), timedelta(days=35)
TRIAL_PREFIX = "Sent from your Twilio trial account - "
_scheduled: set[asyncio.Task[None]] = set()


async def create(board: Switchboard, _: Request, form: Form) -> Response:
    """Send a text."""
    to, from_ = _to(board, form), _from(board, form)
    body, media = form.get("Body"), [Media(_type_of(url), url=url) for url in form.all("MediaUrl")]
    _check(board, from_, to, body, media)
    if board.account.is_trial:
        body = TRIAL_PREFIX + body
    message = Message(to, from_, body, "outbound-api", media)
    message.messaging_service_sid = form.get("MessagingServiceSid") or None
    callback = (form.get("StatusCallback"), "POST")
    if form.get("SendAt"):
        return _schedule(board, message, callback, form.get("SendAt"))
    shown = render_message(board.account, message) | {
        "status": "accepted" if message.messaging_service_sid else "queued"
    }
    carrier.submit(board, message, callback)
    return JSONResponse(shown | {"num_segments": str(message.num_segments)}, 201)


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


def _from(board: Switchboard, form: Form) -> str:
    given = form.get("From")
    if not given and not form.get("MessagingServiceSid"):
        raise Refusal(21603)
    from_ = (address(given) or given) if given else next(iter(board.account.numbers))
    if from_.removeprefix("whatsapp:") not in board.account.numbers:
        raise Refusal(21606, f"The 'From' phone number {given} is not a valid, message-capable number of this account")
    return from_


def _check(board: Switchboard, from_: str, to: str, body: str, media: list[Media]) -> None:
    if to == from_:
        raise Refusal(21266)
    if not body and not media:
        raise Refusal(21602)
    if len(body) > MAX_CHARACTERS:
        raise Refusal(21617)
    if len(media) > MAX_MEDIA:
        raise Refusal(21623, "Number of media files exceeds allowed limit")
    if (from_, to) in board.account.opted_out:
        raise Refusal(21610)


def _type_of(url: str) -> str:
    kinds = {"png": "image/png", "gif": "image/gif", "mp4": "video/mp4", "pdf": "application/pdf", "mp3": "audio/mpeg"}
    return kinds.get(url.partition("?")[0].rpartition(".")[2].lower(), "image/jpeg")


def _schedule(board: Switchboard, message: Message, callback: tuple[str, str], send_at: str) -> Response:
    if not message.messaging_service_sid:
        raise Refusal(35118, "MessagingServiceSid is required to schedule a message")
    try:
        due = datetime.fromisoformat(send_at)
    except ValueError:
        raise Refusal(35114, f"SendAt must be ISO 8601: {send_at}") from None
    if due.tzinfo is None or not SCHEDULED_AT_LEAST <= due - utc_now() <= SCHEDULED_AT_MOST:
        raise Refusal(35114, f"Scheduling does not support this timestamp: {send_at}")
    message.status = "scheduled"
    board.account.messages[message.sid] = message

    async def leave() -> None:
        await asyncio.sleep(max(0.0, (due - utc_now()).total_seconds()))
        if message.status == "scheduled":
            message.status = "queued"
            carrier.submit(board, message, callback)

    task = asyncio.create_task(leave())
    _scheduled.add(task)
    task.add_done_callback(_scheduled.discard)
    return JSONResponse(render_message(board.account, message), 201)


async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List the messages, newest first."""

    def matches(message: Message) -> bool:
        shown = {"To": message.to, "From": message.from_}
        return all(form.get(n) in {"", v} for n, v in shown.items()) and is_within(form, "DateSent", message.sent)

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
    """Forget a message."""
    del board.account.messages[_message(board, request).sid]
    return Response(status_code=204)


async def list_media(board: Switchboard, request: Request, form: Form) -> Response:
    """List what a message carries."""
    message = _message(board, request)
    return page(request, form, "media_list", message.media, partial(render_media, board.account, message))


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
    return Response(media.content, media_type=media.content_type)


async def delete_media(board: Switchboard, request: Request, _: Form) -> Response:
    """Forget one media of a message."""
    message = _message(board, request)
    kept = [media for media in message.media if media.sid != request.path_params["media"].removesuffix(".json")]
    if len(kept) == len(message.media):
        raise absent(request)
    message.media[:] = kept
    return Response(status_code=204)
