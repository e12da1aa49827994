"""Who sends a text: the number that is named, or one of a messaging service."""

import re

from local.twilio.account import Account
from local.twilio.engine.leg import Switchboard
from local.twilio.numbering import country_of
from local.twilio.products import MessagingService
from local.twilio.records import Number
from local.twilio.rest.protocol import Form, Refusal
from local.twilio.sids import address

SERVICE_SID = re.compile(r"MG[0-9a-fA-F]{32}")
NOT_CAPABLE = "The 'From' phone number {} is not a valid, message-capable number of this account"


def sender_of(board: Switchboard, form: Form, to: str) -> tuple[str, MessagingService | None]:
    """Return the address that sends a text to `to`, and its service if it has one. Raises Refusal."""
    given, sid = form.get("From"), form.get("MessagingServiceSid")
    if given.startswith("MG") and not sid:
        given, sid = "", given
    if not given and not sid:
        raise Refusal(21603)
    service = _service(board.account, sid) if sid else None
    if given:
        return _named(board.account, given, service), service
    return (_chosen(board.account, service, to) if service else ""), service


def _service(account: Account, sid: str) -> MessagingService:
    if not SERVICE_SID.fullmatch(sid):
        raise Refusal(21705, f"The Messaging Service Sid {sid} is invalid")
    if sid not in account.messaging_services:
        raise Refusal(21701, f"The Messaging Service {sid} does not exist")
    return account.messaging_services[sid]


def _named(account: Account, given: str, service: MessagingService | None) -> str:
    from_ = address(given) or given
    number = account.numbers.get(from_.removeprefix("whatsapp:"))
    if not number:
        raise Refusal(21606, NOT_CAPABLE.format(given))
    if service and number.sid not in service.senders:
        raise Refusal(21711, f"{given} is no sender of the Messaging Service {service.sid}")
    return from_


def _chosen(account: Account, service: MessagingService, to: str) -> str:
    """Return the sender that a recipient knows already, else one of their area or country, else the first."""
    numbers = [number for number in account.numbers.values() if number.sid in service.senders]
    if not numbers:
        raise Refusal(21704, f"The Messaging Service {service.sid} contains no phone numbers")
    scheme, _, recipient = to.rpartition(":")
    if not (chosen := _known(account, service, to, numbers)):
        chosen = min(numbers, key=lambda number: _distance(service, number.phone_number, recipient))
    return f"{scheme}:{chosen.phone_number}" if scheme else chosen.phone_number


def _known(account: Account, service: MessagingService, to: str, numbers: list[Number]) -> Number | None:
    if not service.is_on("StickySender", default=True):
        return None
    sent = (one for one in reversed(account.messages.values()) if one.to == to and one.messaging_service_sid)
    latest = next((one.from_.rpartition(":")[2] for one in sent if one.messaging_service_sid == service.sid), "")
    return next((number for number in numbers if number.phone_number == latest), None)


def _distance(service: MessagingService, number: str, recipient: str) -> int:
    """Return 0 within an area code of North America, 1 within a country, 2 beyond; ties go to the oldest number."""
    is_near = recipient.startswith("+1") and number[:5] == recipient[:5]
    if is_near and service.is_on("AreaCodeGeomatch", default=True):
        return 0
    return 1 if country_of(number) == country_of(recipient) else 2
