"""Twilio's REST API: place a call, send a text, look things up. The one place that imports twilio.rest.

Twilio has no key that makes a creation happen once. What was certainly not done is tried again for a moment; what may
have been done raises NoAnswer, and whoever asked looks into Twilio's log before asking again.
"""

import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from itertools import takewhile
from typing import Any

import msgspec
from requests import ConnectionError as NotConnected
from requests import ConnectTimeout, RequestException
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from shared import settings
from shared.http.problem import Problem
from shared.platform_limits import UNSUBSCRIBED_RECIPIENT

TIMEOUT_S = 10.0  # an API caller waits; Twilio answers a creation within a second
CONNECT_S = 3.0
TRIES_S = 20.0  # no try begins later: whoever looks for a request in Twilio's log after a minute must find it
PATIENCE_S = 8.0  # for all waits between the tries of one request
FIRST_WAIT_S = 0.4  # doubled by each try, halved at most by chance
RETRY_AFTER_S = 10  # when Twilio does not say when to come back
LOG_SIZE = 100  # entries of Twilio's log about one person that are looked at
POOL_SIZE = 32  # connections; twilio keeps five on one core, and closes the others after each request
_UNVERIFIED = {21210, 21219, 21608}
_OF_THE_REQUEST = range(21000, 22000)  # Twilio's codes for a number or text that it will not take

log = logging.getLogger("ahoy.twilio_api")
logging.getLogger("twilio.http_client").setLevel(logging.WARNING)  # it would log numbers and bodies


class NoAnswer(Exception):
    """Twilio was asked to make something, and it is not known whether it did; `told` is what it said, if anything."""

    def __init__(self, told: dict[str, Any] | None = None) -> None:
        super().__init__(told)
        self.told = told


class Busy(Problem):
    """503: Twilio could not take it, and certainly has not."""

    def __init__(self, retry_after_s: int = RETRY_AFTER_S, told: dict[str, Any] | None = None) -> None:
        title, detail = "Twilio cannot take this now", "Nothing was sent; try again."
        super().__init__(503, title, detail, retry_after_s=retry_after_s, twilio=told)


class Refused(Problem):
    """Twilio said no: its code and message, with a status that fits the API's caller."""

    def __init__(self, refusal: TwilioRestException) -> None:
        self.code = int(refusal.code or 0)
        status, title = _fitting(refusal)
        told = {"code": self.code, "message": str(refusal.msg), "status": refusal.status}
        super().__init__(status, title, str(refusal.msg), twilio=told)


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A call or message as Twilio knows it. Body, media and segments are a message's."""

    sid: str
    status: str
    from_: str
    to: str
    at: datetime | None
    is_ours: bool  # placed or sent by the API
    body: str = ""
    media: int = 0
    segments: int = 0


@cache
def client(config: settings.Settings) -> Client:
    """Return the one client of this process, with the API key when there is one. Raises Problem when not set up."""
    if problems := config.problems():
        raise Problem(503, "The line is not set up", "; ".join(problems))
    user = config.twilio_api_key_sid or config.twilio_account_sid
    password = config.twilio_api_key_secret if config.twilio_api_key_sid else config.twilio_auth_token
    patient = Patient()
    made = Client(user, password, config.twilio_account_sid, http_client=patient)
    if config.twilio_api_base_url:
        made.api.base_url = config.twilio_api_base_url.rstrip("/")
    return made


def place_call(**parameters: Any) -> Sent:
    """Place a call with Twilio's parameters (snake_case). Raises Refused, Busy or NoAnswer."""
    return _call(ask(lambda: client(settings.current()).calls.create(**parameters)))


def send_message(**parameters: Any) -> Sent:
    """Send a message with Twilio's parameters (snake_case). Raises Refused, Busy or NoAnswer."""
    return _message(ask(lambda: client(settings.current()).messages.create(**parameters)))


def calls_to(to: str, since: datetime) -> list[Sent]:
    """Return the calls to an address since a moment, newest first. Raises Refused, Busy or NoAnswer."""
    found = ask(lambda: client(settings.current()).calls.list(to=to, limit=LOG_SIZE, page_size=LOG_SIZE))
    return list(_since(since, map(_call, found)))


def messages_to(to: str, since: datetime) -> list[Sent]:
    """Return the messages to an address since a moment, newest first. Raises Refused, Busy or NoAnswer."""
    found = ask(lambda: client(settings.current()).messages.list(to=to, limit=LOG_SIZE, page_size=LOG_SIZE))
    return list(_since(since, map(_message, found)))


