"""A webhook on its way to the owner's app: signed, sent, retried, and remembered with what came back."""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode, urljoin, urlsplit

import httpx
from twilio.request_validator import RequestValidator

from local.twilio.along import Along
from local.twilio.clock import Clock
from local.twilio.faults import Faults
from local.twilio.journal import Journal
from local.twilio.overrides import Overrides
from local.twilio.sids import utc_now

AGENT = "TwilioProxy/1.1"
MAX_REDIRECTS = 10
CALLBACKS_AT_ONCE = 50  # the rest wait before their time begins, or a busy app would lose what it never saw
CONNECTION_FAILED, RETRIEVAL_FAILED, TOO_MANY_REDIRECTS, INVALID_REDIRECT = 11205, 11200, 11215, 11216

log = logging.getLogger("twilio.webhooks")


@dataclass(frozen=True, slots=True)
class Webhook:
    """One request to make: why (`kind`), about which call or message (`sid`), to where, with which parameters."""

    kind: str
    sid: str
    url: str
    method: str
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One attempt that begins; its answer has the same token and attempt."""

    kind: str
    sid: str
    url: str
    method: str
    parameters: dict[str, str]
    token: str
    attempt: int
    at: datetime = field(default_factory=utc_now)


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt and its answer; `status` is 0 when there was none and `error` tells why."""

    kind: str
    sid: str
    url: str
    method: str
    parameters: dict[str, str]
    token: str
    attempt: int
    status: int
    content_type: str
    body: str
    error: str
    took_ms: int
    at: datetime = field(default_factory=utc_now)
    request_headers: dict[str, str] = field(default_factory=dict)
    response_headers: dict[str, str] = field(default_factory=dict)


class _Astray(Exception):
    """A redirect to what is no address of the web."""


