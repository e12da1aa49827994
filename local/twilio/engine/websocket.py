"""A WebSocket to the address that a document names, signed as Twilio signs it.

What comes in is handed to whoever opened it; what goes out waits in a row, and the clock of the call tree counts it as
work until it has left.

Sources: X-Twilio-Signature of the handshake is that of a webhook without parameters, over the wss:// address (Twilio's
changelog of 2025-04-01, its page on the firewall of Media Streams); the User-Agent is what public code has logged of
live handshakes. Twilio follows no redirect: whatever is not 101 is a failed handshake (its error 31920).
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import msgspec
from twilio.request_validator import RequestValidator

from local.twilio.clock import Clock

if TYPE_CHECKING:
    import aiohttp

USER_AGENT = "Twilio.TmeWs/1.0"
CONNECT_S = 5.0  # as for webhooks; Twilio names no limit for WebSockets
CLOSE_S = 2.0  # how long the other side may take to say goodbye, too
ABNORMAL, PROTOCOL_ERROR = 1006, 1002  # RFC 6455: no close frame came; what came was no WebSocket
HERE = {"localhost", "127.0.0.1", "::1"}

Trouble = Literal["scheme", "malformed", "refused", "timeout", "unreachable", "tls", "handshake"]

_under_way: set[asyncio.Task[None]] = set()


class NotOpened(Exception):
    """There is no WebSocket; `trouble` tells what kind of thing went wrong, the message what exactly."""

    def __init__(self, trouble: Trouble, reason: str) -> None:
        super().__init__(reason)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class _Goodbye:
    code: int
    reason: str


class WebSocket:
    """An open WebSocket; nothing is heard of the other side before `listen`."""

    def __init__(
        self, session: "aiohttp.ClientSession", socket: "aiohttp.ClientWebSocketResponse[bool]", clock: Clock
    ) -> None:
        self._session, self._socket, self._clock = session, socket, clock
        self._row: asyncio.Queue[bytes | _Goodbye] = asyncio.Queue()
        self.is_open, self._is_broken = True, False
        _live(self._write())

    def listen(self, heard: Callable[[str | bytes], None], closed: Callable[[int], None]) -> None:
        """Tell of each message that comes, and of the end when the other side makes it, with its code (RFC 6455)."""
        _live(self._read(heard, closed))

    def send(self, message: dict[str, Any]) -> None:
        """Send a message as JSON, after those before it."""
        if self.is_open:
            self._put(msgspec.json.encode(message))

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Say goodbye after what is still to be sent; nothing is heard from then on."""
        if self.is_open:
            self.is_open = False
            self._put(_Goodbye(code, reason))

    def _put(self, message: bytes | _Goodbye) -> None:
        if not self._is_broken:
            self._clock.begin()
            self._row.put_nowait(message)

    async def _write(self) -> None:
        try:
            while True:
                message = await self._row.get()
                if isinstance(message, _Goodbye):
                    await self._socket.close(code=message.code, message=message.reason.encode())
                    await self._session.close()
                    return
                await self._socket.send_str(message.decode())
                self._clock.rest()
        except ConnectionError:  # the reader tells why
            pass
        finally:
            self._is_broken = True
            self._clock.rest()
            while not self._row.empty():
                self._row.get_nowait()
                self._clock.rest()

    async def _read(self, heard: Callable[[str | bytes], None], closed: Callable[[int], None]) -> None:
        import aiohttp

        while True:
            message = await self._socket.receive()
            if message.type not in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}:
                break
            if self.is_open:
                heard(message.data)
        codes = {aiohttp.WSMsgType.CLOSE: message.data, aiohttp.WSMsgType.ERROR: PROTOCOL_ERROR}
        if self._is_broken:
            await self._session.close()
        if self.is_open:
            self.close()
            closed(codes.get(message.type) or ABNORMAL)


def _live(life: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(life)
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)


async def connect(url: str, auth_token: str, clock: Clock) -> WebSocket:
    """Return a WebSocket to `url`, signed with the account's token. Raises NotOpened."""
    import aiohttp
    from yarl import URL

    refuse_scheme(url)
    traces = aiohttp.TraceConfig()
    traces.on_request_redirect.append(_refuse_redirect)
    headers = {"X-Twilio-Signature": RequestValidator(auth_token).compute_signature(url, {}), "User-Agent": USER_AGENT}
    session = aiohttp.ClientSession(trace_configs=[traces])
    try:
        async with asyncio.timeout(CONNECT_S):
            socket = await session.ws_connect(
                URL(url, encoded=True), headers=headers, timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_S)
            )
    except BaseException as e:
        await session.close()
        if isinstance(e, (aiohttp.ClientError, OSError, ValueError)):
            raise _told(e) from None
        raise
    return WebSocket(session, socket, clock)


def refuse_scheme(url: str) -> None:
    """Raise NotOpened for an address that Twilio does not connect to; ws:// to this machine is let through."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as e:
        raise NotOpened("malformed", f"{url}: {e}") from None
    if parts.scheme not in {"ws", "wss"} or (parts.scheme == "ws" and host not in HERE):
        raise NotOpened("scheme", f"{url}: the address begins with wss://, no other is taken")
    if not host:
        raise NotOpened("malformed", f"{url}: no host")


def is_only_here(url: str) -> bool:
    """Whether an address is taken by this stand-in and not by Twilio."""
    return url.startswith("ws://")


async def _refuse_redirect(_: object, __: object, parameters: "aiohttp.TraceRequestRedirectParams") -> None:
    raise NotOpened("handshake", f"{parameters.url}: HTTP {parameters.response.status}, expected 101")


def _told(error: Exception) -> NotOpened:
    """Return what a failure of the library is to whoever wanted a connection."""
    import aiohttp

    if isinstance(error, aiohttp.WSServerHandshakeError):
        return NotOpened("handshake", f"HTTP {error.status}, expected 101")
    return NotOpened(_trouble(error), str(error) or type(error).__name__)


def _trouble(error: Exception) -> Trouble:
    import aiohttp

    trouble: Trouble = "handshake"
    match error:
        case aiohttp.ClientSSLError() | aiohttp.ClientConnectorCertificateError():
            trouble = "tls"
        case aiohttp.ClientConnectorError(os_error=ConnectionRefusedError()):
            trouble = "refused"
        case TimeoutError():
            trouble = "timeout"
        case aiohttp.InvalidURL() | ValueError():
            trouble = "malformed"
        case aiohttp.ClientConnectorError():
            trouble = "unreachable"
    return trouble
