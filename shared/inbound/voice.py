"""A call goes through the flow: it begins, moves to a scene, or goes on after a step. Each answer is one document.

Where a call is stands in the addresses that its documents name, so any instance can answer any request. Storage is
never asked: a person waits.

A browser's page and a SIP phone write `To` themselves. They may choose among the file's lines; any other is taken for
the line's own number, so that none of them reaches what the file does not name.
"""

import logging
import time
from copy import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from shared import flow, phone, routes, settings
from shared.flow.model import (
    ENDING,
    NO_PHONES,
    Bridge,
    Callers,
    Element,
    Gather,
    Hours,
    Own,
    Record,
    RouteUrl,
    SceneUrl,
    Step,
    Template,
)
from shared.frozen import Frozen
from shared.person import identity
from shared.twilio import twiml
from shared.twilio.webhook import APOLOGY_CALL, Webhook

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_JUMPS = 50  # scenes in one document; the checker finds circles, this ends what it cannot see

log = logging.getLogger("ahoy.voice")


class Place(Frozen):
    """A step of a scene, as its address names it; `attempt` counts how often a gather has asked."""

    scene: str
    step: str
    attempt: str = ""


def begin(webhook: Webhook) -> str:
    """Return the document that a call begins with."""
    webhook = _called(webhook)
    own = webhook.get("From" if webhook.get("Direction").startswith("outbound") else "To")
    return _document(webhook, flow.current().line_of(own).start)


def scene(webhook: Webhook, name: str) -> str:
    """Return the document of a scene; one that is not there is an error of ours, never of the caller."""
    return _document(_called(webhook), name)


def after(webhook: Webhook, at: Place) -> str:
    """Return the document that follows what happened in a step."""
    webhook = _called(webhook)
    steps = flow.current().scenes.get(at.scene, ())
    number = int(at.step) if at.step.isascii() and at.step.isdigit() and len(at.step) < 6 else len(steps)
    step = steps[number] if number < len(steps) else None
    if not isinstance(step, Gather | Bridge | Record):  # no other one is asked what follows it
        return _lost(webhook, f"{at.scene}/{at.step}")
    if isinstance(step, Bridge) and _is_missed(step, webhook):
        from shared.inbound import status_callbacks  # nobody waits any more

        status_callbacks.missed(webhook)
    target, repeat = _next(step, webhook, int(at.attempt) if at.attempt in _ATTEMPTS else 1)
    if repeat:
        return _document(webhook, at.scene, number, repeat)
    return _document(webhook, target) if target else _document(webhook, at.scene, number + 1)


def _is_no_phone(webhook: Webhook) -> bool:
    return webhook.sender.startswith(NO_PHONES)


def _called(webhook: Webhook) -> Webhook:
    """Return the request with a number of ours as the called one."""
    if not _is_no_phone(webhook) or webhook.line in flow.current().lines:
        return webhook
    own = settings.current().twilio_phone_number
    return Webhook(webhook.parameters | {"To": own, "Called": own}, webhook.base)


_ATTEMPTS = frozenset(str(number) for number in range(1, 11))


def _next(step: Gather | Bridge | Record, webhook: Webhook, attempt: int) -> tuple[str, int]:
    """Return the scene that follows, empty for the next step, and the next attempt when the step is to be repeated."""
    match step:
        case Gather():
            return _gathered(step, webhook, attempt)
        case Bridge(outcomes=outcomes):
            return outcomes.get(_outcome(step, webhook), ""), 0
        case Record(then=then):
            return then, 0


def _outcome(step: Bridge, webhook: Webhook) -> str:
    """Return how connecting ended; where nobody talked with anybody it is a call that nobody answers.

    So it is in a queue in which nobody waits, and after a phone that was picked up and whose whisper was refused, by a
    person or by a voicemail box: that comes as `completed`, and `DialBridged` alone tells it from a conversation.
    """
    outcome = webhook.get(step.told_by)
    is_nobody_there = webhook.get("DequeueResult") in {"queue-empty", "queue-not-found"}
    is_refused = outcome == "completed" and webhook.get("DialBridged") == "false"
    return "no-answer" if is_nobody_there or is_refused else outcome


def _is_missed(step: Bridge, webhook: Webhook) -> bool:
    """Whether a caller has hung up before anybody talked with them: while phones rang, or in a queue."""
    is_over = webhook.get("CallStatus") == "completed" and webhook.get("Direction") == "inbound"
    return is_over and _outcome(step, webhook) in _UNREACHED


# Source: Twilio, `DialCallStatus` and `QueueResult`, of a connection that did not come about.
_UNREACHED = frozenset(["busy", "no-answer", "failed", "canceled", "hangup"])


def _gathered(step: Gather, webhook: Webhook, attempt: int) -> tuple[str, int]:
    from shared.words import folded

    pressed, said = webhook.get("Digits"), folded(webhook.get("SpeechResult"))
    if chosen := _chosen(step.choices, pressed, said) or (step.then if pressed or said else ""):
        return chosen, 0
    if attempt < step.attempts:
        return "", attempt + 1
    return (step.wrong if pressed or said else step.no_input), 0


def _chosen(choices: dict[str, str], pressed: str, said: str) -> str:
    """Return the scene of what was pressed or said: the whole of it, or the longest choice whose words are in it."""
    if pressed in choices or said in choices:
        return choices.get(pressed) or choices[said]
    within = [choice for choice in choices if f" {choice} " in f" {said} "]
    return choices[max(within, key=len)] if within else ""


def _document(webhook: Webhook, name: str, first: int = 0, attempt: int = 1) -> str:
    """Return the document of a scene from a step on; one that is the same for every call is built once."""
    if _is_constant(name) and not _is_no_phone(webhook):
        return _constant(webhook.base, name, first, attempt)
    return _built(webhook, name, first, attempt)


