"""The way to the storage account: azure.core's transport over urllib3 alone, with short time-outs.

`requests`, over which the SDK asks otherwise, costs more processor than all else that a request needs. What `requests`
takes from the environment holds here too: a proxy, and whom to trust.
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
import urllib3
from azure.core.exceptions import (
    AzureError,
    ServiceRequestError,
    ServiceRequestTimeoutError,
    ServiceResponseError,
    ServiceResponseTimeoutError,
)
from azure.core.pipeline.transport import HttpTransport
from urllib3 import exceptions

from shared.store import clock

CONNECT_S = 1  # a healthy storage account accepts within milliseconds
READ_S = 5  # longer than a texter is kept waiting: who gives up first spares those behind them (deadline.py)
PAUSE_S = 1  # before the second try at most, whatever Retry-After says: somebody may be waiting
POOL_SIZE = 32  # connections kept; more threads than the app has at once would only make new ones
_FAILURES: tuple[tuple[type[exceptions.HTTPError], type[AzureError]], ...] = (  # the first that fits
    (exceptions.NewConnectionError, ServiceRequestError),
    (exceptions.ConnectTimeoutError, ServiceRequestTimeoutError),
    (exceptions.ReadTimeoutError, ServiceResponseTimeoutError),
    (exceptions.ProxyError, ServiceRequestError),
    (exceptions.SSLError, ServiceRequestError),
)

type _Way = urllib3.HTTPConnectionPool | urllib3.ProxyManager


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, read to its end, as azure.core's policies and the SDK's operations want it."""

    request: Any
    status_code: int
    reason: str
    headers: Mapping[str, str]  # in any case
    content: bytes

    @property
    def content_type(self) -> str | None:
        """The kind of the content."""
        return self.headers.get("content-type")

    def read(self) -> bytes:
        """Return the content."""
        return self.content

    body = read

    def text(self, encoding: str | None = None) -> str:
        """Return the content as text in an `encoding`, UTF-8 without one."""
        return self.content.decode(encoding or "utf-8", "replace")

    def json(self) -> Any:
        """Return what the content says; raises ValueError when it is no JSON."""
        return json.loads(self.content)


class Discreet(HttpTransport[Any, Any]):
    """Asks by connections that are kept; its failures say of what kind they are and no more.

    The SDK's own words for them show addresses, and the numbers in those. Each answer sets the storage's clock.
    """

    def __init__(self) -> None:
        self._ways: dict[str, _Way] = {}

    def send(self, request: Any, **_: Any) -> Answer:
        """Send a request; raises what the SDK's transport raises, without its words."""
        try:
            answer = self.ask(request)
        except exceptions.HTTPError as e:
            kind = next((said for found, said in _FAILURES if isinstance(e, found)), ServiceResponseError)
            raise kind(kind.__name__) from None
        if date := answer.headers.get("date"):
            clock.storage.note(date)
        return answer

    def ask(self, request: Any) -> Answer:
        """Return what is answered; raises urllib3's errors."""
        url = str(request.url)
        origin = url[: url.index("/", len("https://"))]
        way = self._ways.get(origin) or self._ways.setdefault(origin, _way(origin))
        answered = way.urlopen(
            request.method, url.removeprefix(origin) if isinstance(way, urllib3.HTTPConnectionPool) else url,
            body=request.content, headers=dict(request.headers), retries=False, redirect=False,
            timeout=urllib3.Timeout(connect=CONNECT_S, read=READ_S),
        )  # fmt: skip
        return Answer(request, answered.status, answered.reason or "", answered.headers, answered.data)

    def sleep(self, duration: float) -> None:
        """Wait `duration` seconds before another try, or PAUSE_S."""
        time.sleep(min(duration, PAUSE_S))

    def open(self) -> None:
        """Open nothing: a connection is opened for the first request that needs it."""

    def close(self) -> None:
        """Close the connections that nobody uses."""
        self._ways.clear()

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


def _way(origin: str) -> _Way:
    """Return whom to ask: the account itself, or the proxy before it."""
    where = urlsplit(origin)
    options: dict[str, Any] = {"maxsize": POOL_SIZE}
    if where.scheme == "https":
        options["ca_certs"] = os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where()
    proxy = getproxies().get(where.scheme)
    if not proxy or proxy_bypass(where.netloc):
        return urllib3.connection_from_url(origin, **options)
    if password := urlsplit(proxy).netloc.rpartition("@")[0]:
        options["proxy_headers"] = urllib3.make_headers(proxy_basic_auth=unquote(password))
    return urllib3.ProxyManager(proxy, **options)
