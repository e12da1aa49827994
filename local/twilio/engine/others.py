"""Sms, Refer, and the verbs that speak with machines which this stand-in has not: those are noted as not played."""

import logging
from xml.etree import ElementTree as ET

from local.twilio.engine import carrier
from local.twilio.engine.document import Document
from local.twilio.engine.leg import Leg
from local.twilio.engine.run import VERBS, verb
from local.twilio.engine.signals import Finished
from local.twilio.engine.taking import warn
from local.twilio.records import Message
from local.twilio.source import Source
from local.twilio.twiml import method

log = logging.getLogger("twilio.calls")


@verb("Sms")
async def sms(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Send a text during a call, to the other party unless told otherwise."""
    is_inbound = leg.call.direction == "inbound"
    theirs, ours = (leg.call.from_, leg.call.to) if is_inbound else (leg.call.to, leg.call.from_)
    message = Message(
        element.get("to") or theirs, element.get("from") or ours, (element.text or "").strip(), "outbound-call"
    )
    status = "sent"
    if refused := carrier.refusal(leg.account, message):
        code, why = refused
        warn(leg, code, f"<Sms>: {why}", doc.source.url)
        status = "failed"
    else:
        url = element.get("statusCallback", "")
        carrier.submit(leg.board, message, (doc.source.beside("", url, "POST").url if url else "", "POST"))
        leg.note("texted", message.body, to=message.to, sid=message.sid)
    if not element.get("action"):
        return None
    outcome = {"MessageSid": message.sid, "SmsSid": message.sid, "MessageStatus": status, "SmsStatus": status}
    return doc.source.beside("action", element.get("action", ""), method(element), outcome)


@verb("Refer")
async def refer(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Hand a SIP call over to another address; the call leaves the line, after the action was asked."""
    target = (element.findtext("Sip") or "").strip()
    leg.note("referred", target)
    if element.get("action"):
        outcome = {"ReferCallStatus": "completed", "ReferSipResponseCode": "202", "NotifySipResponseCode": "200"}
        return doc.source.beside("action", element.get("action", ""), method(element), outcome)
    raise Finished


def not_played(leg: Leg, element: ET.Element, why: str = "the local Twilio has no such machine") -> None:
    """Say in the call's transcript and in the log that an element was there and did nothing, and why."""
    nouns = " ".join([element.tag, *(noun.tag for noun in element)])
    leg.note("not_played", f"{nouns}: {why}", **element.attrib)
    log.warning("%s: %s is not played: %s", leg.call.sid, nouns, why)


async def accept(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Say that the verb is not played here, and ask its action when it has one."""
    not_played(leg, element)
    if not element.get("action"):
        return None
    return doc.source.beside("action", element.get("action", ""), method(element))


VERBS |= dict.fromkeys(("Pay", "Prompt", "Echo"), accept)
