"""Numbers that the line may show as caller: its own and those whose owner has verified them.

To verify one, Twilio rings it and asks for the six digits that our answer shows; it tells the outcome by a callback.
"""

import logging
from functools import cache
from itertools import islice
from typing import Annotated, Any, Literal

import azure.functions as func
import msgspec
from msgspec import Meta

from shared import clock, phone, routes, settings
from shared.http import api
from shared.http.fields import Moment
from shared.http.problem import Problem, WrongFields
from shared.platform_limits import PAGE_ROWS
from shared.store.entities import Entity, key
from shared.store.tables import Table
from shared.twilio import client as twilio_client
from shared.twilio import signature
from shared.twilio.webhook import Webhook

log = logging.getLogger("ahoy.caller_ids")


class VerificationRequest(msgspec.Struct, kw_only=True):
    """A number to verify: Twilio rings it."""

    number: Annotated[str, Meta(description="The number, in E.164 form.")]
    name: Annotated[str, Meta(max_length=64, description="What Twilio is to call it.")] = ""
    extension: Annotated[
        str,
        Meta(max_length=20, pattern=r"^[0-9#*w]*\Z", description="Keys that are pressed once the call is answered."),
    ] = ""


class CallerId(msgspec.Struct, frozen=True):
    """A number that the line may show as caller."""

    sid: Annotated[str, Meta(description="Twilio's SID of it.")]
    number: Annotated[str, Meta(description="The number.")]
    name: Annotated[str, Meta(description="What Twilio calls it.")]


type VerificationStatus = Annotated[
    Literal["ringing", "verified", "failed"],
    Meta(title="VerificationStatus", description="How far a verification is, or how it ended."),
]


class Verification(msgspec.Struct, frozen=True):
    """A verification that was begun by the line."""

    number: Annotated[str, Meta(description="The number that is verified.")]
    at: Annotated[Moment, Meta(description="When it began.")]
    status: VerificationStatus


class CallerIdList(msgspec.Struct, frozen=True):
    """The verified numbers, and the verifications that the line began."""

    caller_ids: Annotated[list[CallerId], Meta(description="Numbers that the line may show as caller.")]
    verifications: Annotated[list[Verification], Meta(description="The latest verification of each number.")]


class VerificationStarted(msgspec.Struct, frozen=True):
    """A number that is rung."""

    number: Annotated[str, Meta(description="The number that is rung.")]
    code: Annotated[str, Meta(description="The six digits that its owner is to press.")]
    call_sid: Annotated[str, Meta(description="Twilio's SID of that call.")]


def show(req: func.HttpRequest) -> CallerIdList:
    """Return the verified numbers, and the verifications that were begun with their outcome."""
    _ = req
    client = twilio_client.client(settings.current())
    found = _ask(lambda: client.outgoing_caller_ids.list(limit=PAGE_ROWS))
    begun = [Verification(row["number"], row["at"], row["status"]) for row in _newest()]
    return CallerIdList([CallerId(one.sid, one.phone_number, one.friendly_name) for one in found], begun)


def verify(req: func.HttpRequest) -> VerificationStarted:
    """Have Twilio ring a number; return the six digits that its owner is to press.

    Raises WrongFields for what is no number, what policy.admit raises, and Problem when Twilio refuses or says nothing.
    """
    request = api.body(req, VerificationRequest)
    to = _number(request)
    _admit(to.person)
    base = signature.base_url(req, settings.current())
    client = twilio_client.client(settings.current())
    begun = _ask(
        lambda: client.validation_requests.create(
            phone_number=to.spelled, friendly_name=request.name or None,
            extension=request.extension or to.extension or None,
            status_callback=routes.url(base, routes.VERIFICATION_STATUS),
        )
    )  # fmt: skip
    _note(to.spelled, str(begun.call_sid), "ringing")
    return VerificationStarted(to.spelled, code=str(begun.validation_code), call_sid=str(begun.call_sid))


def note_verification(webhook: Webhook) -> None:
    """Twilio tells how a verification ended."""
    status, number = webhook.get("VerificationStatus"), webhook.get("To")
    log.info("the verification of %s: %s", phone.redacted(number), status)
    _note(number, webhook.get("CallSid"), "verified" if status == "success" else "failed")


def _number(request: VerificationRequest) -> phone.Address:
    try:
        found = phone.number(request.number, settings.current().twilio_phone_number)
    except phone.BadAddress as e:
        raise WrongFields({"number": str(e)}) from None
    if request.extension and found.extension:
        raise WrongFields({"extension": "the number has one already"})
    return found


def _admit(person: str) -> None:
    """Hold a verification call to what every call is held to."""
    from shared.outbound import policy

    policy.admit(person, settings.current().twilio_phone_number)


def _ask(request: Any) -> Any:
    try:
        return twilio_client.ask(request)
    except twilio_client.NoAnswer:
        raise Problem(503, "Twilio did not answer", "Try again.", retry_after_s=twilio_client.RETRY_AFTER_S) from None


def _note(number: str, call_sid: str, status: VerificationStatus) -> None:
    """Note where the verification by a call stands: it ends once, whatever is told again or late."""
    at = clock.now().isoformat(timespec="milliseconds")

    def noted(row: Entity | None) -> Entity | None:
        if row is None:
            return {"number": number, "at": at, "status": status}
        return row | {"status": status} if row["status"] == "ringing" else None

    _table(settings.current()).update(key(number), key(call_sid), noted)


def _newest() -> list[Entity]:
    """Return the latest verification of each number, of those that were begun here."""
    rows = islice(_table(settings.current()).rows(), PAGE_ROWS)
    by_number = {row["number"]: row for row in sorted(rows, key=lambda row: row["at"])}
    return list(by_number.values())


@cache
def _table(of: settings.Settings) -> Table:
    return Table(of, "verifications")
