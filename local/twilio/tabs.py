"""A browser tab is a phone: what happens on it, and what the line's app is asked meanwhile, as a stream of events.

GET /_local/tab?number=N    server-sent events, each a JSON object with its `type`, for as long as the tab is open:
    hello    {number, lines, clock, now}  which phone this is now; what follows is all that happened on it, and goes on
    call     {call, placed}               it rang, or its owner dialled
    event    {sid, event}                 one thing that happened on a call of it: see records.Event
    text     {text, wrote}                a text that reached it, or that its owner wrote
    asked    {asked}                      a request to the app that waits for its answer
    webhook  {webhook}                    one request to the app with its answer, whoever's call it is about
    alert    {alert}                      one line of the owner's error log

The phone rings its owner (`asks`) as long as somebody looks, and behaves as before when the tab is closed; calls
that its owner was on end a moment later. What the owner does goes to the control API, as what every person around does.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from local.twilio.acts import Act, hang_up
from local.twilio.control import show_text
from local.twilio.engine.leg import Switchboard
from local.twilio.journal import Journal
from local.twilio.phones import Behaviour, Phone
from local.twilio.records import Call
from local.twilio.render.calls import render_call
from local.twilio.rest.protocol import Refusal, board_of
from local.twilio.sids import address, utc_now

KIND = "text/event-stream"
FIRST = 12025550122  # the caller of the docs, and of `dev.py dial`; others have the numbers after it
LOOKS, LEAVES_S = 10, 0.5  # a tab that is loaded anew leaves its number a moment after it has asked for it again
COMES_BACK_S = 3.0  # a tab that is loaded anew, or whose stream broke; one that stays away has hung up
STILL_HERE_S = 15.0  # without news
LOOK_S = 3600.0
WEBHOOKS = 200  # of those that were asked before the tab was opened

_ending: set[asyncio.Task[None]] = set()


def routes() -> list[Route]:
    """Return the route of the stream."""
    return [Route("/_local/tab", _open)]


async def _open(request: Request) -> Response:
    board, wanted = board_of(request), request.query_params.get("number", "")
    if KIND not in request.headers.get("accept", ""):  # as a picture of a page of elsewhere would ask
        return Refusal(20001, f"this is {KIND}", 406).response()
    number = address(wanted) if wanted else ""
    if number is None or number in board.account.numbers:
        return Refusal(20404, f"{wanted} is no number that a phone can have").response()
    phone = board.phone(await _free(board, number))
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(_happens(board, phone, request.app.state.tabs), media_type=KIND, headers=headers)


async def _free(board: Switchboard, wanted: str) -> str:
    """Return the number that is wanted, or the next one when another tab has it."""
    for _ in range(LOOKS):
        if not wanted or not board.phone(wanted).tabs:
            break
        await asyncio.sleep(LEAVES_S / LOOKS)
    if wanted and not board.phone(wanted).tabs:
        return wanted
    numbers = (f"+{FIRST + n}" for n in range(len(board.phones) + 1))
    return next(number for number in numbers if number not in board.phones or not board.phone(number).tabs)


def close(opened: "set[_Stream]") -> None:
    """Let the streams of all tabs end: the local Twilio does."""
    for stream in opened:
        stream.news.put_nowait({})


async def _happens(board: Switchboard, phone: Phone, opened: "set[_Stream]") -> AsyncIterator[str]:
    """Yield what happens as server-sent events, until the tab is closed; meanwhile its stream is among the `opened`."""
    stream = _Stream(board)
    opened.add(stream)
    before, phone.behaviour = phone.behaviour, Behaviour("asks")
    phone.tabs += 1
    try:
        clock = "manual" if board.manual_clock else "real"
        lines, now = list(board.account.numbers), utc_now()
        yield _event({"type": "hello", "number": phone.address, "lines": lines, "clock": clock, "now": now})
        stream.follow_all(phone)
        while (news := await stream.next()) != {}:
            yield _event(news) if news else ": still here\n\n"
    finally:
        opened.discard(stream)
        phone.tabs -= 1
        if not phone.tabs:
            phone.behaviour = before if before.answers != "asks" else board.usual
            _hang_up_later(board, phone)
        stream.end()


def _hang_up_later(board: Switchboard, phone: Phone) -> None:
    """Let a phone that nobody shows any more leave its calls, unless a tab comes back."""
    asyncio.get_running_loop().call_later(COMES_BACK_S, _hang_up, board, phone)


def _hang_up(board: Switchboard, phone: Phone) -> None:
    for call in [] if phone.tabs else (*phone.dialled.entries, *phone.rings.entries):
        leg = board.legs.get(call.sid)
        if leg and not call.is_over and (call.answered or call in phone.dialled.entries):
            task = asyncio.ensure_future(hang_up(leg, Act()))
            _ending.add(task)
            task.add_done_callback(_ending.discard)


def _event(news: dict[str, Any]) -> str:
    return f"data: {msgspec.json.encode(news).decode()}\n\n"


class _Stream:
    """What a tab is told, in the order in which it happened."""

    def __init__(self, board: Switchboard) -> None:
        self.news: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._board = board
        self._following: set[asyncio.Task[None]] = set()

    async def next(self) -> dict[str, Any] | None:
        """Return what happens next; None when nothing did for a while, and nothing in it when all ends."""
        try:
            return await asyncio.wait_for(self.news.get(), STILL_HERE_S)
        except TimeoutError:
            return None

    def follow_all(self, phone: Phone) -> None:
        """Tell all of a phone, of its calls to their ends, and of what the app is asked."""
        self._follow(phone.rings, lambda call: self._call(call, placed=False))
        self._follow(phone.dialled, lambda call: self._call(call, placed=True))
        for one in (phone, self._board.phone(f"whatsapp:{phone.address}")):
            self._follow(one.texts, lambda text: self._tell("text", text=show_text(self._board, text), wrote=False))
            self._follow(one.wrote, lambda text: self._tell("text", text=show_text(self._board, text), wrote=True))
        asked, sent = self._board.courier.asked, self._board.courier.sent
        self._follow(asked, lambda one: self._tell("asked", asked=one), len(asked.entries))
        self._follow(sent, lambda webhook: self._tell("webhook", webhook=webhook), len(sent.entries) - WEBHOOKS)
        self._follow(self._board.account.alerts, lambda alert: self._tell("alert", alert=alert))

    def end(self) -> None:
        """Tell nothing more."""
        for task in self._following:
            task.cancel()

    def _call(self, call: Call, *, placed: bool) -> None:
        self._tell("call", call=render_call(self._board.account, call), placed=placed)
        self._follow(call.transcript, lambda event: self._tell("event", sid=call.sid, event=event))

    def _tell(self, kind: str, **news: Any) -> None:
        self.news.put_nowait({"type": kind, **news})

    def _follow[T](self, journal: Journal[T], tell: Callable[[T], None], position: int = 0) -> None:
        async def follow() -> None:
            read = max(0, position)
            while True:
                for entry in await journal.after(read, LOOK_S):
                    read += 1
                    tell(entry)

        self._following.add(asyncio.create_task(follow()))
