"""What the app asks by HTTP stays in this process: the storage account and Twilio's API are objects here.

The app's own clients do the asking, with their retries and time limits; only the socket is missing.
"""

import asyncio
import contextlib
import io
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest import mock
from urllib.parse import unquote, urlsplit

import httpx
from requests import ConnectionError as NotConnected
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPResponse
from urllib3.exceptions import HTTPError as Unreached

from local.tell.tables import Answer, Request, TableService, query_of

STORAGE, TWILIO, APP = "http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3"  # no socket is opened there
CONNECTION = f"DefaultEndpointsProtocol=http;AccountName=told;AccountKey=dG9sZA==;TableEndpoint={STORAGE}/told;"

type Asked = Callable[[str, str, Mapping[str, str], bytes], Answer]
"""Answers a request: method, address, headers, body."""


@contextlib.contextmanager
def answering(by_address: Mapping[str, Asked], *, is_all: bool = True) -> Iterator[None]:
    """Let these answer what this process asks of their addresses by `requests` or urllib3 while the block runs.

    When they are all there is, nothing else is reached.
    """
    outside = HTTPAdapter.send

    def send(adapter: HTTPAdapter, request: PreparedRequest, **options: Any) -> Response:
        where = urlsplit(str(request.url))
        asked = by_address.get(f"{where.scheme}://{where.netloc}")
        if asked is None and not is_all:
            return outside(adapter, request, **options)
        if asked is None:
            raise NotConnected(f"a told line reaches nobody outside: {where.netloc}")
        answer = asked(str(request.method), str(request.url), _headers(request), _bytes(request.body))
        raw = HTTPResponse(io.BytesIO(answer.body), answer.headers, answer.status, preload_content=False)
        return adapter.build_response(request, raw)

    ask, adapter = Session.request, HTTPAdapter()

    def request(session: Session, method: str, url: str, **options: Any) -> Response:
        """Spare what a session looks up for the network (proxies, passwords, cookies): half the time of a request."""
        where = urlsplit(url)
        if f"{where.scheme}://{where.netloc}" not in by_address:
            return ask(session, method, url, **options)
        prepared = PreparedRequest()
        prepared.method, prepared.url, prepared.body = method, url, options.get("data")
        prepared.headers = CaseInsensitiveDict(options.get("headers") or {})
        return send(adapter, prepared)

    below = mock.patch.object(HTTPConnectionPool, "urlopen", _below(by_address, is_all=is_all))
    with below, mock.patch.object(HTTPAdapter, "send", send), mock.patch.object(Session, "request", request):
        yield


def _below(by_address: Mapping[str, Asked], *, is_all: bool) -> Callable[..., BaseHTTPResponse]:
    """Return what asks instead of a pool of connections, for those who ask without `requests`: the app its tables."""
    outside = HTTPConnectionPool.urlopen

    def urlopen(pool: HTTPConnectionPool, method: str, url: str, **options: Any) -> BaseHTTPResponse:
        address = f"{pool.scheme}://{pool.host}:{pool.port}"
        asked = by_address.get(address)
        if asked is None and not is_all:
            return outside(pool, method, url, **options)
        if asked is None:
            raise Unreached(f"a told line reaches nobody outside: {address}")
        answer = asked(method, url, options.get("headers") or {}, _bytes(options.get("body")))
        return HTTPResponse(io.BytesIO(answer.body), answer.headers, answer.status)

    return urlopen


def storage(service: TableService) -> Asked:
    """Return what answers for the storage account: one request at a time."""
    turn = threading.Lock()

    def asked(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        where = urlsplit(url)
        lowered = {name.lower(): value for name, value in headers.items()}
        path = unquote(where.path).removeprefix("/told/")
        with turn:
            return service.answer(Request(method, path, query_of(where.query), lowered, body))

    return asked


def twilio(application: Any, loop: asyncio.AbstractEventLoop) -> Asked:
    """Return what answers for Twilio's API: an ASGI `application` that runs in a `loop` of another thread."""

    def asked(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        work = request(application, method, url, body, headers)
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    return asked


async def request(
    application: Any, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Answer:
    """Ask an ASGI application as a server does that has read a whole request; no client is set up for it."""
    status, told, content = await _answered(application, method, url, body, headers or {})
    return Answer(status, {name.decode(): value.decode("latin-1") for name, value in told}, content)


async def _answered(
    application: Any, method: str, url: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    where, received = urlsplit(url), list[dict[str, Any]]()
    named = {"host": where.netloc} | {name.lower(): value for name, value in headers.items()}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": where.scheme,
        "path": unquote(where.path), "raw_path": where.path.encode(), "query_string": where.query.encode(),
        "root_path": "", "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items()],
        "server": (where.hostname, where.port), "client": (where.hostname, 1),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        received.append(message)

    await application(scope, receive, send)
    return received[0]["status"], received[0]["headers"], b"".join(message.get("body", b"") for message in received[1:])


class Client(httpx.AsyncClient):
    """Asks an ASGI `application` under an address, and nobody else."""

    def __init__(self, application: Any, base: str) -> None:
        super().__init__(transport=httpx.ASGITransport(application), base_url=base, trust_env=False)
        self._application = application

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Spare what a client does for the network: passwords, redirects, cookies, pools."""
        if options:
            return await super().send(request, **options)
        status, headers, body = await _answered(
            self._application, request.method, str(request.url), request.content, request.headers
        )
        return httpx.Response(status, headers=headers, content=body, request=request)


def _headers(request: PreparedRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.headers.items()}


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else body or b""
