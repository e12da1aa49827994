"""What the line remembers, as the API shows it: messages and calls, newest first, by page."""

from datetime import datetime
from typing import Annotated, Any, Literal

import azure.functions as func
import msgspec

from shared.http import api
from shared.http.problem import WrongFields
from shared.outbound import dispatch
from shared.store import calls as call_book
from shared.store import messages as message_book
from shared.store.indexed import BadToken, IndexedTable, PageQuery
from shared.store.tables import PAGE_ROWS, Entity

type Direction = Literal["inbound", "outbound"]
type PageSize = Annotated[int, msgspec.Meta(ge=1, le=PAGE_ROWS)]


class Media(msgspec.Struct):
    """A picture or file of a message, and where it is kept."""

    url: str
    content_type: str


class Message(msgspec.Struct, kw_only=True):
    """A text. `body` is null until Twilio's log has told it; `life` says when each status was first heard of."""

    sid: str
    at: str
    direction: Direction
    person: str
    from_: str = msgspec.field(name="from")
    to: str
    status: str
    life: dict[str, str] = {}
    body: str | None = None
    segments: int | None = None
    media: list[Media] = []
    error_code: str | None = None
    price: str | None = None
    price_unit: str | None = None
    parameters: dict[str, str] = {}


class Recording(msgspec.Struct, kw_only=True):
    """A recording of a call; without `url` while it is not known, or when what was told was not Twilio's address."""

    url: str | None = None
    status: str | None = None
    duration_s: int | None = None
    transcript: str | None = None
    transcript_status: str | None = None
    error_code: str | None = None


class Call(msgspec.Struct, kw_only=True):
    """A call. `recordings` are by their SID; `parent_sid` is the call that dialled this one."""

    sid: str
    at: str
    direction: Direction
    person: str
    from_: str = msgspec.field(name="from")
    to: str
    status: str
    life: dict[str, str] = {}
    duration_s: int | None = None
    answered_by: str | None = None
    parent_sid: str | None = None
    price: str | None = None
    price_unit: str | None = None
    recordings: dict[str, Recording] = {}


class Doubtful(msgspec.Struct, kw_only=True):
    """What may have been sent or placed: Twilio did not answer, and its log is being looked at."""

    id: str
    at: str
    to: str
    from_: str = msgspec.field(name="from")
    status: Literal["unknown"] = "unknown"


class MessagePage(msgspec.Struct):
    """Messages, newest first; `next` is the `page` of the next request, null at the end. `unknown`: first page only."""

    messages: list[Message]
    next: str | None
    unknown: list[Doubtful] = []


class CallPage(msgspec.Struct):
    """Calls, newest first; `next` is the `page` of the next request, null at the end. `unknown`: first page only."""

    calls: list[Call]
    next: str | None
    unknown: list[Doubtful] = []


class ListQuery(msgspec.Struct, kw_only=True):
    """`with` narrows a list to one person, `since` (inclusive) and `until` (exclusive) to a period."""

    limit: PageSize = 50
    page: str = ""
    with_: str = msgspec.field(name="with", default="")
    since: datetime | None = None
    until: datetime | None = None


OBJECTS = ("life", "media", "parameters", "recordings")  # columns that hold JSON


def messages(req: func.HttpRequest) -> MessagePage:
    """Return a page of messages."""
    asked = api.query(req, ListQuery)
    found, following = page(message_book.book(), asked)
    return MessagePage([message(row) for row in found], following or None, _doubtful("message", asked))


def calls(req: func.HttpRequest) -> CallPage:
    """Return a page of calls."""
    asked = api.query(req, ListQuery)
    found, following = page(call_book.book(), asked)
    return CallPage([call(row) for row in found], following or None, _doubtful("call", asked))


def _doubtful(kind: str, asked: ListQuery) -> list[Doubtful]:
    if asked.page:
        return []
    return msgspec.convert(dispatch.in_doubt(kind), list[Doubtful])


def page(book: IndexedTable, asked: ListQuery) -> tuple[list[Entity], str]:
    """Return a page of a book and the token of the next; raises WrongFields for a token of somebody else's."""
    try:
        return book.page(PageQuery(asked.limit, asked.page, asked.with_, asked.since, asked.until))
    except BadToken as e:
        raise WrongFields({"page": str(e)}) from None


def message(row: Entity) -> Message:
    """Return a row of the book of messages as the API shows it."""
    return msgspec.convert(_opened(row), Message)


def call(row: Entity) -> Call:
    """Return a row of the book of calls as the API shows it."""
    return msgspec.convert(_opened(row), Call)


def _opened(row: Entity) -> dict[str, Any]:
    return row | {column: msgspec.json.decode(row[column]) for column in OBJECTS if column in row}
