"""Getting a document: ask, check, read. What cannot be used becomes an alert, the fallback URL, or the end."""

import asyncio
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from local.twilio.engine.leg import Leg
from local.twilio.engine.taking import warn
from local.twilio.source import Source
from local.twilio.twiml import Unusable, parse, read
from local.twilio.webhooks import Undelivered


@dataclass(frozen=True, slots=True)
class Document:
    """Verbs, and where they came from."""

    verbs: list[ET.Element]
    source: Source


async def fetch(leg: Leg, source: Source) -> Document:
    """Return the document of a source; raises Unusable."""
    if source.twiml:
        await asyncio.sleep(0)  # a document that leads to itself within no time leaves the others their turn
        leg.check()
        leg.note("webhook", f"{source.kind} by REST", document=source.twiml)
        return Document(parse(source.twiml, source.url), source)
    leg.check()
    try:
        answer = await leg.unless_interrupted(leg.board.courier.deliver(leg.webhook(source), leg.cookies))
    except Undelivered as e:
        raise Unusable(e.code, e.url, str(e)) from None
    leg.note("webhook", f"{source.kind} {source.url}", status=answer.status, document=answer.body)
    return Document(read(answer), source)


def instead(leg: Leg, source: Source, unusable: Unusable) -> Source | None:
    """Return the source of the call's fallback URL, which is told what was `unusable`; None when there is none."""
    if not leg.fallback or source.kind == "fallback":
        return None
    error = {"ErrorCode": str(unusable.code), "ErrorUrl": unusable.url}
    return Source("fallback", leg.fallback.url, leg.fallback.method, source.parameters | error)


async def tell(leg: Leg, source: Source, status: str = "completed") -> None:
    """Ask an action that nobody will hear the answer of, since the person has hung up; `status` is the call's then."""
    request = leg.webhook(source)
    request.parameters["CallStatus"] = status
    try:
        await leg.board.courier.deliver(request, leg.cookies)
    except Undelivered as e:
        warn(leg, e.code, str(e), e.url)
    leg.note("webhook", f"{source.kind} {source.url}", after_hang_up=True)
