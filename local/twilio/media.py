"""Pictures, sounds and recordings for the phone on the screen, from the page's own origin, since no other is let in.

GET /_local/texts/{sid}/media/{number}    what a text brought: its own bytes, or fetched from where its sender has them
GET /_local/recordings/{sid}              the sound of a recording
"""

import httpx
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from local.twilio.engine.files import FAMILIES, MOST_BYTES, SECONDS
from local.twilio.engine.leg import Switchboard
from local.twilio.records import Media, Message
from local.twilio.rest.protocol import Refusal, board_of
from local.twilio.webhooks import AGENT

HEADERS = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}


def routes() -> list[Route]:
    """Return the routes of what is seen and heard on the phone."""
    return [Route("/_local/texts/{sid}/media/{number:int}", _media), Route("/_local/recordings/{sid}", _recording)]


async def _media(request: Request) -> Response:
    text = _text(board_of(request), request.path_params["sid"])
    number = request.path_params["number"]
    if not text or number >= len(text.media):
        return Refusal(20404).response()
    kind, content = await _fetched(board_of(request), text.media[number])
    if not content:
        return Refusal(20404, f"{text.media[number].url} cannot be had, or is no picture, sound or film").response()
    return Response(content, media_type=kind, headers=HEADERS)


def _text(board: Switchboard, sid: str) -> Message | None:
    return board.account.messages.get(sid)


async def _fetched(board: Switchboard, media: Media) -> tuple[str, bytes]:
    """Return the type and the bytes of a media; no bytes when it cannot be had or is not for a screen."""
    if media.content or not media.url:
        return _checked(media.content_type, media.content)
    signature = RequestValidator(board.account.auth_token).compute_signature(media.url, {})
    headers = {"User-Agent": AGENT, "X-Twilio-Signature": signature}
    try:
        async with (
            httpx.AsyncClient(follow_redirects=True, timeout=SECONDS, headers=headers) as client,
            client.stream("GET", media.url) as answer,
        ):
            content = b""
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > MOST_BYTES:
                    return "", b""
            kind = answer.headers.get("content-type", "") if answer.is_success else ""
    except (httpx.HTTPError, httpx.InvalidURL):
        return "", b""
    return _checked(kind, content)


def _checked(kind: str, content: bytes) -> tuple[str, bytes]:
    return (kind, content) if kind.startswith((*FAMILIES, "application/pdf")) else ("", b"")


async def _recording(request: Request) -> Response:
    """Lead to the sound as REST has it, which asks nobody who they are."""
    sid = request.path_params["sid"]
    account = board_of(request).account
    if sid not in account.recordings:
        return Refusal(20404).response()
    return RedirectResponse(account.uri(f"Recordings/{sid}.wav"))
