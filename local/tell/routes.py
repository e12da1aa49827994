"""How a way of a flow may be come to: what begins a call, which ways it goes, and what must be so around it."""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from local.moments import in_zone, zone_of
from local.tell.model import Book
from local.tell.ways import TEXTS, Way, answering
from local.twilio.sids import address
from shared.flow import graph
from shared.flow.model import Bridge, Callers, Element, Flow, Gather, Hours, Step

SOMEBODY = "+12025550122"
NAMES = ("office", "desk", "mobile", "home")  # of the phones that a flow rings
DAYS = ("Tue", "Sat", "Sun", "Mon", "Wed", "Thu", "Fri")
TIMES = ("10:00", "22:00", "14:00", "06:00", "12:30", "18:30", "00:30")
BEHAVIOUR = {
    "unanswered": "no answer",
    "busy": "busy",
    "failed": "cannot be reached",
}  # of a phone, for a way out of a dial
LEAST = 12  # characters of a number that a prefix is made
_DIGITS = "2079460958123"  # with which a prefix is made a number


class Beginning(msgspec.Struct, frozen=True):
    """What begins a call: somebody dials a number of the line (empty: its own), texts, or is called with a scene."""

    scene: str
    number: str = ""
    text: str = ""
    is_placed: bool = False


class Route(msgspec.Struct, frozen=True):
    """A beginning, and the ways that a call goes one after the other, the last of which it is made for."""

    beginning: Beginning
    ways: tuple[Way, ...]


def routes(flow: Flow, every: Sequence[Way], to: Way) -> Iterator[Route]:
    """Return routes to a way of a call, the shortest first, one for each beginning."""
    for beginning in beginnings(flow):
        before = _path(flow, every, beginning.scene, to.key[0])
        if before is not None:
            yield Route(beginning, (*before, to))


def beginnings(flow: Flow) -> Iterator[Beginning]:
    """Return what begins calls: first who dials, then who asks for a call by text, then the scenes of placed calls."""
    for number, line in (("", flow.line), *flow.lines.items()):
        if line.start:
            yield Beginning(line.start, number)
    for messages in answering(flow):
        for keyword, answer in messages.keywords.items():
            if answer.call:
                yield Beginning(answer.call, text=keyword)
    for scene in flow.entrances:
        yield Beginning(scene, is_placed=True)


def _path(flow: Flow, every: Sequence[Way], start: str, end: str) -> tuple[Way, ...] | None:
    """Return the fewest ways that lead from a scene to another; None when none do."""
    found: dict[str, tuple[Way, ...]] = {start: ()}
    todo = deque([start])
    while todo:
        scene = todo.popleft()
        for way in every:
            if way.key[0] == scene and way.target in flow.scenes and way.target not in found and scene != TEXTS:
                found[way.target] = (*found[scene], way)
                todo.append(way.target)
    return found.get(end)


def phones(flow: Flow, route: Route) -> dict[str, str]:
    """Return how phones must behave: as the ways say, and so that a call goes on past those that come before."""
    found: dict[str, str] = {}
    for way in route.ways:
        scene, number, label = way.key
        for step in flow.scenes[scene][:number]:
            found |= dict.fromkeys(rung(step), _going_on(step))
        found |= {phone: BEHAVIOUR[label] for phone in rung(flow.scenes[scene][number]) if label in BEHAVIOUR}
    return found


def _going_on(step: Step) -> str:
    """Return how the phones of a dial behave so that the call goes on with the next step."""
    leading = {label for label, _ in graph.exits(step)}
    return next((behaves for label, behaves in BEHAVIOUR.items() if label not in leading), "answers")


def rung(step: object) -> list[str]:
    """Return the phones that a step rings, as far as the file names them."""
    return list(_addresses(step.element)) if isinstance(step, Bridge) else []


def _addresses(element: Element) -> Iterator[str]:
    """Return the addresses that nouns hold, as the twilio library calls their attributes."""
    for noun in element.parts:
        if isinstance(noun, Element):
            attributes = noun.attributes
            named = attributes.get("phone_number") or attributes.get("sip_url") or attributes.get("identity")
            if isinstance(named, str) and (known := address(f"client:{named}" if noun.name == "client" else named)):
                yield known
            yield from _addresses(noun)


def moment(flow: Flow, route: Route) -> str | None:
    """Return a time at which all hours of a route are as it needs them; empty when any will do, None when none does."""
    wanted = list(_hours(flow, route))
    if not wanted:
        return ""
    zone = zone_of(flow)
    for text in (f"{day} {clock}" for clock in TIMES for day in DAYS):
        if _is_met(wanted, in_zone(text, zone)):
            return text
    return next((text for text, at in _days(zone) if _is_met(wanted, at)), None)


def _is_met(wanted: Sequence[tuple[Hours, bool]], at: datetime) -> bool:
    return all(step.week.is_open(at) == is_open for step, is_open in wanted)


def _days(zone: str) -> Iterator[tuple[str, datetime]]:
    """Yield the days of a year at noon, for hours that only holidays close."""
    now = in_zone("Mon 12:00", zone)
    for days in range(366):
        at = now + timedelta(days=days)
        yield f"{at:%Y-%m-%d %H:%M}", at


def _hours(flow: Flow, route: Route) -> Iterator[tuple[Hours, bool]]:
    for way in route.ways:
        scene, number, label = way.key
        for at, step in enumerate(flow.scenes[scene][: number + 1]):
            if isinstance(step, Hours):
                yield step, label == "open" if at == number else bool(step.closed)


def callers(flow: Flow, known: Sequence[str]) -> list[str]:
    """Return who may dial, so that each condition on callers is met by one and missed by another; hidden is empty."""
    steps = [step for scene in flow.scenes.values() for step in scene if isinstance(step, Callers)]
    named = [number for step in steps for number in step.numbers]
    begun = [_completed(prefix) for step in steps for prefix in step.prefixes]
    hidden = [""] if any(step.is_hidden_matched for step in steps) else []
    return list(dict.fromkeys([SOMEBODY, *(known if steps else ()), *named, *begun, *hidden]))


def _completed(prefix: str) -> str:
    if ":" in prefix:
        return f"{prefix}guest"
    longer = (prefix + _DIGITS[:end] for end in range(len(_DIGITS) + 1))
    return next((number for number in longer if len(number) >= LEAST and address(number)), prefix)


def people_of(flow: Flow, book: Book) -> dict[str, str]:
    """Return the people of a file, or, where it has none, a caller and the phones that the flow rings."""
    if book.people:
        return book.people
    steps = (step for scene in flow.scenes.values() for step in scene)
    phones = list(dict.fromkeys(phone for step in steps for phone in rung(step)))
    named = {"ann": SOMEBODY} | dict(zip(NAMES, phones, strict=False))
    return named | ({"nobody": ""} if "" in callers(flow, ()) else {})


def other_keys(step: Gather) -> str:
    """Return keys that no choice of a step takes, as many as it waits for."""
    digits = step.element.attributes.get("num_digits")
    many = digits if isinstance(digits, int) else 1
    return next(keys for key in "7890123456" if (keys := key * many) not in step.choices)
