"""A text or call is to leave because the API was asked for it: well addressed, allowed, once."""

import contextlib
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import azure.functions as func
import msgspec
from msgspec import Meta

from shared import clock, flow, phone, routes, settings
from shared.errors import StorageDown
from shared.flow.placeholders import clean
from shared.http import api
from shared.http.fields import Moment
from shared.http.problem import Problem, StorageUnavailable, WrongFields
from shared.outbound import dispatch, idempotency, policy, segments
from shared.outbound.dispatch import InDoubt, Thing
from shared.outbound.segments import Encoding
from shared.person import identity, numbers, spellings
from shared.phone import Address
from shared.platform_limits import MESSAGE_CHARACTERS, MESSAGE_MEDIA
from shared.store import calls, messages
from shared.store.indexed import PageQuery
from shared.twilio import signature, twiml

MAX_SAY_CHARACTERS = 3_000  # the document may have 4,000 with its tags and escapes
MAX_URL_CHARACTERS = 2_000
# Source: Twilio, Call resource, SendDigits: each "w" waits half a second; whoever answers needs a moment to listen.
EXTENSION_WAIT = "wwww"
NEWEST_LOOKED_AT = 50  # texts with a person, for how they spell their number
# Source: Twilio's errors 35114, 35115 and 35117; an older page (35111) says 15 minutes.
SCHEDULED_AT_LEAST, SCHEDULED_AT_MOST = timedelta(minutes=5), timedelta(days=35)
log = logging.getLogger("ahoy.outbox")
_SERVICE = re.compile(r"MG[0-9a-f]{32}")
_MEDIA_URL = re.compile(r"https://[^\s/@]+/\S*")


class CallRequest(msgspec.Struct, kw_only=True):
    """A call to place."""

    to: Annotated[str, Meta(description="Whom to ring: a number (its extension is keyed), `client:NAME` or `sip:...`.")]
    from_: Annotated[str, Meta(description="The caller to show; without it the line's number.")] = msgspec.field(
        name="from", default=""
    )
    scene: Annotated[str, Meta(description="The scene of the flow that it begins with; without it the first.")] = ""
    say: Annotated[
        str, Meta(max_length=MAX_SAY_CHARACTERS, description="What is spoken before; without `scene`, all of it.")
    ] = ""
    timeout: Annotated[int, Meta(ge=5, le=600, description="How many seconds it rings.")] = 60
    machine_detection: (
        Annotated[
            Literal["Enable", "DetectMessageEnd"],
            Meta(
                title="MachineDetection", description="Whether Twilio tells people from machines, as Twilio names it."
            ),
        ]
        | None
    ) = None
    record: Annotated[bool, Meta(description="Whether it is recorded.")] = False


class TextRequest(msgspec.Struct, kw_only=True):
    """A text or picture message to send; it has a `body`, `media` or both."""

    to: Annotated[str, Meta(description="The recipient: a number, or `whatsapp:` and one.")]
    body: Annotated[str, Meta(max_length=MESSAGE_CHARACTERS, description="What it says.")] = ""
    media: Annotated[
        list[str],
        Meta(max_length=MESSAGE_MEDIA, description="Addresses (https) of pictures and files to send."),
    ] = []
    from_: Annotated[
        str, Meta(description="A number or messaging service of the line; without it the one that is set up.")
    ] = msgspec.field(name="from", default="")
    send_at: Annotated[
        Moment, Meta(description="When to send it, 5 minutes to 35 days ahead; needs a messaging service.")
    ] = ""


class CallAccepted(msgspec.Struct, frozen=True, kw_only=True):
    """A call that Twilio has taken; `GET calls` tells what becomes of it."""

    sid: Annotated[str, Meta(description="Twilio's SID of the call.")]
    status: calls.Status
    to: Annotated[str, Meta(description="The callee's address.")]
    from_: Annotated[str, Meta(description="The caller's address.")] = msgspec.field(name="from")


class TextAccepted(msgspec.Struct, frozen=True, kw_only=True):
    """A text that Twilio has taken; `GET messages` tells what becomes of it."""

    sid: Annotated[str, Meta(description="Twilio's SID of the text.")]
    status: messages.Status
    to: Annotated[str, Meta(description="The recipient's address.")]
    from_: Annotated[str, Meta(description="The sender's address; empty while Twilio chooses one.")] = msgspec.field(
        name="from"
    )
    encoding: Encoding
    segments: Annotated[int, Meta(description="How many segments it takes, each of which is paid for.")]


