"""Which ways of a flow a story goes: what the app decides is written down while it decides it.

The app's own functions decide; they are only listened to. What no function decides (a scene that a document names, a
record in which nobody spoke) is seen by where the call has been.
"""

import contextlib
from collections.abc import Iterable, Iterator
from copy import replace
from itertools import pairwise
from typing import Any
from unittest import mock

from local.tell.ways import OTHER, TEXTS, Key, answering
from local.twilio.people import Call, Event
from shared.flow import graph
from shared.flow.model import Answer, Bridge, Callers, Element, Flow, Gather, Hours, Messages, Record
from shared.inbound import texts, voice
from shared.twilio.webhook import Webhook
from shared.words import folded

_THEN = "then"  # a name that a condition is given to see whether it takes its first way


class Watch:
    """The ways that a line has gone since the watch began."""

    def __init__(self, played: Flow) -> None:
        self.gone: set[Key] = set()
        self._played = played
        self._at = {id(step): (name, at) for name, steps in played.scenes.items() for at, step in enumerate(steps)}
        self._answering = answering(played)
        self._been: dict[str, set[str]] = {}  # SID of a call -> the scenes that it has been in

    def note(self, step: Any, label: str) -> None:
        """Note a way out of a step."""
        if id(step) in self._at:
            self.gone.add((*self._at[id(step)], label))

    def enter(self, webhook: Webhook, scene: str) -> None:
        """Note where a call is."""
        if scene:
            self._been.setdefault(webhook.sid, set()).add(scene)

    def named(self, webhook: Webhook, scene: str) -> None:
        """Note the ways by which documents led a call, or the call that dialled it, to a scene."""
        been = self._been.get(webhook.sid, set()) | self._been.get(webhook.get("ParentCallSid"), set())
        for step in self._steps(been):
            for label, target in linked(step):
                if target == scene:
                    self.note(step, label)

    def answered(self, messages: Messages, body: str) -> None:
        """Note which answer a text got."""
        whole = folded(body)
        keyword = next((word for word in (whole, whole.partition(" ")[0]) if word in messages.keywords), OTHER)
        self.gone.add((TEXTS, self._answering.index(messages), keyword))

    def silences(self, calls: Iterable[Call]) -> None:
        """Note the records in which nobody spoke."""
        for call in calls:
            if _was_silent(call.transcript):
                for step in self._steps(self._been.get(call.sid, set())):
                    if isinstance(step, Record) and step.no_input:
                        self.note(step, "no input")

    def _steps(self, scenes: Iterable[str]) -> Iterator[Any]:
        for scene in scenes:
            yield from self._played.scenes.get(scene, ())


def linked(step: Any) -> Iterator[tuple[str, str]]:
    """Return the ways out of a step that its document names, as label and scene."""
    if isinstance(step, Element | Bridge):
        yield from ((label, target) for label, target in graph.exits(step) if label not in graph.OUTCOMES.values())


def _was_silent(events: list[Event]) -> bool:
    for event, following in pairwise(events):
        if event.kind == "listening" and event.text == "recording" and following.kind in {"said", "played", "paused"}:
            return True
    return False


def _label(step: Gather | Bridge | Record, webhook: Webhook, target: str) -> str:
    """Return which way out of a step leads to what followed it."""
    match step:
        case Gather(choices=choices):
            pressed, said = webhook.get("Digits"), folded(webhook.get("SpeechResult"))
            if chosen := voice._chosen({choice: choice for choice in choices}, pressed, said):  # noqa: SLF001 -- what decides
                return chosen
            return ("any input" if step.then else "wrong") if pressed or said else "no input"
        case Bridge():
            outcome = voice._outcome(step, webhook)  # noqa: SLF001 -- what decides
            same = (label for status, label in graph.OUTCOMES.items() if step.outcomes.get(status) == target)
            return graph.OUTCOMES.get(outcome) or next(same, "")
        case Record():
            return "recorded"


@contextlib.contextmanager
def watching(watch: Watch) -> Iterator[Watch]:
    """Let a watch listen to the app of this process while the block runs."""
    turned, went_on, scene, document, choose = (
        voice._turned, voice._next, voice.scene, voice._document, texts.choose,  # noqa: SLF001 -- what decides
    )  # fmt: skip

    def on_turned(step: Hours | Callers, webhook: Webhook) -> str:
        target = turned(step, webhook)
        is_first = turned(replace(step, then=_THEN), webhook) == _THEN  # type: ignore[arg-type]  # each keeps its type
        first, second = ("open", "closed") if isinstance(step, Hours) else ("matching callers", "other callers")
        watch.note(step, first if is_first else second)
        watch.enter(webhook, target)
        return target

    def on_went_on(step: Gather | Bridge | Record, webhook: Webhook, attempt: int) -> tuple[str, int]:
        target, repeat = went_on(step, webhook, attempt)
        if target and not repeat:
            watch.note(step, _label(step, webhook, target))
        return target, repeat

    def on_scene(webhook: Webhook, name: str) -> str:
        watch.named(webhook, name)
        return scene(webhook, name)

    def on_document(webhook: Webhook, name: str, first: int = 0, attempt: int = 1) -> str:
        watch.enter(webhook, name)
        return document(webhook, name, first, attempt)

    def on_choose(messages: Messages, body: str) -> Answer | None:
        answer = choose(messages, body)
        if answer:
            watch.answered(messages, body)
        return answer

    with contextlib.ExitStack() as listening:
        for room, name, listener in (
            (voice, "_turned", on_turned), (voice, "_next", on_went_on), (voice, "scene", on_scene),
            (voice, "_document", on_document), (texts, "choose", on_choose),
        ):  # fmt: skip
            listening.enter_context(mock.patch.object(room, name, listener))
        yield watch
