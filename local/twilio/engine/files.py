"""Sounds and pictures that documents and messages name: fetched as Twilio does, within a time that no call waits for.

With the manual clock of tests nothing leaves this machine; what cannot be reached from here is no fault of the owner's.
"""

import asyncio
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from local.twilio.engine.leg import Leg, Switchboard
from local.twilio.engine.taking import warn
from local.twilio.records import Message, Sound
from local.twilio.twiml import content_type
from local.twilio.values import is_relative, is_web
from local.twilio.webhooks import CONNECTION_FAILED, RETRIEVAL_FAILED, Webhook

SECONDS = 5.0  # until a file counts as not to be had
MOST_BYTES = 5 * 1024 * 1024  # of the media of a message; Twilio's page on MMS
NO_SOUND, NO_SOUND_IN_GATHER, NO_MEDIA, TOO_LARGE = 13420, 13325, 12300, 11751
SOUNDS = frozenset(  # Twilio's page on <Play>
    ["audio/mpeg", "audio/mp3", "audio/wav", "audio/wave", "audio/x-wav", "audio/aiff", "audio/x-aifc", "audio/x-aiff",
     "audio/x-gsm", "audio/gsm", "audio/ulaw"]
)  # fmt: skip
FAMILIES = ("image/", "audio/", "video/")  # Twilio's page on the content types of MMS, and these beside them
DOCUMENTS = frozenset(
    ["application/pdf", "application/vcard", "application/vnd.apple.pkpass", "text/vcard", "text/x-vcard", "text/csv",
     "text/rtf", "text/richtext", "text/calendar", "text/directory"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """What was found at an address: a `code` and why when it cannot be had, else its type and content."""

    code: int = 0
    why: str = ""
    content_type: str = ""
    content: bytes = b""


def look_at_sound(leg: Leg, url: str, *, in_gather: bool) -> None:
    """Fetch a sound that is played, beside the call, and tell when Twilio could not play it."""
    if leg.board.sounds.has(url) or not _is_reached(leg.board, url):
        return
    leg.clock.begin()
    code = NO_SOUND_IN_GATHER if in_gather else NO_SOUND
    leg.board.sounds.expect(url, asyncio.create_task(_look_at_sound(leg, url, code)))


async def _look_at_sound(leg: Leg, url: str, no_sound: int) -> None:
    try:
        found = await _fetch(leg.board, leg.call.sid, url)
        if found and found.code:
            warn(leg, found.code, f"<Play>: {url}: {found.why}", url)
        elif found and found.content_type not in SOUNDS:
            warn(leg, no_sound, f"<Play>: {url} is {found.content_type or 'of no type'}, which is no sound", url)
        elif found:
            leg.board.sounds.keep(url, Sound(found.content_type, found.content))
    finally:
        leg.clock.rest()


async def look_at_media(board: Switchboard, message: Message) -> int:
    """Fetch the media of a message that leaves; return the code with which it fails, after the alert, else 0."""
    for media in message.media:
        found = await _fetch(board, message.sid, media.url) if media.url and _is_reached(board, media.url) else None
        if not found:
            continue
        code, why = (found.code, found.why) if found.code else _unfit(found)
        if code:
            board.account.alert(code, f"{media.url}: {why}", message.sid, media.url)
            return code
        media.content_type = found.content_type
    return 0


def _unfit(file: File) -> tuple[int, str]:
    """Return why a file cannot be sent; (0, "") when it can."""
    if len(file.content) > MOST_BYTES:
        return TOO_LARGE, "over 5 MB"
    if file.content_type.startswith(FAMILIES) or file.content_type in DOCUMENTS:
        return 0, ""
    return NO_MEDIA, f"{file.content_type or 'no content type'} cannot be sent"


async def _fetch(board: Switchboard, sid: str, url: str) -> File | None:
    """Return what is at an address; None when nobody answers elsewhere, which may be the fault of this machine."""
    sent, content = await board.courier.look_at(Webhook("media", sid, url, "GET", {}), MOST_BYTES, SECONDS)
    if not sent.status:
        return File(CONNECTION_FAILED, sent.error.removeprefix("ct: ")) if _is_here(url) else None
    if not 200 <= sent.status < 300:
        return File(RETRIEVAL_FAILED, f"HTTP {sent.status}")
    return File(content_type=content_type(sent), content=content)


def _is_reached(board: Switchboard, url: str) -> bool:
    return is_web(url) and not is_relative(url) and (_is_here(url) or not board.manual_clock)


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
