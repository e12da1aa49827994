"""What the phone on the screen wants of the line behind it: its flow, its time, what Twilio knows nothing of.

Whoever started the line grants it (local/stagehand): the local Twilio passes wishes on, and what came of them back.

POST /_local/wishes           {wants, given?}           wait until it is {granted} or {refused}
GET  /_local/wishes           ?after=N&wait_s=S          the wishes from a position on, or all that wait; the next one
PUT  /_local/wishes/{number}  {granted} or {refused}     what came of one
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.twilio.journal import MAX_WAIT_S, Journal, wanted
from local.twilio.rest.protocol import Refusal

COMES_BACK_S = (
    5.0  # whoever grants wishes, when there were none; at work on one it may take as long as is waited for it
)
NOBODY = "Only a line that `dev.py start` runs can do that."
TOO_LONG = "It takes too long; look into the terminal in which the line runs."


class Wish(msgspec.Struct):
    """What is wanted, a word, and what goes with it."""

    wants: str
    given: dict[str, Any] = {}
    number: int = 0


class Outcome(msgspec.Struct):
    """What came of a wish: something, or a sentence that says why not."""

    granted: Any = None
    refused: str = ""


class Wishes:
    """The wishes, and who waits for them. `present` are those who grant some."""

    def __init__(self) -> None:
        self.made: Journal[Wish] = Journal()
        self.waiting: dict[int, asyncio.Future[Outcome]] = {}
        self.present = 0


def routes() -> list[Route]:
    """Return the routes of wishes."""
    return [
        Route("/_local/wishes", _json(_make), methods=["POST"]),
        Route("/_local/wishes", _json(_read), methods=["GET"]),
        Route("/_local/wishes/{number:int}", _json(_settle), methods=["PUT"]),
    ]


def _json(endpoint: Callable[[Wishes, Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            document = await endpoint(request.app.state.wishes, request)
        except (msgspec.ValidationError, msgspec.DecodeError) as e:
            return Refusal(20001, str(e)).response()
        return Response(msgspec.json.encode(document), media_type="application/json")

    return answer


async def _make(wishes: Wishes, request: Request) -> Outcome:
    wish = msgspec.json.decode(await request.body(), type=Wish)
    if not wishes.present:
        return Outcome(refused=NOBODY)
    wish.number = len(wishes.made.entries)
    coming = wishes.waiting[wish.number] = asyncio.get_running_loop().create_future()
    wishes.made.append(wish)
    try:
        return await asyncio.wait_for(coming, MAX_WAIT_S)
    except TimeoutError:
        return Outcome(refused=TOO_LONG)
    finally:
        del wishes.waiting[wish.number]


async def _read(wishes: Wishes, request: Request) -> dict[str, Any]:
    first = min(wishes.waiting, default=len(wishes.made.entries))
    asked = wanted({"after": str(first)} | dict(request.query_params))
    found: list[Wish] = []
    wishes.present += 1
    try:
        found = await wishes.made.after(asked.after, asked.wait_s)
    finally:
        asyncio.get_running_loop().call_later(MAX_WAIT_S if found else COMES_BACK_S, _leave, wishes)
    return {"wishes": found, "next": asked.after + len(found)}


def _leave(wishes: Wishes) -> None:
    """Count whoever asked as gone; until then they are at work on what they were told."""
    wishes.present -= 1


async def _settle(wishes: Wishes, request: Request) -> dict[str, bool]:
    outcome = msgspec.json.decode(await request.body(), type=Outcome)
    coming = wishes.waiting.get(request.path_params["number"])
    if coming and not coming.done():
        coming.set_result(outcome)
    return {"awaited": coming is not None}
