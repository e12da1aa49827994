"""What the line remembers, as the API shows it: messages and calls, newest first, by page."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal

import azure.functions as func
import msgspec
from msgspec import Meta

from shared import phone, settings
from shared.http import api
from shared.http.fields import Direction, Moment
from shared.http.problem import WrongFields
from shared.outbound import dispatch
from shared.person import spellings
from shared.store import calls as stored_calls
from shared.store import messages as stored_messages
from shared.store.entities import Entity
from shared.store.indexed import IndexedTable, PageQuery
from shared.store.order import BadToken
from shared.store.tables import PAGE_ROWS

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LAST_DAY = datetime(9999, 12, 30, tzinfo=UTC)
_PLUS_LOST = re.compile(r" (\d\d:?\d\d)\Z", re.ASCII)  # in an address, a plus that is not escaped stands for a space

type PageSize = Annotated[int, Meta(ge=1, le=PAGE_ROWS, description="How many at most.")]
type Price = Annotated[str | None, Meta(description="What Twilio asks for it, as a decimal number; null until known.")]
type PriceUnit = Annotated[str | None, Meta(description="The currency of the price (ISO 4217); null until known.")]
type Life = Annotated[dict[str, Moment], Meta(description="When each status was first heard of, by status.")]

# Source: Twilio, the `Status` of a Recording and of a Transcription, and `RecordingStatus` in callbacks.
RECORDING_STATUSES = {
    "status": ("in-progress", "paused", "stopped", "processing", "completed", "absent", "failed", "deleted"),
    "transcript_status": ("in-progress", "completed", "failed"),
}
type RecordingStatus = Annotated[
    str,
    Meta(
        title="RecordingStatus",
        description="How far a recording is, in Twilio's words.",
        extra_json_schema={"enum": [*RECORDING_STATUSES["status"]]},
    ),
]
type TranscriptionStatus = Annotated[
    str,
    Meta(
        title="TranscriptionStatus",
        description="How far writing a recording down is, in Twilio's words.",
        extra_json_schema={"enum": [*RECORDING_STATUSES["transcript_status"]]},
    ),
]


class MessageMedia(msgspec.Struct):
    """A picture or file of a message, and where it is kept."""

    url: Annotated[str, Meta(description="Its address: Twilio's, or of one that the line sent, the sender's own.")]
    content_type: Annotated[str, Meta(description="Its media type; empty when it is not known.")]


class Message(msgspec.Struct, kw_only=True):
    """A text."""

    sid: Annotated[str, Meta(description="Twilio's SID of the text.")]
    at: Annotated[Moment, Meta(description="When it arrived or left.")]
    direction: Direction
    person: Annotated[str, Meta(description="Who is at the other end, on whatever channel.")]
    from_: Annotated[str, Meta(description="The sender's address.")] = msgspec.field(name="from")
    to: Annotated[str, Meta(description="The recipient's address.")]
    status: stored_messages.Status
    life: Life = {}
    body: Annotated[str | None, Meta(description="What it says; null until Twilio's log has told it.")] = None
    segments: Annotated[int | None, Meta(description="How many segments it has, each of which is paid for.")] = None
    media: Annotated[list[MessageMedia], Meta(description="Pictures and files that came with it.")] = []
    error_code: Annotated[str | None, Meta(description="Twilio's error code; null when there was no error.")] = None
    price: Price = None
    price_unit: PriceUnit = None
    parameters: Annotated[dict[str, str], Meta(description="What else Twilio said of a text that came in.")] = {}


class Recording(msgspec.Struct, kw_only=True):
    """A recording of a call; what is not known of it is null."""

    url: Annotated[
        str | None, Meta(description="Where Twilio keeps it; null while it is not known, or is not Twilio's address.")
    ] = None
    status: RecordingStatus | None = None
    duration_s: Annotated[int | None, Meta(description="Its length in seconds.")] = None
    conference_sid: Annotated[str | None, Meta(description="The SID of the conference that it is of.")] = None
    transcript: Annotated[str | None, Meta(description="What is said in it.")] = None
    transcript_status: TranscriptionStatus | None = None
    error_code: Annotated[str | None, Meta(description="Twilio's error code; null when there was no error.")] = None


class Call(msgspec.Struct, kw_only=True):
    """A call."""

    sid: Annotated[str, Meta(description="Twilio's SID of the call.")]
    at: Annotated[Moment, Meta(description="When it began.")]
    direction: Direction
    person: Annotated[str, Meta(description="Who is at the other end, on whatever channel.")]
    from_: Annotated[str, Meta(description="The caller's address.")] = msgspec.field(name="from")
    to: Annotated[str, Meta(description="The callee's address.")]
    status: stored_calls.Status
    life: Life = {}
    duration_s: Annotated[int | None, Meta(description="Its length in seconds; null until it has ended.")] = None
    answered_by: Annotated[
        str | None, Meta(description="Who answered, in Twilio's words such as `human`; null unless it was asked for.")
    ] = None
    missed: Annotated[
        bool,
        Meta(
            description="Whether the caller hung up before anybody talked with them: while phones rang, or in a queue."
        ),
    ] = False
    parent_sid: Annotated[str | None, Meta(description="The SID of the call that dialled this one.")] = None
    price: Price = None
    price_unit: PriceUnit = None
    recordings: Annotated[dict[str, Recording], Meta(description="Its recordings, by their SID.")] = {}


class UnconfirmedRequest(msgspec.Struct, kw_only=True):
    """What may have been sent or placed: Twilio did not answer, and its log is being looked at."""

    id: Annotated[str, Meta(description="The line's own name for it.")]
    at: Annotated[Moment, Meta(description="When Twilio was asked.")]
    to: Annotated[str, Meta(description="The recipient's or callee's address.")]
    from_: Annotated[str, Meta(description="The number or messaging service it leaves from.")] = msgspec.field(
        name="from"
    )
    status: Annotated[Literal["unknown"], Meta(description="Always `unknown`.")] = "unknown"


type NextPage = Annotated[str | None, Meta(description="The `page` of the next request; null at the end.")]
type Unknown = Annotated[
    list[UnconfirmedRequest], Meta(description="What may have left and is being looked up; on the first page only.")
]


class MessagePage(msgspec.Struct):
    """Texts, newest first."""

    messages: Annotated[list[Message], Meta(description="The texts of this page.")]
    next: NextPage
    unknown: Unknown = []


class CallPage(msgspec.Struct):
    """Calls, newest first."""

    calls: Annotated[list[Call], Meta(description="The calls of this page.")]
    next: NextPage
    unknown: Unknown = []


_A_DAY = "Without a zone it is UTC; a date such as 2026-11-26 counts"


class ListQuery(msgspec.Struct, kw_only=True):
    """Which texts or calls, how many, and from where on."""

    limit: PageSize = 50
    page: Annotated[str, Meta(description="`next` of the page before; without it the newest.")] = ""
    with_: Annotated[str, Meta(description="Only those with this person, by any address of theirs.")] = msgspec.field(
        name="with", default=""
    )
    since: Annotated[Moment, Meta(description=f"Only from this moment on. {_A_DAY} from its beginning.")] = ""
    until: Annotated[Moment, Meta(description=f"Only before this moment. {_A_DAY} to its end.")] = ""


OBJECTS = ("life", "media", "parameters", "recordings")  # columns that hold JSON


def messages(req: func.HttpRequest) -> MessagePage:
    """Return a page of messages."""
    query = api.query(req, ListQuery)
    found, following = page(stored_messages.table(), query)
    return MessagePage([message(row) for row in found], following or None, _unconfirmed("message", query))


def calls(req: func.HttpRequest) -> CallPage:
    """Return a page of calls."""
    query = api.query(req, ListQuery)
    found, following = page(stored_calls.table(), query)
    return CallPage([call(row) for row in found], following or None, _unconfirmed("call", query))


def _unconfirmed(kind: str, query: ListQuery) -> list[UnconfirmedRequest]:
    if query.page:
        return []
    return msgspec.convert(dispatch.in_doubt(kind), list[UnconfirmedRequest])


def page(table: IndexedTable, query: ListQuery) -> tuple[list[Entity], str]:
    """Return a page of a table and the token of the next.

    Raises WrongFields for a token of somebody else's, a person whom no address names, and what is no moment.
    """
    asked = PageQuery(query.limit, query.page, _people(query), _moment("since", query), _moment("until", query))
    try:
        return table.page(asked)
    except BadToken as e:
        raise WrongFields({"page": str(e)}) from None


def _people(query: ListQuery) -> tuple[str, ...]:
    try:
        return people_named(query.with_) if query.with_ else ()
    except phone.BadAddress as e:
        raise WrongFields({"with": str(e)}) from None


def _moment(name: Literal["since", "until"], query: ListQuery) -> datetime | None:
    """Return a moment that is asked for, None without one; the whole of a day lies between its `since` and `until`."""
    text: str = getattr(query, name)
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            day = datetime.combine(date.fromisoformat(text), time.min, UTC)
            return min(day, _LAST_DAY) + timedelta(days=name == "until")
        at = datetime.fromisoformat(_PLUS_LOST.sub(r"+\1", text))
    except ValueError:
        hint = "expected a date such as 2026-11-26 or a moment such as 2026-11-26T09:30:00Z (a + is written %2B)"
        raise WrongFields({name: f'"{text}" is no moment; {hint}'}) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def people_named(text: str) -> tuple[str, ...]:
    """Return every key under which there may be records of the person whom a text names, today's first.

    Records were once kept under the very address that somebody wrote or called from. Raises phone.BadAddress.
    """
    whom = phone.named(text, settings.current().twilio_phone_number)
    return tuple(dict.fromkeys([*spellings(whom), text]))


def message(row: Entity) -> Message:
    """Return a row of the table of messages as the API shows it."""
    return msgspec.convert(_opened(row) | {"status": stored_messages.named(row["status"])}, Message)


def call(row: Entity) -> Call:
    """Return a row of the table of calls as the API shows it."""
    opened = _opened(row)
    recordings = {sid: _known(entry) for sid, entry in opened.get("recordings", {}).items()}
    return msgspec.convert(opened | {"status": stored_calls.named(row["status"]), "recordings": recordings}, Call)


def _known(recording: Entity) -> Entity:
    """Return a recording without a status that is none of Twilio's."""
    return {name: value for name, value in recording.items() if value in RECORDING_STATUSES.get(name, (value,))}


def _opened(row: Entity) -> dict[str, Any]:
    return row | {column: msgspec.json.decode(row[column]) for column in OBJECTS if column in row}
