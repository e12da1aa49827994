"""How texts travel out to phones, with their callbacks, and which of them are refused."""

import asyncio
from datetime import datetime

from local.twilio import segments
from local.twilio.account import Account
from local.twilio.clock import Clock
from local.twilio.engine.files import look_at_media
from local.twilio.engine.leg import Switchboard
from local.twilio.records import Message
from local.twilio.render.messages import status_parameters
from local.twilio.segments import MAX_CHARACTERS
from local.twilio.sids import is_nobody, utc_now
from local.twilio.webhooks import Webhook

MAX_MEDIA = 10
STATES = {  # after it was queued; `read` is WhatsApp's
    "sent": ["sent"],
    "delivered": ["sent", "delivered"],
    "undelivered": ["sent", "undelivered"],
    "failed": ["failed"],
    "read": ["sent", "delivered", "read"],
}
NOBODY, NOT_OURS, NO_BODY, UNVERIFIED = 14101, 14102, 14103, 14111
TO_ITSELF, OPTED_OUT, TOO_MANY_MEDIA = 21266, 21610, 21623
_travelling: set[asyncio.Task[None]] = set()
_waiting: set[asyncio.Task[None]] = set()


def submit(board: Switchboard, message: Message, callback: tuple[str, str] = ("", "POST")) -> None:
    """Take a text that leaves the line; it travels on its own from here. `callback` is a URL and an HTTP method."""
    message.status, message.num_segments = "queued", segments.count(message.body)
    board.account.messages[message.sid] = message
    task = asyncio.create_task(_travel(board, message, callback))
    _travelling.add(task)
    task.add_done_callback(_travelling.discard)


def schedule(board: Switchboard, message: Message, callback: tuple[str, str], due: datetime) -> None:
    """Let a text leave at a time, unless it is canceled before."""
    message.status = "scheduled"
    board.account.messages[message.sid] = message
    board.scheduled.append((due, lambda: submit(board, message, callback) if message.status == "scheduled" else None))
    task = asyncio.create_task(_wait_until(board, due))
    _waiting.add(task)
    task.add_done_callback(_waiting.discard)


async def _wait_until(board: Switchboard, due: datetime) -> None:
    await asyncio.sleep(max(0.0, (due - utc_now()).total_seconds()))
    let_leave(board)


def let_leave(board: Switchboard) -> None:
    """Let the texts leave whose time has come: seconds have passed, or somebody moved the clock."""
    now = utc_now()
    due, board.scheduled = (
        [one for one in board.scheduled if one[0] <= now],
        [one for one in board.scheduled if one[0] > now],
    )
    for _, leave in sorted(due, key=lambda one: one[0]):
        leave()


async def _travel(board: Switchboard, message: Message, callback: tuple[str, str]) -> None:
    """Go through the states that a text goes through, with a callback for each."""
    behaviour = board.phone(message.to).behaviour
    _tell(board, message, callback)
    await asyncio.sleep(0)
    refused = await look_at_media(board, message)
    message.sent, message.price = utc_now(), f"{-0.0083 * message.num_segments:.5f}"
    for status in STATES["failed" if refused else behaviour.texts]:
        message.status, message.updated = status, utc_now()
        if status in {"failed", "undelivered"}:
            message.error_code = refused or behaviour.error_code or 30008
        if status == "delivered":
            board.phone(message.to).texts.append(message)
        _tell(board, message, callback)


def _tell(board: Switchboard, message: Message, callback: tuple[str, str]) -> None:
    url, http_method = callback
    if url:
        parameters = status_parameters(board.account, message)
        webhook = Webhook("message-status", message.sid, url, http_method or "POST", parameters)
        board.courier.in_order(webhook, _NO_TREE)


_NO_TREE = Clock()  # a text belongs to no call


async def settle(within_s: float) -> None:
    """Return as soon as the app has been told of every text that left, or after `within_s` real seconds."""
    if _travelling:
        await asyncio.wait(_travelling, timeout=within_s)
    await _NO_TREE.settle(within_s)


def refusal(account: Account, message: Message) -> tuple[int, str] | None:
    """Return the code with which a text of a document is refused, and why; None when it leaves."""
    ours, service = message.from_.removeprefix("whatsapp:"), message.from_.startswith("MG")
    reasons = (
        (NO_BODY, not message.body and not message.media, "no body and no media"),
        (NO_BODY, len(message.body) > MAX_CHARACTERS, f"{len(message.body)} characters, at most {MAX_CHARACTERS} go"),
        (TOO_MANY_MEDIA, len(message.media) > MAX_MEDIA, f"{len(message.media)} media, at most {MAX_MEDIA} go"),
        (NOBODY, is_nobody(message.to), f"cannot send to {message.to or 'nobody'}"),
        (NOT_OURS, ours not in account.numbers and not service, f"{message.from_} is no number of this account"),
        (TO_ITSELF, message.to == message.from_, f"{message.to} would write to itself"),
        (UNVERIFIED, account.is_unverified(message.to), f"{message.to} is not verified, and may not be written to"),
        (OPTED_OUT, account.has_opted_out(message.to, message.from_), f"{message.to} has opted out"),
    )
    return next(((code, why) for code, applies, why in reasons if applies), None)
