"""Verbs that end a call or a document: Hangup, Reject, Redirect."""

from xml.etree import ElementTree as ET

from local.twilio.engine.document import Document
from local.twilio.engine.leg import Leg
from local.twilio.engine.run import verb
from local.twilio.engine.signals import Finished, Rejected
from local.twilio.source import Source
from local.twilio.twiml import method


@verb("Hangup")
async def hangup(leg: Leg, _: ET.Element, __: Document) -> Source | None:
    """End the call."""
    leg.note("hung_up", "the line hung up", by="line")
    raise Finished


@verb("Reject")
async def reject(leg: Leg, element: ET.Element, _: Document) -> Source | None:
    """Refuse an incoming call that nobody has answered yet; later in a document it only hangs up."""
    reason = element.get("reason", "rejected")
    leg.note("rejected", reason, reason=reason)
    if leg.call.answered:
        raise Finished
    raise Rejected("busy" if reason == "busy" else "no-answer")


@verb("Redirect")
async def redirect(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Go on with another document."""
    source = doc.source.beside("redirect", (element.text or "").strip(), method(element))
    leg.note("redirected", source.url)
    return source
