"""What all resources share: who may ask, how a refusal reads, how a list is paged."""

import base64
import json
import secrets
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine.leg import Switchboard
from local.twilio.sids import address, whole

PAGE_SIZE, MAX_PAGE_SIZE = 50, 1000
AGE = range(1970, 3000)  # years that a time may be of
MOST_FIELDS = 10_000
SHOWN = 60  # characters of a value in a refusal
PAGING = frozenset({"PageSize", "Page", "PageToken"})

REASONS = {
    20001: (400, "Invalid parameter"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20007: (400, f"Page size is too large: at most {MAX_PAGE_SIZE}"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal Server Error"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url parameter is required, or is not a valid URL"),
    21210: (400, "'From' phone number not verified: the source number is not yours"),
    21211: (400, "Invalid 'To' Phone Number"),
    21212: (400, "Invalid 'From' Number (caller ID)"),
    21213: (400, "No 'From' number is specified"),
    21219: (400, "'To' phone number not verified: trial accounts may only call verified numbers"),
    21220: (400, "Call is not in-progress. Cannot redirect."),
    21266: (400, "'To' and 'From' number cannot be the same"),
    21450: (400, "Phone number is already validated for your account"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number or a 'MessagingServiceSid' is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' phone number is not a valid, message-capable number of this account"),
    21608: (400, "The number is unverified. Trial accounts cannot send messages to unverified numbers"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21655: (400, "The ContentSid is invalid"),
    21710: (409, "Phone Number is already in the Messaging Service"),
    21712: (409, "Phone Number is associated with another Messaging Service"),
    30409: (400, "The message cannot be canceled in its status"),
}


class Refusal(Exception):
    """Twilio's error document; `status` is HTTP's."""

    def __init__(self, code: int, message: str = "", status: int = 0, retry_after_s: int | None = None) -> None:
        self.status, default = REASONS.get(code, (400, "Invalid request"))
        self.status = status or self.status
        self.code = code
        self.message = message or default
        self.retry_after_s = retry_after_s
        super().__init__(self.message)

    def response(self) -> Response:
        """Return it as Twilio sends it."""
        more_info = f"https://www.twilio.com/docs/errors/{self.code}"
        document = {"code": self.code, "message": self.message, "more_info": more_info, "status": self.status}
        headers = {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}
        return JSONResponse(document, self.status, headers)


class Form:
    """The parameters of a request; the same whether they came in the query or as a form. HTTP methods are in capitals.

    `reads` are those that its operation reads, see `reads`; it gets no others.
    """

    def __init__(self, pairs: list[tuple[str, str]], reads: frozenset[str] = frozenset()) -> None:
        self._pairs = [(name, value.upper() if name.endswith("Method") else value) for name, value in pairs]
        self._reads = reads | PAGING

    def __contains__(self, name: str) -> bool:
        return bool(self.all(name))

    def get(self, name: str, default: str = "") -> str:
        """Return the first value."""
        return next(iter(self.all(name)), default)

    def all(self, name: str) -> list[str]:
        """Return every value of a repeated parameter."""
        if name.rstrip("<>") not in self._reads:
            raise LookupError(f"{name} is not among the parameters that this operation says it reads")
        return [value for n, value in self._pairs if n == name]

    def in_small_letters(self, names: set[str]) -> None:
        """Write the values of some names in small letters, as `true` and `false` are read everywhere."""
        self._pairs = [(name, value.lower() if name in names else value) for name, value in self._pairs]

    def may_read(self, name: str) -> bool:
        """Tell whether the operation takes a parameter, such as the ApplicationSid of a call that is placed."""
        return name in self._reads

    def sent(self) -> Iterator[tuple[str, str]]:
        """Yield every name and value, whoever reads them."""
        yield from self._pairs

    def unread(self) -> list[str]:
        """Return the names of what was sent and is not read, in order."""
        return sorted({name for name, _ in self._pairs if name.rstrip("<>") not in self._reads})

    def int(self, name: str, default: int) -> int:
        """Return a whole number; refuse what is none."""
        value = self.get(name)
        found = whole(value) if value else default
        if found is None:
            raise Refusal(20001, f"Invalid parameter {name}: {value[:SHOWN]} is not a number")
        return found

    def named(self, names: Sequence[str]) -> dict[str, str]:
        """Return those of the named parameters that were sent."""
        return {name: self.get(name) for name in names if name in self}


Resource = Callable[[Switchboard, Request, Form], Awaitable[Response]]
_reads: dict[Resource, frozenset[str]] = {}


def reads(*names: str) -> Callable[[Resource], Resource]:
    """Say which parameters a resource's function reads; what else Twilio knows is taken and changes nothing.

    A name of a time, such as `StartTime`, stands for `StartTime<` and `StartTime>` too.
    """

    def say(resource: Resource) -> Resource:
        _reads[resource] = frozenset(names)
        return resource

    return say


def read_by(resource: Resource) -> frozenset[str]:
    """Return the parameters that a resource's function reads."""
    return _reads.get(resource, frozenset())


def board_of(request: Request) -> Switchboard:
    """Return the switchboard that this server is."""
    board: Switchboard = request.app.state.board
    return board


async def parameters_of(request: Request) -> list[tuple[str, str]]:
    """Read a request's parameters."""
    if request.method in {"GET", "HEAD", "DELETE"}:
        return list(request.query_params.multi_items())
    sent = (await request.form(max_fields=MOST_FIELDS)).multi_items()
    return [(name, value) for name, value in sent if isinstance(value, str)]  # a file is no parameter of Twilio's


def authenticate(board: Switchboard, request: Request) -> None:
    """Let in the account's auth token and its API keys; refuse everybody else with 20003."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded).decode().partition(":")
    except ValueError:
        raise Refusal(20003) from None
    account = board.account
    secret = account.secret_of(user)
    if scheme.lower() != "basic" or not secret or not secrets.compare_digest(secret.encode(), password.encode()):
        raise Refusal(20003)
    if request.path_params.get("account", account.sid) != account.sid:
        raise Refusal(20404, f"The requested resource {request.url.path} was not found")


def absent(request: Request) -> Refusal:
    """Return the refusal for a SID that is not there."""
    return Refusal(20404, f"The requested resource {request.url.path} was not found")


def page[R](request: Request, form: Form, key: str, rows: list[R], render: Callable[[R], dict[str, Any]]) -> Response:
    """Return one page of a list, newest first; the token names the row after which the next page begins.

    `key` is the name of the list, `rows` are all of it, `render` makes what REST shows of one. Raises Refusal.
    """
    size = max(form.int("PageSize", PAGE_SIZE), 1)
    if size > MAX_PAGE_SIZE:
        raise Refusal(20007)
    number, token = form.int("Page", 0), form.get("PageToken")
    if token and not token.startswith("PA"):
        raise Refusal(21481, f"Invalid PageToken {token}")
    start = next((n + 1 for n, row in enumerate(rows) if token == f"PA{_key(row)}"), number * size)
    shown = rows[start : start + size]
    more = start + size < len(rows)

    def at(page_number: int, after: str = "") -> str:
        kept = [(n, v) for n, v in request.query_params.multi_items() if n not in {"Page", "PageToken", "PageSize"}]
        place = [("PageSize", str(size)), ("Page", str(page_number)), *([("PageToken", f"PA{after}")] if after else [])]
        return f"{request.url.path}?{urlencode(kept + place)}"

    before = _key(rows[start - size - 1]) if start > size else ""
    return JSONResponse(
        {
            key: [render(row) for row in shown],
            "first_page_uri": at(0),
            "next_page_uri": at(number + 1, _key(shown[-1])) if more and shown else None,
            "previous_page_uri": at(max(number - 1, 0), before) if start else None,
            "uri": f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path,
            "page": number,
            "page_size": size,
            "start": start,
            "end": start + max(len(shown) - 1, 0),
        }
    )


def pages[R](request: Request, form: Form, key: str, rows: list[R], render: Callable[[R], dict[str, Any]]) -> Response:
    """Return one page as Twilio's newer products do: what `page` says stands in `meta`, with whole addresses."""
    document = json.loads(bytes(page(request, form, key, rows, render).body))
    base = str(request.base_url).rstrip("/")
    meta = {
        "key": key,
        "page": document["page"],
        "page_size": document["page_size"],
        "first_page_url": base + document["first_page_uri"],
        "previous_page_url": base + document["previous_page_uri"] if document["previous_page_uri"] else None,
        "next_page_url": base + document["next_page_uri"] if document["next_page_uri"] else None,
        "url": base + document["uri"],
    }
    return JSONResponse({key: document[key], "meta": meta})


def _key(row: object) -> str:
    """Return what names a row: its own SID, or for who takes part in something the call's."""
    sid = row["sid"] if isinstance(row, dict) else getattr(row, "sid", None)
    return str(sid) if sid else str(row.call.sid)  # type: ignore[attr-defined]


def is_within(form: Form, name: str, when: datetime | None) -> bool:
    """Tell whether a time passes the filters `Name`, `Name>` and `Name<`; a date without a time is that whole day.

    What has not happened yet (None) passes when there is no filter. Raises Refusal for what is no date.
    """
    signs = [sign for sign in ("", ">", "<") if form.get(name + sign)]
    if signs and when is None:
        return False
    return all(passes(sign, form.get(name + sign), when) for sign in signs if when)


def passes(sign: str, text: str, when: datetime) -> bool:
    """Tell whether a time is at or after (`>`), at or before (`<`) or in what a text names; refuse what is no date."""
    bound = moment(text)
    if not bound:
        raise Refusal(20001, f"Invalid date {text[:SHOWN]}: expected YYYY-MM-DD or ISO 8601")
    whole_day = bound.time() == time.min  # twilio-python writes a date as its midnight
    last = bound + (timedelta(days=1) if whole_day else timedelta(seconds=1)) - timedelta(microseconds=1)
    match sign:
        case ">":
            return when >= bound
        case "<":
            return when <= (bound if whole_day else last)
        case _:
            return bound <= when <= last


def moment(text: str) -> datetime | None:
    """Return the time that a text says, in UTC unless it says another zone; None when it says none of this age."""
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        return None
    said = said if said.tzinfo else said.replace(tzinfo=UTC)
    return said if said.year in AGE else None


def is_same(form: Form, name: str, value: str) -> bool:
    """Tell whether a value passes the filter of a name; a number may be written in any way."""
    wanted = form.get(name)
    return wanted in {"", value} or address(wanted) == value


def reachable(text: str) -> str:
    """Return the address to ring or text; refuse none with 21201, a wrong one with 21211."""
    if not text:
        raise Refusal(21201)
    found = address(text)
    if not found:
        raise Refusal(21211, f"Invalid 'To' Phone Number: {text}")
    return found
