"""Queues: callers wait in line (Enqueue), leave it (Leave), or are served at its head (Dial with Queue)."""

from dataclasses import dataclass, field
from datetime import datetime
from xml.etree import ElementTree as ET

from local.twilio.engine.bridge import talk
from local.twilio.engine.document import Document, tell
from local.twilio.engine.hold import hold
from local.twilio.engine.leg import HungUp, Interruption, Leg, Moved, Signal
from local.twilio.engine.moving import method
from local.twilio.engine.run import follow, verb
from local.twilio.engine.source import Source
from local.twilio.engine.speaking import number
from local.twilio.sids import new_sid, utc_now

MAX_SIZE = 100
SERVE_S = 30


class Left(Interruption):
    """The Leave verb of the wait document."""


class Dequeued(Interruption):
    """Somebody serves this caller, or REST sends it to another document (`source`)."""

    def __init__(self, agent: Leg | None, source: Source | None) -> None:
        super().__init__()
        self.agent = agent
        self.source = source


@dataclass(frozen=True, slots=True)
class Joined(Signal):
    """Somebody joined the queue that this leg waits to serve."""


@dataclass(frozen=True, slots=True)
class Ready(Signal):
    """The caller at the head has heard what it should hear and can be talked to."""

    leg: Leg


@dataclass(slots=True)
class Member:
    """A caller in line."""

    leg: Leg
    since: datetime

    def waited_s(self) -> int:
        """Return the seconds in line."""
        return round((self.leg.clock.now() - self.since).total_seconds())


@dataclass(slots=True, eq=False)
class Queue:
    """A queue, made when somebody names it."""

    friendly_name: str
    max_size: int = MAX_SIZE
    sid: str = field(default_factory=lambda: new_sid("QU"))
    created: datetime = field(default_factory=utc_now)
    members: list[Member] = field(default_factory=list)
    agents: list[Leg] = field(default_factory=list)
    waits_s: list[int] = field(default_factory=list)

    def average_s(self) -> int:
        """Return the average wait of those who are in line."""
        waits = [member.waited_s() for member in self.members]
        return round(sum(waits) / len(waits)) if waits else 0


def named(leg: Leg, name: str) -> Queue:
    """Return the queue of a name, making it when there is none."""
    queues = leg.exchange.queues
    queue = next((queue for queue in queues.values() if queue.friendly_name == name), None) or Queue(name)
    queues[queue.sid] = queue
    return queue


@verb("Enqueue")
async def enqueue(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Wait in line; afterwards ask the action, or go on with the next verb."""
    queue = named(leg, (element.text or "").strip())
    queue.max_size = number(element, "maxQueueSize", queue.max_size)
    member = Member(leg, leg.clock.now())
    if len(queue.members) >= queue.max_size:
        return _action(element, doc, queue, member, "queue-full")
    queue.members.append(member)
    leg.note("queued", queue.friendly_name, sid=queue.sid, position=len(queue.members))
    for agent in queue.agents:
        agent.post(Joined())
    try:
        interruption = await hold(leg, lambda: _wait_source(element, doc, queue, member))
    finally:
        if member in queue.members:
            queue.members.remove(member)
    leg.call.queue_time_ms = member.waited_s() * 1000
    return await _after(leg, element, doc, queue, member, interruption)


async def _after(  # noqa: PLR0913, PLR0917 -- what a wait in line is made of
    leg: Leg, element: ET.Element, doc: Document, queue: Queue, member: Member, interruption: Interruption
) -> Source | None:
    """Go on after the wait has ended, for whatever reason."""
    if isinstance(interruption, Left):
        return _action(element, doc, queue, member, "leave")
    waited = _action(element, doc, queue, member, "bridged")
    try:
        if not isinstance(interruption, Dequeued):
            raise interruption
        if interruption.source:
            await follow(leg, interruption.source)
        if interruption.agent:
            interruption.agent.post(Ready(leg))
            await talk(leg, interruption.agent)
    except HungUp:
        was_served = isinstance(interruption, Dequeued)
        last = waited if was_served else _action(element, doc, queue, member, "hangup")
        if last:
            await tell(leg, last)
        raise
    except Moved:
        if last := _action(element, doc, queue, member, "redirected"):
            await tell(leg, last, status="in-progress")
        raise
    return waited


def _action(element: ET.Element, doc: Document, queue: Queue, member: Member, result: str) -> Source | None:
    if not element.get("action"):
        return None
    told = {"QueueResult": result, "QueueSid": queue.sid, "QueueTime": str(member.waited_s())}
    return doc.source.beside("action", element.get("action", ""), method(element), told)


def _wait_source(element: ET.Element, doc: Document, queue: Queue, member: Member) -> Source | None:
    url = element.get("waitUrl", "")
    if not url or member not in queue.members:
        return None
    told = {
        "QueuePosition": str(queue.members.index(member) + 1),
        "QueueSid": queue.sid,
        "QueueTime": str(member.waited_s()),
        "AvgQueueTime": str(queue.average_s()),
        "CurrentQueueSize": str(len(queue.members)),
        "MaxQueueSize": str(queue.max_size),
    }
    return doc.source.beside("wait", url, method(element, "waitUrlMethod"), told)


@verb("Leave")
async def leave(leg: Leg, _: ET.Element, __: Document) -> Source | None:
    """Leave the line; where nobody waits in line it does nothing."""
    if leg.waits_in_line:
        leg.note("left", "the queue")
        raise Left
    return None


async def serve(leg: Leg, dial: ET.Element, noun: ET.Element, doc: Document) -> dict[str, str]:
    """Talk with the caller at the head, waiting for one when the line is empty."""
    queue = named(leg, (noun.text or "").strip())
    member = await _head(leg, queue, number(dial, "timeout", SERVE_S))
    if not member:
        return {"DialCallStatus": "no-answer", "DialBridged": "false", "DequeueResult": "queue-empty"}
    waited_s = member.waited_s()
    url = noun.get("url", "")
    told = {"QueueSid": queue.sid, "QueueTime": str(waited_s), "DequeingCallSid": leg.call.sid}
    source = doc.source.beside("queue", url, method(noun), told) if url else None
    member.leg.interrupt(Dequeued(leg, source))
    result = {
        "DialCallStatus": "answered",
        "DialBridged": "true",
        "DequeueResult": "bridged",
        "DequeuedCallSid": member.leg.call.sid,
        "DequeuedCallQueueTime": str(waited_s),
    }
    try:
        await leg.expect(Ready)
        await talk(leg, member.leg, ends_on_star=dial.get("hangupOnStar") == "true")
    except HungUp as hung_up:
        hung_up.told = result
        raise
    return result


async def _head(leg: Leg, queue: Queue, timeout_s: float) -> Member | None:
    queue.agents.append(leg)
    try:
        if not queue.members and not await leg.expect(Joined, timeout_s):
            return None
        return queue.members.pop(0) if queue.members else None
    finally:
        queue.agents.remove(leg)
