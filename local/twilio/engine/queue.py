"""Queues: callers wait in line (Enqueue), leave it (Leave), or are served at its head (Dial with Queue)."""

from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from local.twilio.engine import dial_recording
from local.twilio.engine.bridge import talk
from local.twilio.engine.document import Document, tell
from local.twilio.engine.hold import hold
from local.twilio.engine.leg import Leg
from local.twilio.engine.run import follow, verb
from local.twilio.engine.signals import HungUp, Interruption, Moved, Signal
from local.twilio.records import Member, Queue
from local.twilio.source import Source
from local.twilio.twiml import method, whole_number

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


@dataclass(frozen=True, slots=True)
class _Wait:
    """A caller's wait in line, and the Enqueue that asked for it."""

    element: ET.Element
    doc: Document
    queue: Queue
    member: Member

    def action(self, result: str) -> Source | None:
        """Return what to ask after the wait, when the verb names an action; `result` is a QueueResult."""
        if not self.element.get("action"):
            return None
        parameters = {"QueueResult": result}
        if result != "queue-full":  # Twilio: the others only "if the call was actually enqueued"
            parameters |= {"QueueSid": self.queue.sid, "QueueTime": str(self.member.waited_s())}
        return self.doc.source.beside("action", self.element.get("action", ""), method(self.element), parameters)

    def document(self) -> Source | None:
        """Return what the caller hears while it is in line, when the verb names that."""
        url, queue = self.element.get("waitUrl", ""), self.queue
        if not url or self.member not in queue.members:
            return None
        parameters = {
            "QueuePosition": str(queue.members.index(self.member) + 1),
            "QueueSid": queue.sid,
            "QueueTime": str(self.member.waited_s()),
            "AvgQueueTime": str(queue.average_s()),
            "CurrentQueueSize": str(len(queue.members)),
            "MaxQueueSize": str(queue.max_size),
        }
        http_method = method(self.element, "waitUrlMethod")
        return self.doc.source.beside("wait", url, http_method, parameters).heard_in("queue")


@verb("Enqueue")
async def enqueue(leg: Leg, element: ET.Element, doc: Document) -> Source | None:
    """Wait in line; afterwards ask the action, or go on with the next verb."""
    queue = _queue_of(leg, (element.text or "").strip())
    queue.max_size = whole_number(element, "maxQueueSize", queue.max_size)
    member = Member(leg.call, leg.clock, leg.clock.now())
    wait = _Wait(element, doc, queue, member)
    if len(queue.members) >= queue.max_size:
        return wait.action("queue-full")
    queue.members.append(member)
    leg.note("queued", queue.friendly_name, sid=queue.sid, position=len(queue.members))
    if element.get("waitUrl") is None:
        leg.note("played", "hold music")
    for agent in queue.agents:
        leg.board.legs[agent].post(Joined())
    try:
        interruption = await hold(leg, wait.document)
    finally:
        if member in queue.members:
            queue.members.remove(member)
    leg.call.queue_time_ms = member.waited_s() * 1000
    return await _go_on(leg, wait, interruption)


def _queue_of(leg: Leg, name: str) -> Queue:
    """Return the queue of a name, making it when there is none."""
    queue = _known_queue(leg, name) or Queue(name)
    leg.account.queues[queue.sid] = queue
    return queue


def _known_queue(leg: Leg, name: str) -> Queue | None:
    return next((queue for queue in leg.account.queues.values() if queue.friendly_name == name), None)


async def _go_on(leg: Leg, wait: _Wait, interruption: Interruption) -> Source | None:
    """Go on after the wait has ended, for whatever reason."""
    if isinstance(interruption, Left):
        return wait.action("leave")
    bridged = wait.action("bridged")
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
        if action := bridged if was_served else wait.action("hangup"):
            await tell(leg, action)
        raise
    except Moved:
        is_bridged = isinstance(interruption, Dequeued) and interruption.agent
        if action := wait.action("redirected-from-bridged" if is_bridged else "redirected"):
            await tell(leg, action, status="in-progress")
        raise
    return bridged


@verb("Leave")
async def leave(leg: Leg, _: ET.Element, __: Document) -> Source | None:
    """Leave the line; where nobody waits in line it does nothing."""
    if leg.waits_in_line:
        leg.note("left", "the queue")
        raise Left
    return None


async def serve(leg: Leg, dial: ET.Element, noun: ET.Element, doc: Document) -> dict[str, str]:
    """Talk with the caller at the head, waiting for one when the line is empty; return what the Dial's action is told.

    A queue that nobody has named or made is `queue-not-found`, at once.

    `dial` is the verb, `noun` the Queue in it, `doc` where both stand. Raises what interrupts the leg.
    """
    queue = _known_queue(leg, (noun.text or "").strip())
    if not queue:
        return {"DialCallStatus": "failed", "DialBridged": "false", "DequeueResult": "queue-not-found"}
    member = await _head(leg, queue, whole_number(dial, "timeout", SERVE_S))
    if not member:
        return {"DialCallStatus": "no-answer", "DialBridged": "false", "DequeueResult": "queue-empty"}
    waited_s = member.waited_s()
    url = noun.get("url", "")
    parameters = {"QueueSid": queue.sid, "QueueTime": str(waited_s), "DequeingCallSid": leg.call.sid}
    source = doc.source.beside("queue", url, method(noun), parameters).heard_in("queue's caller") if url else None
    waiting = leg.board.legs[member.call.sid]
    waiting.interrupt(Dequeued(leg, source))
    outcome = {
        "DialCallStatus": "answered",
        "DialBridged": "true",
        "DequeueResult": "bridged",
        "QueueSid": queue.sid,
        "DequeuedCallSid": member.call.sid,
        "DequeuedCallQueueTime": str(waited_s),
    }
    try:
        await leg.expect(Ready)
    except Interruption as interruption:
        interruption.outcome = outcome
        raise
    recording = dial_recording.begin(leg, dial, doc, "record-from-")
    return await dial_recording.recorded(leg, recording, _talk(leg, dial, waiting, outcome))


async def _talk(leg: Leg, dial: ET.Element, waiting: Leg, outcome: dict[str, str]) -> dict[str, str]:
    """Talk, and return what the Dial's action is told: the `outcome` of reaching somebody, and how long it lasted."""
    began = leg.clock.now()
    try:
        await talk(leg, waiting, ends_on_star=dial.get("hangupOnStar") == "true")
    except Interruption as interruption:
        interruption.outcome = outcome | _lasted(leg, began)
        raise
    return outcome | _lasted(leg, began)


def _lasted(leg: Leg, began: datetime) -> dict[str, str]:
    return {"DequeuedCallDuration": str(round((leg.clock.now() - began).total_seconds()))}


async def _head(leg: Leg, queue: Queue, timeout_s: float) -> Member | None:
    queue.agents.append(leg.call.sid)
    try:
        if not queue.members and not await leg.expect(Joined, timeout_s):
            return None
        return queue.members.pop(0) if queue.members else None
    finally:
        queue.agents.remove(leg.call.sid)
