"""Connect: the call is with a machine of the application until that session ends; then the action is asked.

Source: Twilio's page on <Connect>. A ConversationRelay whose WebSocket is lost disconnects the call unless there is an
action (its page on WebSocket messages, "Limitations").
"""

from collections.abc import Awaitable, Callable
from xml.etree import ElementTree as ET

from local.twilio.engine import relay, streaming
from local.twilio.engine.document import Document, tell
from local.twilio.engine.leg import Leg
from local.twilio.engine.others import accept
from local.twilio.engine.run import verb
from local.twilio.engine.signals import Finished, HungUp
from local.twilio.source import Source
from local.twilio.twiml import method

Session = Callable[[Leg, ET.Element, Document], Awaitable[dict[str, str]]]
SESSIONS: dict[str, Session] = {"ConversationRelay": relay.converse, "Stream": streaming.hold}


@verb("Connect")
async def connect(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Hold the session; return the action's source when there is one."""
    noun = next((noun for noun in element if noun.tag in SESSIONS), None)
    if noun is None:
        return await accept(leg, element, doc)
    try:
        outcome = await SESSIONS[noun.tag](leg, noun, doc)
    except HungUp as hung_up:
        if element.get("action"):
            await tell(leg, _action(element, doc, hung_up.outcome or {}))
        raise
    leg.note("disconnected", f"{noun.tag} {outcome.get('SessionStatus', '')}".strip(), **outcome)
    if element.get("action"):
        return _action(element, doc, outcome)
    if outcome.get("SessionStatus") == "failed":
        raise Finished
    return None


def _action(element: ET.Element, doc: Document, outcome: dict[str, str]) -> Source:
    return doc.source.beside("action", element.get("action", ""), method(element), outcome)
