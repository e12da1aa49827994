"""Numbers that the line may show as caller: its own and those whose owner has verified them.

To verify one, Twilio rings it and asks for the six digits that our answer shows; it tells the outcome by a callback.
"""

import logging
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import Annotated, Any, TypedDict

import azure.functions as func
import msgspec

from shared import phone, routes, settings
from shared.http import api
from shared.http.problem import Problem, WrongFields
from shared.platform_limits import PAGE_ROWS
from shared.store.tables import Entity, Table, key
from shared.twilio import client as twilio_client
from shared.twilio import signature
from shared.twilio.webhook import Webhook

log = logging.getLogger("ahoy.caller_ids")


class Verification(msgspec.Struct, kw_only=True):
    """The body of POST caller-ids. `extension` is dialled once the call is answered."""

    number: str
    name: Annotated[str, msgspec.Meta(max_length=64)] = ""
    extension: Annotated[str, msgspec.Meta(max_length=20, pattern="^[0-9#*w]*$")] = ""


class CallerId(TypedDict):
    """A number that the line may show as caller."""

    sid: str
    number: str
    name: str


class Begun(TypedDict):
    """A verification: `status` is ringing, verified or failed."""

    number: str
    at: str
    status: str


class CallerIds(TypedDict):
    """The verified numbers, and the verifications that were begun here."""

    caller_ids: list[CallerId]
    verifications: list[Begun]


class Ringing(TypedDict):
    """The number that is rung, and the six digits that its owner is to press."""

    number: str
    code: str
    call_sid: str


def show(req: func.HttpRequest) -> dict[str, Any]:
    """Return the verified numbers, and the verifications that were begun with their outcome."""
    _ = req
    client = twilio_client.client(settings.current())
    found = _ask(lambda: client.outgoing_caller_ids.list(limit=PAGE_ROWS))
    begun = [{name: row[name] for name in ("number", "at", "status")} for row in _newest()]
    verified = [{"sid": one.sid, "number": one.phone_number, "name": one.friendly_name} for one in found]
    return {"caller_ids": verified, "verifications": begun}


def verify(req: func.HttpRequest) -> dict[str, Any]:
    """Have Twilio ring a number; return the six digits that its owner is to press."""
    wanted = api.body(req, Verification)
    try:
        number = phone.e164(wanted.number)
    except phone.BadAddress as e:
        raise WrongFields({"number": str(e)}) from None
    _admit(number)
    base = signature.base_url(req, settings.current())
    client = twilio_client.client(settings.current())
    begun = _ask(
        lambda: client.validation_requests.create(
            phone_number=number, friendly_name=wanted.name or None, extension=wanted.extension or None,
            status_callback=routes.url(base, routes.VERIFICATION_STATUS),
        )
    )  # fmt: skip
    _note(number, str(begun.call_sid), "ringing")
    return {"number": number, "code": str(begun.validation_code), "call_sid": str(begun.call_sid)}


def note_verification(webhook: Webhook) -> None:
    """Twilio tells how a verification ended."""
    status, number = webhook.get("VerificationStatus"), webhook.get("To")
    log.info("the verification of %s: %s", phone.redacted(number), status)
    _note(number, webhook.get("CallSid"), "verified" if status == "success" else "failed")


def _admit(number: str) -> None:
    """Hold a verification call to what every call is held to."""
    from shared.outbound import policy

    policy.admit(number, settings.current().twilio_phone_number)


def _ask(request: Any) -> Any:
    try:
        return twilio_client.ask(request)
    except twilio_client.NoAnswer:
        raise Problem(503, "Twilio did not answer", "Try again.", retry_after_s=twilio_client.RETRY_AFTER_S) from None


def _note(number: str, call_sid: str, status: str) -> None:
    """Note where the verification by a call stands: it ends once, whatever is told again or late."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")

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
