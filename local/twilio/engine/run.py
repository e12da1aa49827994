"""Running documents: verb by verb, document after document, until one ends without naming another."""

from collections.abc import Awaitable, Callable
from xml.etree import ElementTree as ET

from local.twilio.codes import SCHEMA
from local.twilio.engine import document
from local.twilio.engine.document import Document
from local.twilio.engine.leg import Leg
from local.twilio.engine.signals import Finished, Moved
from local.twilio.engine.states import pick_up
from local.twilio.engine.taking import takes, warn
from local.twilio.source import Source
from local.twilio.twiml import Unusable

APOLOGY = "We're sorry, an application error has occurred. Goodbye."
MAX_CALL_S = 4 * 3600

Verb = Callable[[Leg, ET.Element, Document], Awaitable[Source | None]]
VERBS: dict[str, Verb] = {}


def verb(name: str) -> Callable[[Verb], Verb]:
    """Register the function that runs an element.

    It is given the leg, the element and the document that it stands in. It returns the source of the next document, or
    None to go on with the next verb, and raises what interrupts the leg.
    """

    def register(run: Verb) -> Verb:
        VERBS[name] = run
        return run

    return register


async def follow(leg: Leg, source: Source | None) -> None:
    """Follow the documents; returns when the last one has ended. Raises what interrupts the leg for good."""
    while source:
        try:
            source = await _play(leg, await document.fetch(leg, source))
        except Moved as moved:
            source = moved.source
        except Unusable as unusable:
            warn(leg, unusable.code, str(unusable), unusable.url)
            source = source and document.instead(leg, source, unusable)
            if not source:
                pick_up(leg)
                leg.note("said", APOLOGY)
                raise Finished from None


async def _play(leg: Leg, doc: Document) -> Source | None:
    for element in doc.verbs:
        source = await _run(leg, element, doc)
        if source:
            return source
    return None


async def _run(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    if not takes(leg, element, doc.source):
        return None
    run = VERBS.get(element.tag)
    if not run:
        warn(leg, SCHEMA, f"<{element.tag}> is no verb", doc.source.url)
        return None
    if _is_answer(element):
        pick_up(leg)
    if leg.call.answered and (leg.clock.now() - leg.call.answered).total_seconds() > MAX_CALL_S:
        raise Finished
    return await run(leg, element, doc)


def _is_answer(element: ET.Element) -> bool:
    """Tell whether a verb answers an incoming call: not a Reject, nor a Dial, which may answer with its callee."""
    return element.tag not in {"Reject", "Dial"}
