"""What Twilio takes of a verb and what not: told at the verb, left out, or the end of the document."""

from xml.etree import ElementTree as ET

from local.twilio import checks, codes
from local.twilio.engine.leg import Leg
from local.twilio.source import Source
from local.twilio.twiml import Unusable
from shared.flow import twiml_places

UPDATE = "update"  # of a live call by REST
# where a document is followed that is not the call's own -> the verbs that Twilio follows there, the code for others
PLACES = {
    "conference": (twiml_places.HELD.verbs, 13238),
    "queue": (twiml_places.QUEUED.verbs, codes.SCHEMA),
    "queue's caller": (twiml_places.DEQUEUED.verbs, codes.SCHEMA),
    "whisper": (twiml_places.WHISPERED.verbs, codes.NESTED_IN_DIALLED),
}


def takes(leg: Leg, verb: ET.Element, source: Source) -> bool:
    """Tell whether a verb of a document is followed; what of it is not taken is told and left out.

    Raises Unusable for what ends the document.
    """
    if source.place in PLACES and not _may_stand(leg, verb, source):
        return False
    for mistake in list(checks.mistakes(verb, relative=0 if source.url else _relative(source))):
        refuse(leg, mistake.code, mistake.text, source.url)
        if mistake.element is verb and not mistake.attribute and mistake.code == codes.SCHEMA:
            return False
        mistake.leave_out()
    return True


def _relative(source: Source) -> int:
    return codes.RELATIVE_IN_UPDATE if source.place == UPDATE else codes.INVALID_URL


def _may_stand(leg: Leg, verb: ET.Element, source: Source) -> bool:
    followed, code = PLACES[source.place]
    if verb.tag.lower() in followed:
        return True
    refuse(leg, code, f"<{verb.tag}> is not followed in a document for a {source.place}", source.url)
    return False


def refuse(leg: Leg, code: int, text: str, url: str) -> None:
    """Write what is not taken into the call's transcript and the owner's log; raises Unusable when it is an error."""
    if codes.level(code) == codes.ERROR:
        raise Unusable(code, url, text)
    warn(leg, code, text, url)


def warn(leg: Leg, code: int, text: str, url: str) -> None:
    """Write a mistake with its `code` into the transcript of the leg's call and into the owner's log.

    `text` says what it is, `url` where the document came from.
    """
    leg.note("alert", f"{code} {text}", url=url)
    leg.account.alert(code, text, leg.call.sid, url)
