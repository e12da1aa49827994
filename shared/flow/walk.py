"""Every way in which a call comes to a step: where its document is followed, and what the request for it brought."""

from collections.abc import Iterator

import msgspec

from shared.flow import parameters
from shared.flow.choices import is_keys
from shared.flow.model import ENDING, Bridge, Callers, Element, Flow, Gather, Hours, Own, Record, SceneUrl, Step
from shared.flow.twiml_places import PLACES, Place


class Request(msgspec.Struct, frozen=True):
    """What Twilio asks for a document with: `sends` beside what every call has; None is whatever it likes.

    `key` is the choice that was pressed, where that is what `Digits` holds.
    """

    sends: frozenset[str] | None = frozenset()
    key: str = ""


class Stop(msgspec.Struct, frozen=True):
    """A step as a call comes to it; `place` is None in the call's own document."""

    scene: str
    number: int
    place: Place | None
    request: Request


ANYTHING = Request(None)
CALLED = Request()


def stops(flow: Flow) -> set[Stop]:
    """Return every way in which a call comes to a step of a scene that something begins."""
    found: set[Stop] = set()
    todo = [Stop(name, 0, None, CALLED) for name in flow.starts()]
    while todo:
        stop = todo.pop()
        if stop not in found and stop.number < len(flow.scenes.get(stop.scene, ())):
            found.add(stop)
            todo += _following(flow.scenes[stop.scene][stop.number], stop)
    return found


def _following(step: Step, at: Stop) -> Iterator[Stop]:
    for scene, request in _onwards(step, at.request):
        if scene:
            yield Stop(scene, 0, at.place, request)
        else:
            yield Stop(at.scene, at.number + 1, at.place, request)
    element = step if isinstance(step, Element) else getattr(step, "element", Element(""))
    for scene, place, request in _linked(element):
        yield Stop(scene, 0, place or at.place, request)


def _onwards(step: Step, asked: Request) -> Iterator[tuple[str, Request]]:
    """Return what follows a step in the call itself: a scene, or empty for the next step, and the request for it."""
    match step:
        case Gather():
            yield from _gathered(step)
        case Bridge():
            yield from _bridged(step, asked)
        case Record(then=then, no_input=no_input):
            yield from [(then, Request(parameters.RECORDED)), (no_input, asked)]
        case Hours(closed=closed, then=then):
            yield from [(closed, asked), (then, asked)]
        case Callers(then=then, otherwise=otherwise):
            yield from [(then, asked), (otherwise, asked)]
        case Own(scenes=scenes):
            yield from ((scene, ANYTHING) for names in scenes.values() for scene in names)
            yield "", asked
        case Element(name=name) if name not in ENDING:
            yield "", asked


def _gathered(step: Gather) -> Iterator[tuple[str, Request]]:
    kinds = str(step.element.attributes.get("input", "dtmf")).split()
    keys = parameters.KEYS if "dtmf" in kinds else frozenset[str]()
    speech = parameters.SPEECH if "speech" in kinds else frozenset[str]()
    for choice, scene in step.choices.items():
        yield scene, Request(keys, key=choice) if is_keys(choice) else Request(speech)
    yield from [(step.then, Request(keys | speech)), (step.wrong, Request(keys | speech)), (step.no_input, CALLED)]


def _bridged(step: Bridge, asked: Request) -> Iterator[tuple[str, Request]]:
    told = Request(parameters.DIALLED if step.element.name == "dial" else parameters.ENQUEUED)
    yield from ((scene, told) for scene in step.outcomes.values())
    yield "", told if step.outcomes else asked


def _linked(element: Element) -> Iterator[tuple[str, Place | None, Request]]:
    """Return the scenes that attributes name, where they are followed (None: where the element is) and the request."""
    for name, value in element.attributes.items():
        if isinstance(value, SceneUrl):
            place = PLACES.get((element.name, name))
            usual = CALLED if element.name == "redirect" else ANYTHING
            yield value.scene, place, Request(place.sends) if place else usual
    for part in element.parts:
        if isinstance(part, Element):
            yield from _linked(part)
