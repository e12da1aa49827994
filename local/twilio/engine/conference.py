"""Conferences: who enters, when it starts, when it ends, and the callbacks that tell of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree import ElementTree as ET

from local.twilio.engine.document import Document
from local.twilio.engine.hold import hold
from local.twilio.engine.leg import HungUp, Interruption, Leg, Pressed, Signal
from local.twilio.engine.moving import method
from local.twilio.engine.source import Source
from local.twilio.engine.speaking import number
from local.twilio.sids import new_sid, rfc2822, utc_now
from local.twilio.webhooks import Webhook

MAX_PARTICIPANTS = 250
# the words of statusCallbackEvent, and the events they stand for
EVENTS = {
    "start": "conference-start",
    "end": "conference-end",
    "join": "participant-join",
    "leave": "participant-leave",
    "mute": "participant-mute participant-unmute",
    "hold": "participant-hold participant-unhold",
}


class Started(Interruption):
    """The conference begins: whoever waits for it stops waiting."""


@dataclass(frozen=True, slots=True)
class Ended(Signal):
    """The conference is over, or this participant was removed from it."""


@dataclass(slots=True)
class Participant:
    """One leg in a conference."""

    leg: Leg
    starts: bool
    ends: bool
    muted: bool
    hold: bool = False
    joined: datetime = field(default_factory=utc_now)


@dataclass(slots=True, eq=False)
class Conference:
    """A conference; `status` is init, in-progress or completed."""

    friendly_name: str
    sid: str = field(default_factory=lambda: new_sid("CF"))
    status: str = "init"
    created: datetime = field(default_factory=utc_now)
    updated: datetime = field(default_factory=utc_now)
    reason_ended: str | None = None
    call_sid_ending: str | None = None
    participants: dict[str, Participant] = field(default_factory=dict)
    callback: tuple[str, str] = ("", "POST")
    events: frozenset[str] = frozenset()
    sequence: int = 0


async def join(leg: Leg, dial: ET.Element, noun: ET.Element, doc: Document) -> dict[str, str]:
    """Take part until it ends, the participant leaves by star, or is removed."""
    conference = _found(leg, (noun.text or "").strip())
    if len(conference.participants) >= number(noun, "maxParticipants", MAX_PARTICIPANTS):
        leg.note("alert", f"conference {conference.friendly_name} is full")
        return {"DialCallStatus": "failed", "DialBridged": "false"}
    if not conference.callback[0] and (url := noun.get("statusCallback", "")):
        verb_ = method(noun, "statusCallbackMethod")
        conference.callback = (doc.source.beside("", url, verb_).url, verb_)
        conference.events = frozenset(_events(noun.get("statusCallbackEvent", "")))
    participant = Participant(
        leg=leg,
        starts=noun.get("startConferenceOnEnter", "true") != "false",
        ends=noun.get("endConferenceOnExit") == "true",
        muted=noun.get("muted") == "true",
    )
    _enter(conference, participant)
    told = {"DialCallStatus": "answered", "DialBridged": "true", "ConferenceSid": conference.sid}
    try:
        await _wait(leg, conference, _wait_source(noun, doc))
        await _listen(leg, ends_on_star=dial.get("hangupOnStar") == "true")
    except HungUp as hung_up:
        hung_up.told = told
        raise
    finally:
        leave(conference, participant)
    return told


def _events(words: str) -> Iterator[str]:
    for word in words.split():
        yield from EVENTS.get(word, word).split()


def _found(leg: Leg, name: str) -> Conference:
    """Return the running conference of a name, or a new one."""
    conferences = leg.exchange.conferences
    running = (c for c in conferences.values() if c.friendly_name == name and c.status != "completed")
    conference = next(running, None) or Conference(name)
    conferences[conference.sid] = conference
    return conference


def _wait_source(noun: ET.Element, doc: Document) -> Source | None:
    url = noun.get("waitUrl", "")
    return doc.source.beside("wait", url, method(noun, "waitMethod")) if url else None


async def _wait(leg: Leg, conference: Conference, source: Source | None) -> None:
    """Wait for the start."""
    if conference.status != "init":
        return
    if not source:
        leg.note("played", "hold music")
    interruption = await hold(leg, lambda: source)
    if not isinstance(interruption, Started):
        raise interruption


async def _listen(leg: Leg, *, ends_on_star: bool) -> None:
    while signal := await leg.expect((Ended, Pressed)):
        if isinstance(signal, Ended) or (ends_on_star and isinstance(signal, Pressed) and signal.key == "*"):
            return


def _enter(conference: Conference, participant: Participant) -> None:
    """Enter; it starts as soon as two are there and one of them may start it."""
    leg = participant.leg
    conference.participants[leg.call.sid] = participant
    leg.note("joined", f"conference {conference.friendly_name}", sid=conference.sid, muted=participant.muted)
    tell(conference, "participant-join", participant)
    there = conference.participants.values()
    if conference.status == "init" and len(there) > 1 and any(one.starts for one in there):
        conference.status = "in-progress"
        tell(conference, "conference-start", participant)
        for one in there:
            one.leg.note("conference_started", conference.friendly_name)
            if one is not participant:
                one.leg.interrupt(Started())


def leave(conference: Conference, participant: Participant) -> None:
    """Leave; the last one, or one whose leaving ends it, ends it for all."""
    leg = participant.leg
    if conference.participants.pop(leg.call.sid, None) is None:
        return
    leg.note("left", f"conference {conference.friendly_name}")
    tell(conference, "participant-leave", participant)
    if participant.ends:
        end(conference, "participant-with-end-conference-on-exit-left", participant)
    elif not conference.participants:
        end(conference, "last-participant-left", participant)


def end(conference: Conference, reason: str, participant: Participant | None) -> None:
    """End it for everybody who is still there."""
    if conference.status == "completed":
        return
    conference.status, conference.reason_ended, conference.updated = "completed", reason, utc_now()
    conference.call_sid_ending = participant.leg.call.sid if participant else None
    teller = participant or next(iter(conference.participants.values()), None)
    for one in list(conference.participants.values()):
        if one.leg.waits_in_line:
            one.leg.interrupt(Started())
        one.leg.post(Ended())
        conference.participants.pop(one.leg.call.sid)
        tell(conference, "participant-leave", one)
    tell(conference, "conference-end", teller)


def tell(conference: Conference, event: str, about: Participant | None) -> None:
    """Send an event to the conference's callback, when it was asked for."""
    conference.sequence += 1
    url, verb_ = conference.callback
    if not url or event not in conference.events or about is None:
        return
    exchange, call = about.leg.exchange, about.leg.call
    parameters = {
        "ConferenceSid": conference.sid,
        "FriendlyName": conference.friendly_name,
        "AccountSid": exchange.account_sid,
        "StatusCallbackEvent": event,
        "SequenceNumber": str(conference.sequence),
        "Timestamp": rfc2822(about.leg.clock.now()) or "",
    }
    if event.startswith("participant"):
        parameters |= {
            "CallSid": call.sid,
            "Muted": str(about.muted).lower(),
            "Hold": str(about.hold).lower(),
            "Coaching": "false",
            "StartConferenceOnEnter": str(about.starts).lower(),
            "EndConferenceOnExit": str(about.ends).lower(),
        }
    if event == "conference-end":
        parameters["ReasonConferenceEnded"] = conference.reason_ended or ""
    exchange.courier.in_order(Webhook("conference", conference.sid, url, verb_, parameters), about.leg.clock)