class Undelivered(Exception):
    """Nobody answered with a 2xx; `code` is Twilio's error code."""

    def __init__(self, code: int, url: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.url = url


@dataclass(frozen=True, slots=True)
class _Begun:
    token: str
    attempt: int
    started: float


class Courier:
    """Sends webhooks and keeps the log of them."""

    def __init__(
        self,
        auth_token: str,
        faults: Faults,
        http: httpx.AsyncClient | None = None,
        lost: Callable[[Webhook, Undelivered], None] = lambda _, __: None,
    ) -> None:
        """`http` is the way to the app, when that is not the network; `lost` is told of each callback that failed."""
        self._lost = lost
        self.asked: Journal[Asked] = Journal()
        self.sent: Journal[Sent] = Journal()
        self._validator = RequestValidator(auth_token)
        self._faults = faults
        self._http = http or httpx.AsyncClient(follow_redirects=False, trust_env=False)
        self.along = Along()
        self._callbacks = asyncio.Semaphore(CALLBACKS_AT_ONCE)
        self._last: dict[str, asyncio.Task[None]] = {}
        self._held: dict[str, Webhook] = {}

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def tell_time(self) -> None:
        """Let the app have the time of this process, if it was told to have it."""
        await self.along.move(self._http)

    async def deliver(self, webhook: Webhook, cookies: httpx.Cookies | None = None) -> Sent:
        """Send it and return the answer; raises Undelivered when every attempt failed."""
        fault = self._faults.take("webhook", webhook.kind, does=("twice", "twice-together", "late"))
        token = str(uuid.uuid4())
        if fault and fault.does == "late":
            await asyncio.sleep(fault.delay_s)
        if fault and fault.does == "twice-together":
            answers = await asyncio.gather(*(self._insist(webhook, token, cookies) for _ in range(2)))
            return answers[0]
        answer = await self._insist(webhook, token, cookies)
        if fault and fault.does == "twice":
            await self._insist(webhook, token, cookies)
        return answer

    async def look_at(self, webhook: Webhook, most_bytes: int, within_s: float) -> tuple[Sent, bytes]:
        """Fetch a file; return the answer, as the log has it, and the content, cut soon after `most_bytes`.

        Without an answer within `within_s` seconds its status is 0.
        """
        begun = _Begun(str(uuid.uuid4()), 0, time.monotonic())
        headers = {"X-Twilio-Signature": self._validator.compute_signature(webhook.url, {}), "User-Agent": AGENT}
        try:
            async with (
                asyncio.timeout(within_s),
                self._http.stream("GET", webhook.url, headers=headers, follow_redirects=True) as response,
            ):
                content = bytearray()
                async for part in response.aiter_bytes():
                    content += part
                    if len(content) > most_bytes:
                        break
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as e:
            return self._remember(webhook, begun, f"ct: {e or 'no answer in time'}"), b""
        return self._remember(webhook, begun, "", response, f"({len(content)} bytes)"), bytes(content)

    def in_order(self, webhook: Webhook, clock: Clock) -> None:
        """Send a callback after the earlier ones about the same call or message, without waiting for its answer."""
        if self._withhold(webhook):
            return
        clock.begin()
        callbacks = [webhook, *([held] if (held := self._held.pop(webhook.sid, None)) else [])]
        before = self._last.get(webhook.sid)
        self._last[webhook.sid] = asyncio.create_task(self._send_after(before, callbacks, clock))

    async def settle(self, within_s: float) -> None:
        """Return as soon as every callback has been sent, or after `within_s` real seconds."""
        if sending := [task for task in self._last.values() if not task.done()]:
            await asyncio.wait(sending, timeout=within_s)

    async def _send_after(self, before: asyncio.Task[None] | None, callbacks: list[Webhook], clock: Clock) -> None:
        try:
            if before:
                await asyncio.wait({before})
            for callback in callbacks:
                try:
                    async with self._callbacks:
                        await self.deliver(callback)
                except Undelivered as e:
                    self._lost(callback, e)
        finally:
            clock.rest()

    def _withhold(self, webhook: Webhook) -> bool:
        fault = self._faults.take("webhook", webhook.kind, does=("drop", "out-of-order"))
        if fault and fault.does == "out-of-order":
            self._held[webhook.sid] = webhook
        return bool(fault)

    async def _insist(self, webhook: Webhook, token: str, cookies: httpx.Cookies | None) -> Sent:
        overrides = Overrides.of(webhook.url)
        for attempt in range(overrides.retries + 1):
            sent = await self._follow(webhook, token, attempt, overrides, cookies)
            failure = _failure(sent)
            if not failure:
                return sent
            if failure not in overrides.retry_on and "all" not in overrides.retry_on:
                break
        if 300 <= sent.status < 400 and "location" in sent.response_headers:
            raise Undelivered(TOO_MANY_REDIRECTS, webhook.url, f"more than {MAX_REDIRECTS} redirects")
        code = {"ct": CONNECTION_FAILED, "3x": INVALID_REDIRECT}.get(failure, RETRIEVAL_FAILED)
        raise Undelivered(code, webhook.url, sent.error or f"HTTP {sent.status}")

    async def _follow(
        self, webhook: Webhook, token: str, attempt: int, overrides: Overrides, cookies: httpx.Cookies | None
    ) -> Sent:
        """Make one attempt, following redirects; a redirected POST goes on as a GET without its parameters."""
        begun = _Begun(token, attempt, time.monotonic())
        self.asked.append(
            Asked(webhook.kind, webhook.sid, webhook.url, webhook.method, webhook.parameters, token, attempt)
        )
        try:
            await self.tell_time()
            async with asyncio.timeout(overrides.total_s):
                response = await self._request(webhook, token, overrides, cookies)
                for _ in range(MAX_REDIRECTS):
                    if not response.has_redirect_location:
                        break
                    moved = _moved(webhook, response)
                    response = await self._request(moved, token, overrides, cookies)
        except _Astray as e:
            return self._remember(webhook, begun, f"3xx: to {e}, which is no address of the web")
        except (httpx.ConnectError, httpx.ConnectTimeout) as e:
            return self._remember(webhook, begun, f"ct: {e}")
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as e:
            return self._remember(webhook, begun, f"rt: {e or 'no answer in time'}")
        return self._remember(webhook, begun, "", response)

    async def _request(
        self, webhook: Webhook, token: str, overrides: Overrides, cookies: httpx.Cookies | None
    ) -> httpx.Response:
        url, form = addressed(webhook)
        headers = {
            "X-Twilio-Signature": self._validator.compute_signature(url, form or {}),
            "I-Twilio-Idempotency-Token": token,
            "User-Agent": AGENT,
            "Accept": "*/*",
        }
        content = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
            content = urlencode(form)
        timeout = httpx.Timeout(overrides.read_s, connect=overrides.connect_s)
        request = self._http.build_request(webhook.method, url, headers=headers, content=content, timeout=timeout)
        if cookies is not None:
            cookies.set_cookie_header(request)
        try:
            response = await self._http.send(request)
        except httpx.InvalidURL as e:  # where it is redirected to, which httpx reads too
            raise _Astray(str(e)) from None
        if cookies is not None:
            cookies.extract_cookies(response)
        self._http.cookies.clear()
        return response

    def _remember(
        self, webhook: Webhook, begun: "_Begun", error: str, response: httpx.Response | None = None, body: str = ""
    ) -> Sent:
        sent = Sent(
            kind=webhook.kind,
            sid=webhook.sid,
            url=webhook.url,
            method=webhook.method,
            parameters=webhook.parameters,
            token=begun.token,
            attempt=begun.attempt,
            status=response.status_code if response else 0,
            content_type=response.headers.get("content-type", "") if response else "",
            body=body or (response.text if response else ""),
            error=error,
            took_ms=round((time.monotonic() - begun.started) * 1000),
            request_headers=dict(response.request.headers) if response else {},
            response_headers=dict(response.headers) if response else {},
        )
        self.sent.append(sent)
        log.info("%s %s %s -> %s %s", webhook.kind, webhook.method, webhook.url, sent.status, error)
        return sent


def addressed(webhook: Webhook) -> tuple[str, Mapping[str, str] | None]:
    """Return the URL to call and sign, and the form to post and sign; a GET carries its parameters in the query."""
    url = webhook.url.partition("#")[0]
    if webhook.method != "GET":
        return url, webhook.parameters
    query = urlencode(webhook.parameters)
    return (f"{url}{'&' if urlsplit(url).query else '?'}{query}" if query else url), None


def _moved(webhook: Webhook, response: httpx.Response) -> Webhook:
    url = _led_to(webhook.url, response.headers["location"])
    if response.status_code in {307, 308}:
        return Webhook(webhook.kind, webhook.sid, url, webhook.method, webhook.parameters)
    return Webhook(webhook.kind, webhook.sid, url, "GET", {})


def _led_to(url: str, location: str) -> str:
    try:
        led_to = httpx.URL(urljoin(url, location))
    except (ValueError, httpx.InvalidURL):
        raise _Astray(location) from None
    if led_to.scheme not in {"http", "https"} or not led_to.host:
        raise _Astray(location)
    return str(led_to)


def _failure(sent: Sent) -> str:
    """Name what went wrong in the words of the `rp` override; empty when nothing did."""
    if sent.error:
        return sent.error[:2]
    if 200 <= sent.status < 300:
        return ""
    return "4xx" if 400 <= sent.status < 500 else "5xx"