def ask[T](request: Callable[[], T]) -> T:
    """Return what a `request` of twilio's client gives.

    Raises Refused with Twilio's code, Busy when it certainly was not done, NoAnswer when that is not known.
    """
    try:
        return request()
    except TwilioException as error:
        refusal = _refusal(error)
        log.warning("Twilio refused: %s %s", refusal.status, refusal.code)
        raise Refused(refusal) from None
    except RequestException as e:
        log.warning("Twilio did not answer: %s", type(e).__name__)
        raise NoAnswer from None


def _refusal(error: TwilioException) -> TwilioRestException:
    """Return a refusal as twilio raises it; that of a list's page it raises as its parent, with the answer inside."""
    if isinstance(error, TwilioRestException):
        return error
    answer = error.args[-1] if error.args else None
    if not isinstance(answer, Response):
        raise error
    told = _told(answer)
    return TwilioRestException(answer.status_code, "", str(told.get("message", "")), told.get("code"))


class Patient(TwilioHttpClient):  # type: ignore[misc]  # twilio ships no types
    """Asks again, as long as it may, what Twilio certainly did not do: 429, no connection, and reading that failed."""

    def __init__(self) -> None:
        super().__init__()
        self.timeout = (CONNECT_S, TIMEOUT_S)
        self.session.mount("https://", HTTPAdapter(pool_maxsize=POOL_SIZE))

    def request(self, method: str, *arguments: Any, **named: Any) -> Response:
        """Return Twilio's answer. Raises Busy when patience ends, NoAnswer when a creation may have been made."""
        left_s, wait_s, ends = PATIENCE_S, FIRST_WAIT_S, time.monotonic() + TRIES_S
        while True:
            response, asks_s, told = self._try(method, *arguments, **named)
            if response is not None:
                return response
            pause_s = max(asks_s, wait_s * random.uniform(0.5, 1))  # noqa: S311 -- only spreads the tries
            if pause_s > left_s or time.monotonic() > ends:
                raise Busy(int(asks_s) or RETRY_AFTER_S, told)
            time.sleep(pause_s)
            left_s, wait_s = left_s - pause_s, wait_s * 2

    def _try(self, method: str, *arguments: Any, **named: Any) -> tuple[Response | None, float, dict[str, Any] | None]:
        """Return the answer; or None, the seconds that Twilio asks to wait, and why, when it may be asked again."""
        is_reading = method.upper() == "GET"
        try:
            response = super().request(method, *arguments, **named)
        except NotConnected as e:
            if is_reading or _never_left(e):
                return None, 0, None
            raise
        if response.status_code == 429 or (is_reading and response.status_code >= 500):
            return None, _retry_after_s(response), _told(response)
        if response.status_code >= 500:
            raise NoAnswer(_told(response))
        return response, 0, None


def _never_left(error: NotConnected) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(error, ConnectTimeout) or isinstance(getattr(cause, "reason", None), NewConnectionError)


def _told(response: Response) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(response.text)
        return {"code": document["code"], "message": document["message"], "status": response.status_code}
    except (msgspec.DecodeError, KeyError, TypeError):
        return {"status": response.status_code}


def _retry_after_s(response: Response) -> float:
    given = str((response.headers or {}).get("Retry-After", ""))
    return min(float(given), 3600.0) if given.isascii() and given.isdigit() else 0


def _since(since: datetime, found: Iterable[Sent]) -> Iterator[Sent]:
    return takewhile(lambda one: one.at is None or one.at >= since, found)


def _call(call: Any) -> Sent:
    return Sent(
        sid=str(call.sid), status=str(call.status), from_=str(call._from), to=str(call.to),  # noqa: SLF001 -- from is a keyword
        at=call.date_created, is_ours=str(call.direction) == "outbound-api",
    )  # fmt: skip


def _message(message: Any) -> Sent:
    return Sent(
        sid=str(message.sid), status=str(message.status), from_=str(message.from_ or ""), to=str(message.to),
        at=message.date_created, is_ours=str(message.direction) == "outbound-api", body=str(message.body or ""),
        media=int(message.num_media or 0), segments=int(message.num_segments or 0),
    )  # fmt: skip


def _fitting(refusal: TwilioRestException) -> tuple[int, str]:
    if refusal.status in {401, 403} and refusal.code not in _OF_THE_REQUEST:
        return 502, "Twilio refused the line's own account: check its credentials and funds"
    if refusal.code in _UNVERIFIED:
        return 403, "Twilio wants this number to be verified first"
    if refusal.code == UNSUBSCRIBED_RECIPIENT:
        return 409, "The recipient has opted out"
    return 400, "Twilio refused the request"
