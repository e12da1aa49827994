"""Verbs that end a call or a document: Hangup, Reject, Redirect."""

from xml.etree import ElementTree as ET

from local.twilio.engine.document import Document
from local.twilio.engine.leg import Leg
from local.twilio.engine.run import verb
from local.twilio.engine.signals import Finished, Rejected
from local.twilio.source import Source
from local.twilio.twiml import method


@verb("Hangup")
async def hangup(leg: Leg, element: ET.Element, _: Document) -> Source | None:
    """End the call."""
    _return_parameters(leg, element)
    leg.note("hung_up", "the line hung up", by="line")
    raise Finished


@verb("Reject")
async def reject(leg: Leg, element: ET.Element, _: Document) -> Source | None:
    """Refuse an incoming call that nobody has answered yet; later in a document it only hangs up."""
    _return_parameters(leg, element)
    reason = element.get("reason", "rejected")
    leg.note("rejected", reason, reason=reason)
    if leg.call.answered:
        raise Finished
    raise Rejected("busy" if reason == "busy" else "no-answer")


def _return_parameters(leg: Leg, element: ET.Element) -> None:
    """Tell the Dial that has called this application what it wants to return.

    Source: Twilio's page on <Dial><Application> usage: a Parameter of Hangup or Reject is a `ReturnParam_` there.
    """
    for parameter in element.iter("Parameter"):
        leg.returned[f"ReturnParam_{parameter.get('name', '')}"] = parameter.get("value", "")


@verb("Redirect")
async def redirect(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Go on with another document."""
    source = doc.source.beside("redirect", (element.text or "").strip(), method(element))
    leg.note("redirected", source.url)
    return source