@lru_cache(maxsize=256)
def _constant(base: str, name: str, first: int, attempt: int) -> str:
    return _built(Webhook({}, base), name, first, attempt)


@cache
def _is_constant(name: str) -> bool:
    """Whether nothing in a scene depends on the call or the hour."""
    return all(_is_fixed(step) for step in flow.current().scenes.get(name, (Own,)))


def _is_fixed(step: object) -> bool:
    match step:
        case Gather(element=element) | Bridge(element=element) | Record(element=element, no_input=""):
            return _is_fixed(element)  # with `no_input` the document goes on in another scene
        case Element(name="sms"):
            return False  # whether there is anybody to text
        case Element(attributes=attributes, parts=parts):
            return all(_is_fixed(value) for value in (*attributes.values(), *parts))
        case Template(text=text):
            return "$" not in text
        case SceneUrl() | RouteUrl() | str() | int():
            return True
        case _:
            return False


def _built(webhook: Webhook, name: str, first: int, attempt: int) -> str:
    scenes = flow.current().scenes
    document, began_s = list[str](), time.monotonic()
    for _ in range(MAX_JUMPS):
        if name not in scenes:
            return _lost(webhook, name)
        name = _add_steps(document, webhook, (name, first, attempt), scenes[name], began_s)
        if not name:
            return twiml.document(document)
        first, attempt = 0, 1
    raise RecursionError(f"more than {MAX_JUMPS} scenes led to each other")


def _lost(webhook: Webhook, where: str) -> str:
    """Apologise for a place that the file does not have: it is broken, or was changed while the call went on."""
    log.error("call %s came to %r, which the flow does not have", webhook.sid, where[:80])
    return APOLOGY_CALL


def _add_steps(
    document: list[str], webhook: Webhook, at: tuple[str, int, int], steps: tuple[Step, ...], began_s: float
) -> str:
    """Append steps for as long as the document itself goes on; return the scene to go on with, if any."""
    name, first, attempt = at
    for number, step in enumerate(steps[first:], first):
        action = _action(webhook, name, number, attempt)
        if (following := _add_step(document, webhook, step, action, began_s)) is not None:
            return following
    return ""


def _add_step(document: list[str], webhook: Webhook, step: Step, action: dict[str, str], began_s: float) -> str | None:
    """Append a step; return the scene that follows in this document, empty for its end, None for the next step."""
    match step:
        case Hours() | Callers():
            return _turned(step, webhook) or None
        case Gather(element=element):
            document += twiml.elements(element, webhook, action)
            return ""  # its action is always asked, even after silence
        case Bridge(element=element, outcomes=outcomes):
            document += twiml.elements(_shown(webhook, element), webhook, action if outcomes else {})
            return "" if outcomes else None
        case Record(element=element, no_input=no_input):
            document += twiml.elements(element, webhook, action)
            return no_input or None  # silence: Twilio goes on in this document
        case Own():
            document += _own(step, webhook, began_s)
            return None
        case Element(name=verb):
            document += _text(step, webhook) if verb == "sms" else twiml.elements(step, webhook)
            return "" if verb in ENDING else None


def _shown(webhook: Webhook, element: Element) -> Element:
    """Return a dial in which a phone sees the line of whoever has no number: Twilio would connect nobody otherwise."""
    is_to_phone = any(isinstance(part, Element) and part.name == "number" for part in element.parts)
    shown = twiml.given(element.attributes.get("caller_id", webhook.sender), webhook)
    if not (_is_no_phone(webhook) and is_to_phone and shown == webhook.sender):
        return element
    return replace(element, attributes=element.attributes | {"caller_id": webhook.line})


def _text(step: Element, webhook: Webhook) -> "Iterable[str]":
    """Return a text to the other party unless it names another; nobody is texted who cannot be."""
    party = webhook.line if webhook.get("Direction").startswith("outbound") else webhook.sender
    if not phone.can_be_texted(str(twiml.given(step.attributes.get("to", party), webhook))):
        log.info("call %s: no text is sent, there is no number to send it to", webhook.sid)
        return ()
    return twiml.elements(step, webhook, {"from_": webhook.line} if _is_no_phone(webhook) else {})


def _turned(step: Hours | Callers, webhook: Webhook) -> str:
    """Return the scene that a condition turns to, empty when the call goes on."""
    if isinstance(step, Callers):
        return _sorted(step, webhook.sender)
    from shared import clock

    return step.then if step.week.is_open(clock.now()) else step.closed


def _sorted(step: Callers, caller: str) -> str:
    is_hidden = step.is_hidden_matched and phone.is_hidden(caller)
    whom = identity(caller)
    is_matched = is_hidden or whom in step.numbers or any(one.startswith(step.prefixes) for one in (caller, whom))
    return step.then if is_matched else step.otherwise


def _action(webhook: Webhook, name: str, number: int, attempt: int) -> dict[str, str]:
    url = routes.url(webhook.base, routes.STEP, scene=name, step=str(number))
    return {"action": url if attempt == 1 else f"{url}?attempt={attempt}"}


def _own(step: Own, webhook: Webhook, began_s: float) -> "Iterable[str]":
    """Return what an owner's own verb builds; the document was begun at `began_s` of the monotonic clock."""
    from shared.flow.verb_api import Call
    from shared.inbound import own_verbs

    call = Call(
        sid=webhook.sid,
        from_=webhook.sender,
        to=webhook.line,
        parameters=dict(webhook.parameters),
        base=webhook.base,
    )
    return map(twiml.verb, own_verbs.ask(step, call, own_verbs.budget(began_s)))