def call(req: func.HttpRequest) -> CallAccepted:
    """Place the call that the request's body asks for; return its SID and status."""
    request = api.body(req, CallRequest)
    thing = ringing(request, signature.base_url(req, settings.current()))
    return msgspec.convert(_once(idempotency.ticket(req, routes.MAKE_CALL), thing), CallAccepted)


def text(req: func.HttpRequest) -> TextAccepted:
    """Send the text that the request's body asks for; return its SID, status, encoding and segments."""
    request = api.body(req, TextRequest)
    thing = texting(request, signature.base_url(req, settings.current()))
    how = segments.cut(thing.body)
    sent = _once(idempotency.ticket(req, routes.SEND_SMS), thing)
    return msgspec.convert(sent | {"encoding": how.encoding, "segments": how.segments}, TextAccepted)


def ring(to: str, from_: str, scene: str, base: str, *, because_of: str) -> None:
    """Call `to` from `from_` (E.164) with a `scene` of the flow, because of a text; once for each.

    `because_of` is the text's SID, `base` our address. Raises Problem when that cannot be.
    """
    thing = ringing(CallRequest(to=to, from_=from_, scene=scene), base)
    with contextlib.suppress(idempotency.AtWork, InDoubt):  # another delivery of the text sees to it, or the timer
        _once(idempotency.ticket_for_key("text", because_of), thing)


def text_once(route: str, key: str, request: TextRequest, base: str) -> dict[str, Any]:
    """Send the text of a `request` that is no API caller's, once for each `key` of a `route`.

    Return its SID and status. `base` is our address. Raises Problem.
    """
    return _once(idempotency.ticket_for_key(route, key), texting(request, base))


def ringing(request: CallRequest, base: str) -> Thing:
    """Return the call, checked. Raises WrongFields."""
    errors: dict[str, str] = {}
    to = _address(request.to, "to", errors, phone.callable_address)
    from_ = _address(request.from_ or settings.current().twilio_phone_number, "from", errors, phone.callable_address)
    if from_.extension:
        errors["from"] = "expected a number without an extension"
    check_scene(request.scene, errors)
    said = clean(request.say)
    if request.say and not said.strip():
        errors["say"] = "has nothing in it that can be spoken"
    if errors:
        raise WrongFields(errors)
    parameters: dict[str, Any] = {
        "to": to.spelled,
        "from_": from_.spelled,
        "send_digits": EXTENSION_WAIT + to.extension if to.extension else None,
        "timeout": request.timeout,
        "record": request.record or None,
        "machine_detection": request.machine_detection,
        "status_callback": routes.url(base, routes.CALL_STATUS),
        "status_callback_event": ["initiated", "ringing", "answered", "completed"],
    }
    scene_url = routes.url(base, routes.SCENE, scene=request.scene) if request.scene else routes.url(base, routes.VOICE)
    document = {"twiml": _spoken(said, scene_url if request.scene else "")} if said else {"url": scene_url}
    return Thing(kind="call", to=to.spelled, person=to.person, from_=from_.spelled, parameters=parameters | document)


def texting(request: TextRequest, base: str) -> Thing:
    """Return the text, checked. Raises WrongFields."""
    errors: dict[str, str] = {}
    to = _address(request.to, "to", errors, phone.textable_address)
    from_ = _sender(request.from_, to.spelled, errors)
    if to.person and to.person in {identity(from_), identity(settings.current().twilio_phone_number)}:
        errors["to"] = "is the line itself"  # Twilio refuses it, too, error 21266
    body = clean(request.body)
    if not body and not request.media:
        errors["body"] = "is required, unless there are media"
    check_media(request.media, errors)
    scheduled = _scheduled(request.send_at, from_, errors)
    if errors:
        raise WrongFields(errors)
    sender = {"messaging_service_sid": from_} if _SERVICE.fullmatch(from_) else {"from_": from_}
    parameters = {
        "to": to.spelled,
        "body": body or None,
        "media_url": list(request.media) or None,
        "status_callback": routes.url(base, routes.MESSAGE_STATUS),
    }
    return Thing(
        kind="message", to=to.spelled, person=to.person, from_=from_, body=body,
        media=tuple(request.media), parameters=parameters | sender | scheduled,
    )  # fmt: skip


