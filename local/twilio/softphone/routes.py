"""Where a page on this machine finds Twilio: the SDK, the script that stands in for its WebSocket, and the signalling.

GET  /voice-sdk/signalling.js      replaces window.WebSocket for Twilio's addresses, before the SDK is loaded
GET  /voice-sdk/{file}             the SDK, as npm brought it
GET  /voice-sdk/sounds/{name}      what is said or played on a call
GET  /voice-sdk/signals/{id}       server-sent events: the messages to a browser, for as long as it is connected
POST /voice-sdk/signals/{id}       {type, payload}: a message of that browser
DELETE /_local/browsers            their connections break, as when the network is lost for a moment

Pages of other ports of this machine may ask here; whoever has no access token gets nothing done.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from local.bootstrap import voice_sdk
from local.twilio.rest.protocol import Refusal, absent, board_of
from local.twilio.softphone.browser_end import BrowserEnd
from local.twilio.softphone.exchange import Exchange
from local.twilio.speech.speaker import Mute

UNDER = "/voice-sdk/"
SCRIPT = Path(__file__).with_name("signalling.js")
STILL_HERE_S = 10.0  # the SDK takes a connection that is silent for longer for lost


class Message(msgspec.Struct):
    """What a browser says."""

    type: str
    payload: dict[str, object] = {}


def routes() -> list[Route]:
    """Return the routes of one exchange; the app's state has the `browsers` that are connected, by their names."""
    exchange = Exchange()

    async def connect(request: Request) -> Response:
        end = BrowserEnd(board_of(request), exchange)
        news = _news(_browsers(request), request.path_params["id"], end)
        headers = {"Cache-Control": "no-store"} | _shared(request)
        return StreamingResponse(news, media_type="text/event-stream", headers=headers)

    return [
        Route("/_local/browsers", _cut_off, methods=["DELETE"]),
        Route(f"{UNDER}signals/{{id}}", connect, methods=["GET"]),
        Route(f"{UNDER}signals/{{id}}", _hear, methods=["POST"]),
        Route(f"{UNDER}sounds/{{name}}", _sound),
        Route(f"{UNDER}{{name}}", _file),
    ]


def close(browsers: dict[str, BrowserEnd]) -> None:
    """Break the connections of all browsers."""
    for end in browsers.values():
        end.cut_off()


def _browsers(request: Request) -> dict[str, BrowserEnd]:
    connected: dict[str, BrowserEnd] = request.app.state.browsers
    return connected


async def _cut_off(request: Request) -> Response:
    close(_browsers(request))
    return JSONResponse({"cut_off": len(_browsers(request))})


async def _hear(request: Request) -> Response:
    end = _browsers(request).get(request.path_params["id"])
    if not end:
        return Response(status_code=410, headers=_shared(request))
    try:
        message = msgspec.json.decode(await request.body(), type=Message)
    except msgspec.DecodeError as e:
        return Refusal(20001, str(e)).response()
    await end.hear(message.type, message.payload)
    return Response(status_code=204, headers=_shared(request))


async def _news(browsers: dict[str, BrowserEnd], name: str, end: BrowserEnd) -> AsyncIterator[str]:
    """Yield the messages to a browser until it is gone."""
    browsers[name] = end
    try:
        yield ": welcome\n\n"
        while True:
            try:
                if (news := await asyncio.wait_for(end.news.get(), STILL_HERE_S)) is None:
                    return
                yield f"data: {msgspec.json.encode(news).decode()}\n\n"
            except TimeoutError:
                yield "data: {}\n\n"
    finally:
        browsers.pop(name, None)
        end.leave()


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    file = {SCRIPT.name: SCRIPT, voice_sdk.NAME: voice_sdk.FILE}.get(name)
    if not file or not file.is_file():
        return absent(request).response()
    return FileResponse(file, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


async def _sound(request: Request) -> Response:
    try:
        sound = await board_of(request).sounds.sound(request.path_params["name"])
    except Mute as e:
        return PlainTextResponse(str(e), 404, _shared(request))
    return Response(sound.content, media_type=sound.content_type, headers=_shared(request))


def _shared(request: Request) -> dict[str, str]:
    """Return the header with which a page at another port of this machine reads the answer."""
    origin = request.headers.get("origin", "")
    return {"Access-Control-Allow-Origin": origin} if origin else {}
