"""A story for each way of a flow that none goes: found by playing the line there, kept when it really went."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from local.moments import in_zone, zone_of
from local.tell import routes
from local.tell.hearing import Sentences
from local.tell.model import Book, Story
from local.tell.phrases import behaviour
from local.tell.routes import Route
from local.tell.stage import Stage, stage
from local.tell.telling import passes
from local.tell.troupe import told
from local.tell.ways import OTHER, TEXTS, Key, Way
from local.tell.writing import free_name
from local.twilio.people import Call, Event, NotSo
from shared import flow as flows
from shared.flow.model import Bridge, Flow, Gather, Record

TURNS = 90  # seconds that a call is given to go its ways, less what acts take
CALLERS = 6  # tries of a route, each with another caller
RINGS_S = 5.0  # real seconds until a call that a text asked for is missed
WORDS, MESSAGE = "Hello there", "Please call me back"


def suggested(
    path: Path, every: Sequence[Way], untold: Sequence[Way], book: Book
) -> Iterator[tuple[Way, Story | None]]:
    """Yield each way that no story goes with a story that does, or with None where none was found."""
    flow = flows.load(path)
    gone: set[Key] = set()
    for way in sorted(untold, key=lambda way: -_far(flow, every, way)):  # what leads far goes other ways as well
        if way.key in gone:
            continue
        found = next(_true(path, flow, every, way, book), None)
        if found:
            made, went = found
            gone |= went
            book = msgspec.structs.replace(book, stories=(*book.stories, made))
        yield way, found[0] if found else None


def _far(flow: Flow, every: Sequence[Way], way: Way) -> int:
    """Return how many ways a call goes until it has gone one."""
    return min((len(route.ways) for route in routes.routes(flow, every, way)), default=0)


def _true(path: Path, flow: Flow, every: Sequence[Way], way: Way, book: Book) -> Iterator[tuple[Story, set[Key]]]:
    """Yield stories that are true and go a way, each with all the ways that it goes."""
    for draft in _drafts(path, flow, every, way, book.people):
        made = msgspec.structs.replace(draft, name=free_name(_name(way), book))
        [outcome] = told(path, Book(book.people, (made,)))
        if outcome.failure is None and way.key in outcome.gone:
            yield made, outcome.gone


def _name(way: Way) -> str:
    scene, _, label = way.key
    if scene == TEXTS:
        return f"Who texts {'what is no keyword' if label == OTHER else label} gets {way.target}"
    return f"In {scene}, {label or 'what follows'} leads to {way.target}".replace("leads to goes on", "goes on")


def _drafts(path: Path, flow: Flow, every: Sequence[Way], way: Way, people: Mapping[str, str]) -> Iterator[Story]:
    if way.key[0] == TEXTS:
        yield _Play(path, flow, people).text(WORDS if way.key[2] == OTHER else way.key[2])
        return
    for route in routes.routes(flow, every, way):
        at = routes.moment(flow, route)
        if at is None:
            continue
        for caller in routes.callers(flow, list(people.values()))[:CALLERS]:
            if caller or "" in people.values():
                yield _Play(path, flow, people).call(route, caller, at)


class _Play:
    """One try to go a route, and what is written of it."""

    def __init__(self, path: Path, flow: Flow, people: Mapping[str, str]) -> None:
        self.path, self.flow = path, flow
        self.said = Sentences({address: name for name, address in people.items()})
        self.who = ""  # whose call it is
        self.waited = 0  # seconds that passed since the last sentence; one that finds something waits by itself
        self.read: dict[str, int] = {}  # SID of a call -> how many of its events are written

    def text(self, body: str) -> Story:
        """Text the line; return what came of it."""
        with stage(self.path) as line:
            self._texts(line, routes.SOMEBODY, body)
            self._looks_around(line)
        return self._story("", {})

    def call(self, route: Route, caller: str, at: str) -> Story:
        """Go a route as far as it leads; return what came of it."""
        phones = routes.phones(self.flow, route)
        with stage(self.path) as line:
            if at:
                line.set_clock(in_zone(at, zone_of(self.flow)))
            for phone, behaves in phones.items():
                line.twilio.phone(phone, **(behaviour(behaves) or {}))
            with contextlib.suppress(NotSo):  # what cannot be done leads nowhere, which is seen when the story is told
                call = self._begins(line, route, caller)
                self._goes(line, call, list(route.ways), self.said.name(caller))
            self._looks_around(line)
        return self._story(at, {self.said.name(phone): behaves for phone, behaves in phones.items()})

    def _story(self, at: str, phones: dict[str, str]) -> Story:
        called = {step.who for step in self.said.steps if step.act == "is called"}
        kept = {who: behaves for who, behaves in phones.items() if who in called and behaves != "answers"}
        return Story(name="", line=1, column=1, at=at, phones=kept, steps=tuple(self.said.steps))

    def _begins(self, line: Stage, route: Route, caller: str) -> Call:
        begun, who = route.beginning, self.said.name(caller)
        if begun.is_placed:
            self.said.line_calls(who, begun.scene)
            return line.twilio.call(line.place_call(caller, begun.scene))
        if not begun.text:
            self.said.does(who, "dials", begun.number)
            return line.twilio.dial(from_=caller, to=begun.number)
        self._texts(line, caller, begun.text)
        self.said.finds(who, "is called")
        return line.twilio.phone(caller).rings(within_s=RINGS_S)

    def _texts(self, line: Stage, sender: str, body: str) -> None:
        self.said.does(self.said.name(sender), "texts", body)
        for text in line.twilio.text(body, from_=sender).replies:
            self.said.finds(self.said.name(text["to"]), "gets", text["body"])

    def _goes(self, line: Stage, call: Call, left: list[Way], who: str) -> None:
        """Let a call go its ways, one after the other. Raises NotSo for what cannot be done on it."""
        self.who, watch = who, line.watch
        assert watch is not None  # noqa: S101 -- in this process there is one
        for _ in range(TURNS):
            is_on = passes(call, 0)
            events = self._read(call, who)
            watch.silences([call])
            while left and left[0].key in watch.gone:
                left.pop(0)
            if not (left and is_on):
                break
            listening = next((event.text for event in reversed(events) if event.kind == "listening"), "")
            is_bridged = any(event.kind == "bridged" for event in events)
            if not self._acts(line, call, left[0], listening, is_bridged=is_bridged):
                self.waited += passes(call, 1)
        self._waits(who)

    def _read(self, call: Call, who: str) -> list[Event]:
        """Return what is new on a call, once it is written."""
        events, before = call.happened(self.read.get(call.sid, 0)), len(self.said.steps)
        self.said.heard(who, events)
        if len(self.said.steps) > before:
            self.waited = 0
        self.read[call.sid] = self.read.get(call.sid, 0) + len(events)
        return events

    def _acts(self, line: Stage, call: Call, way: Way, listening: str, *, is_bridged: bool) -> bool:
        """Do what leads a call out of a step by a way; whether anything was done."""
        scene, number, label = way.key
        step, before = self.flow.scenes[scene][number], self.flow.scenes[scene][: number + 1]
        if is_bridged and (label == "then" or not isinstance(step, Bridge)):
            return self._hangs_up(line, [phone for one in before for phone in routes.rung(one)])
        if isinstance(step, Gather) and listening not in {"", "recording"} and label != "no input":
            return self._enters(call, step, label, listening)
        if isinstance(step, Record) and listening == "recording" and label == "recorded":
            self._waits(self.who)
            call.records(5, MESSAGE)
            return True
        return False

    def _waits(self, who: str) -> None:
        """Write that somebody waited, where no sentence that follows does so by itself."""
        if self.waited:
            self.said.does(who, "waits", f"{self.waited} s")
            self.waited = 0

    def _hangs_up(self, line: Stage, phones: Sequence[str]) -> bool:
        for phone in phones:
            for call in line.twilio.phone(phone).calls:
                if call.status == "in-progress":
                    call.hangs_up()
                    self.said.does(self.said.name(phone), "hangs up")
                    return True
        return False

    def _looks_around(self, line: Stage) -> None:
        """Write what else happened: texts that reached somebody, calls that nobody has spoken of."""
        gets = [(step.who, step.value) for step in self.said.steps if step.act == "gets"]
        called = [step.who for step in self.said.steps if step.act == "is called"]
        called += [step.value for step in self.said.steps if step.act == "line calls"]
        for phone in line.twilio.ask("GET", "/phones"):
            who = self.said.name(phone["address"])
            for text in line.twilio.phone(phone["address"]).messages():
                if not text["is_by_twilio"] and (who, text["body"]) not in gets:
                    self.said.finds(who, "gets", text["body"])
            if phone["calls"] and who not in called:
                self.said.finds(who, "is called")

    def _enters(self, call: Call, step: Gather, label: str, listening: str) -> bool:
        self._waits(self.who)
        is_keys = not label.strip("0123456789*#") if label in step.choices else "dtmf" in listening
        if label not in step.choices:
            keys = routes.other_keys(step)
            label = (keys if label == "wrong" else "1" * len(keys)) if is_keys else WORDS
        call.presses(label) if is_keys else call.says(label)
        return True