def check_scene(scene: str, errors: dict[str, str]) -> None:
    """Note in `errors` a scene that the flow does not have."""
    if scene and scene not in flow.current().scenes:
        errors["scene"] = f'there is no scene "{scene}"; there are {", ".join(flow.current().scenes)}'


def check_media(media: list[str], errors: dict[str, str]) -> None:
    """Note in `errors` what Twilio could not fetch."""
    if any(len(url) > MAX_URL_CHARACTERS or not _MEDIA_URL.fullmatch(url) or clean(url) != url for url in media):
        errors["media"] = "expected https:// addresses"


def _address(text: str, field: str, errors: dict[str, str], checked: Callable[[str, str], Address]) -> Address:
    """Return the address that a field holds, as it is written near the line; note in `errors` what is none."""
    try:
        return checked(text, settings.current().twilio_phone_number)
    except phone.BadAddress as e:
        errors[field] = str(e)
        return Address("", "")


def _sender(given: str, to: str, errors: dict[str, str]) -> str:
    """Return the number or messaging service that it leaves from, on the channel on which it goes."""
    config = settings.current()
    if _SERVICE.fullmatch(given):
        return given
    if not given and config.twilio_messaging_service_sid:
        return config.twilio_messaging_service_sid
    number = _address(given or config.twilio_phone_number, "from", errors, phone.textable_address).spelled
    return f"whatsapp:{phone.without_channel(number)}" if to.startswith("whatsapp:") else number


def _scheduled(send_at: str, from_: str, errors: dict[str, str]) -> dict[str, Any]:
    if not send_at:
        return {}
    if not _SERVICE.fullmatch(from_):
        errors["send_at"] = "needs a messaging service as `from`, or TWILIO_MESSAGING_SERVICE_SID"
        return {}
    try:
        at = datetime.fromisoformat(send_at)
        ahead = at - clock.now()
    except (ValueError, TypeError, OverflowError):  # the last: its zone leads beyond the ends of time
        errors["send_at"] = "expected a moment with its zone, such as 2027-01-31T09:00:00Z"
        return {}
    if not SCHEDULED_AT_LEAST <= ahead <= SCHEDULED_AT_MOST:
        errors["send_at"] = "expected a moment that is 5 minutes to 35 days ahead"
        return {}
    return {"send_at": at.astimezone(UTC), "schedule_type": "fixed"}


def _spoken(text: str, scene_url: str) -> str:
    """Return the document that says a text, and goes on with a scene when there is one."""
    says = twiml.tagged("Say", {}, twiml.escaped(text))
    return twiml.document([says, *([twiml.tagged("Redirect", {}, twiml.escaped(scene_url))] if scene_url else [])])


def _as_they_spell_it(thing: Thing) -> Thing:
    """Return a text to the spelling that the person last wrote from, where a number has several.

    WhatsApp knows a person by one of them only.
    """
    if thing.kind == "call" or len(numbers(thing.person)) == 1:
        return thing
    rows, _ = messages.table().page(PageQuery(NEWEST_LOOKED_AT, person=spellings(thing.person), as_copied=True))
    is_whatsapp = thing.to.startswith("whatsapp:")
    theirs = (str(row["from"]) for row in rows if row["direction"] == "inbound")
    to = next((address for address in theirs if address.startswith("whatsapp:") == is_whatsapp), thing.to)
    return msgspec.structs.replace(thing, to=to, parameters=thing.parameters | {"to": to})


def _once(ticket: idempotency.Ticket, thing: Thing) -> dict[str, Any]:
    return ticket.answer if ticket.answer is not None else _send(ticket, thing)


def _send(ticket: idempotency.Ticket, thing: Thing) -> dict[str, Any]:
    """Let it leave when it may. What was certainly not done gives its key back."""
    try:
        if not dispatch.is_in_doubt(ticket):
            policy.admit(thing.person, thing.line)
        sent = dispatch.send(_as_they_spell_it(thing).to_send(ticket))
    except InDoubt:
        raise
    except StorageDown as e:
        log.warning("nothing leaves, the storage does not answer: %s", e.kind)
        idempotency.release(ticket)
        raise StorageUnavailable from None
    except Problem:
        idempotency.release(ticket)
        raise
    answer = dispatch.shown(thing.kind, sent)
    if not ticket.is_keyed or idempotency.save_answer(ticket.id, answer):
        dispatch.clear_intent(ticket.id)  # else the timer settles it, and keeps the answer
    return answer
