"""One story, told to a line: each sentence is done, or found to be so, or the story is not true."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import chain, repeat
from typing import Any

from local.tell import phrases
from local.tell.model import Book, Step, Story
from local.tell.values import seconds_of
from local.twilio.client import Twilio
from local.twilio.people import HEARD, Call, Event, NotSo, Phone
from local.twilio.sids import address
from shared.words import folded

PATIENCE_S = 120  # told seconds that pass while something is waited for
RECORDS_S = 5.0  # how long somebody speaks after the beep, unless the story says it
OVER = "(21220)"  # Twilio's code for what is asked of a call that is over
APOLOGIES = ("something went wrong on our side", "an application error has occurred")


type PlaceCall = Callable[[str, str], str]  # to whom, and with which scene: the SID of the call. Raises NotSo


class NotTrue(Exception):
    """A story is not true; the message says what was told and what happened. `step` is None for its end."""

    def __init__(self, step: Step | None, happened: str, transcript: str = "") -> None:
        super().__init__(happened)
        self.step, self.happened, self.transcript = step, happened, transcript


@dataclass(slots=True)
class Person:
    """Somebody of the story, and what of their phone the sentences have spoken of."""

    name: str
    phone: Phone
    call: Call | None = None
    heard: int = 0  # events of the call that have been passed
    calls_seen: int = 0  # calls to the phone that a sentence has spoken of
    texts: list[dict[str, Any]] = field(default_factory=list)  # not spoken of yet
    texts_seen: int = 0

    def calls(self) -> list[str]:
        """Return the SIDs of the calls to the phone that no sentence has spoken of, engaged or not."""
        phones = self.phone.control.ask("GET", "/phones")
        called: list[str] = next((phone["calls"] for phone in phones if phone["address"] == self.phone.address), [])
        return called[self.calls_seen :]

    def take_texts(self) -> list[dict[str, Any]]:
        """Return the texts that no sentence has spoken of."""
        new = self.phone.messages(self.texts_seen)
        self.texts_seen += len(new)
        self.texts += new
        return self.texts

    def line_texts(self) -> list[dict[str, Any]]:
        """Return those of them that the line sent: what Twilio itself answers to STOP and HELP is none of its doing."""
        return [text for text in self.take_texts() if not text["is_by_twilio"]]


class Telling:
    """A story while it is told."""

    def __init__(self, twilio: Twilio, place_call: PlaceCall, book: Book, story: Story) -> None:
        self.twilio, self.place_call, self.book, self.story = twilio, place_call, book, story
        self.people: dict[str, Person] = {}
        self.who = ""
        self.calls: list[Call] = []

    def tell(self) -> None:
        """Tell the story from its beginning to its end. Raises NotTrue."""
        for name, behaves in self.story.phones.items():
            self.person(name).phone.behaves(**(phrases.behaviour(behaves) or {}))
        for step in self.story.steps:
            if step.act in {"answers", "refuses"} and step.who not in self.story.phones:
                self.person(step.who).phone.behaves(answers="asks")
        for step in self.story.steps:
            self.follow(step)
        self.end()

    def person(self, name: str) -> Person:
        """Return somebody by the name that the file gives them, or by their address."""
        if name not in self.people and name not in self.book.people:
            at = address(name) or name
            name = next((known for known, where in self.book.people.items() if at and where == at), name)
        if name not in self.people:
            at = self.book.people[name] if name in self.book.people else address(name) or name
            self.people[name] = Person(name, Phone(self.twilio, at))
        return self.people[name]

    def follow(self, step: Step) -> None:
        """Do what a sentence says, or find it so. Raises NotTrue."""
        person = self.person(step.value if step.act == "line calls" else step.who or self.who)
        if step.act in phrases.DOES:
            self.who = person.name
        try:
            _FOLLOW[step.act](self, step, person)
            if step.act in phrases.DOES and person.call:
                passes(person.call, 0)  # until the machines wait, too: others may wait for what they do
        except NotSo as e:
            why = "the call was over" if OVER in str(e) else e
            raise NotTrue(step, f"that cannot be: {why}", self.transcript(person)) from None

    def transcript(self, person: Person) -> str:
        """Return what happened on somebody's call."""
        return "\n".join(str(event) for event in person.call.transcript) if person.call else ""

    def call_of(self, step: Step, person: Person) -> Call:
        """Return the call that somebody is on. Raises NotTrue."""
        if person.call is None:
            raise NotTrue(step, f"{person.name or 'nobody'} is on no call")
        return person.call

    def passing(self, call: Call | None, step: Step) -> Iterator[None]:
        """Yield when all machines wait, and again after each second that passes on a call, until it is over.

        A sentence may say within which time it has to be so.
        """
        within = next((seconds_of(text) for text in step.options.get("within", ())), PATIENCE_S)
        for seconds in chain([0], repeat(1, int(within))):
            is_over = not (call and passes(call, seconds))
            yield
            if is_over:
                return

    def end(self) -> None:
        """Hang up, and look whether anything happened that the story does not tell. Raises NotTrue."""
        for call in self.calls:
            _hang_up(call)
        self._look_at_alerts()
        names = {at: name for name, at in self.book.people.items()}
        names |= {person.phone.address: name for name, person in self.people.items()}
        for phone in self.twilio.ask("GET", "/phones"):
            person = self.person(names.get(phone["address"], phone["address"]))
            if len(phone["calls"]) > person.calls_seen:
                raise NotTrue(None, f"{person.name} was called, and the story does not say so")
            if unsaid := person.line_texts():
                raise NotTrue(None, f'{person.name} got "{unsaid[0]["body"]}", and the story does not say so')

    def _look_at_alerts(self) -> None:
        for call in self.calls:
            for event in call.transcript:
                if event.kind == "said" and any(apology in event.text for apology in APOLOGIES):
                    raise NotTrue(None, f'the line apologised: "{event.text}"', str(call))
        if alerts := self.twilio.alerts():
            raise NotTrue(None, f"Twilio's log has an error: {alerts[0]['code']} {alerts[0]['text']}")


def passes(call: Call, seconds: float) -> bool:
    """Let time pass on a call; whether it is still going on."""
    try:
        call.waits(seconds)
    except NotSo:
        return False
    return True


def _hang_up(call: Call) -> None:
    try:
        call.hangs_up()
        call.ended()
    except NotSo:
        return  # it was over


def words(text: str) -> list[str]:
    """Return what is compared of a sentence: its words, case and punctuation aside."""
    return folded(text).replace("'", " ").split()


def has(said: str, wanted: str) -> bool:
    """Whether the words of `wanted` are in what was said, in their order; signs that are no words, as they are."""
    left, sought = iter(words(said)), words(wanted)
    return all(word in left for word in sought) if sought else wanted.strip() in said


def _dials(told: Telling, step: Step, person: Person) -> None:
    person.call = told.twilio.dial(from_=person.phone.address, to=step.value, **step.parameters)
    person.heard = 0
    told.calls.append(person.call)


def _line_calls(told: Telling, step: Step, person: Person) -> None:
    person.call = told.twilio.call(told.place_call(person.phone.address, next(iter(step.options.get("scene", ())), "")))
    person.heard, person.calls_seen = 0, person.calls_seen + 1
    told.calls.append(person.call)


def _texts(told: Telling, step: Step, person: Person) -> None:
    media = [{"content_type": "image/jpeg", "url": url} for url in step.options.get("media", ())]
    to = next(iter(step.options.get("to", ())), "")
    told.twilio.text(step.value, from_=person.phone.address, to=to, media=media, **step.parameters)


def _on_call(does: Callable[[Call, Step], Any]) -> "Follow":
    return lambda told, step, person: does(told.call_of(step, person), step) and None


def _speaks(call: Call, step: Step) -> None:
    call.says(step.value, float(next(iter(step.options.get("confidence", ())), 0.9)))


def _records(call: Call, step: Step) -> None:
    seconds = float(next(iter(step.options.get("seconds", ())), RECORDS_S))
    call.records(seconds, step.value, next(iter(step.options.get("ends", ())), "silence"))


def _waits(told: Telling, step: Step, person: Person) -> None:
    """Let time pass on somebody's call; for all when they are on none."""
    seconds = seconds_of(step.value)
    if not (person.call and passes(person.call, seconds)):
        told.twilio.waits(seconds)


def _hears(told: Telling, step: Step, person: Person) -> None:
    call, times = told.call_of(step, person), int(next(iter(step.options.get("times", ())), 1))
    for _ in range(times):
        _hears_once(told, step, person, call)


def _hears_once(told: Telling, step: Step, person: Person, call: Call) -> None:
    is_exact = step.act == "hears exactly"
    for _ in told.passing(call, step):
        for number, event in enumerate(call.happened(person.heard), person.heard + 1):
            if event.kind in HEARD and (step.value == event.text if is_exact else has(event.text, step.value)):
                person.heard = number
                return
    raise NotTrue(step, _nearest(call.transcript, step.value, person.heard), told.transcript(person))


def _nearest(events: list[Event], wanted: str, passed: int) -> str:
    heard = [event.text for event in events if event.kind in HEARD]
    if any(event.kind in HEARD and has(event.text, wanted) for event in events[:passed]):
        return f'it was heard before, and not again after "{events[passed - 1].text}"'
    if not heard:
        return "nothing was heard"
    near = max(heard, key=lambda text: SequenceMatcher(None, words(text), words(wanted)).ratio())
    return f'that was not heard; the nearest was "{near}"'


def _does_not_hear(told: Telling, step: Step, person: Person) -> None:
    call = told.call_of(step, person)
    next(told.passing(call, step))
    heard = (event.text for event in call.happened(person.heard) if event.kind in HEARD)
    if found := next((text for text in heard if has(text, step.value)), ""):
        raise NotTrue(step, f'it was heard: "{found}"', told.transcript(person))


def _joins(told: Telling, step: Step, person: Person) -> None:
    call = told.call_of(step, person)
    for _ in told.passing(call, step):
        if any(event.kind == "joined" and step.value in event.text for event in call.transcript):
            return
    raise NotTrue(step, f"{person.name} is in no such conference", told.transcript(person))


def _ended(told: Telling, step: Step, person: Person) -> None:
    call = told.call_of(step, person)
    for _ in told.passing(call, step):
        end = next((event.text for event in call.transcript if event.kind == "ended"), "")
        if end and step.value in {"", end}:
            return
        if end:
            raise NotTrue(step, f"it ended: {end}", told.transcript(person))
    raise NotTrue(step, "the call goes on", told.transcript(person))


def _is_called(told: Telling, step: Step, person: Person) -> None:
    about = told.people.get(told.who)
    for _ in told.passing(about.call if about else None, step):
        if calls := person.calls():
            person.calls_seen += 1
            person.call, person.heard = told.twilio.call(calls[0]), 0
            told.calls.append(person.call)
            return
    raise NotTrue(step, f"{person.name} was not called", told.transcript(about) if about else "")


def _gets(told: Telling, step: Step, person: Person) -> None:
    about = told.people.get(told.who)
    for _ in told.passing(about.call if about else None, step):
        for text in person.take_texts():
            media = set(step.options.get("media", ()))
            if has(text["body"], step.value) and media <= set(text["media_urls"]):
                person.texts.remove(text)
                return
    got = ", ".join(_as_got(text) for text in person.texts) or "nothing"
    raise NotTrue(step, f"{person.name} got {got}")


def _as_got(text: dict[str, Any]) -> str:
    media = " and ".join(text["media_urls"])
    return f'"{text["body"]}"' + (f" with {media}" if media else "")


def _gets_nothing(_: Telling, step: Step, person: Person) -> None:
    if got := person.line_texts():
        raise NotTrue(step, f'{person.name} got "{got[0]["body"]}"')


def _gets_no_call(told: Telling, step: Step, person: Person) -> None:
    about = told.people.get(told.who)
    if about and about.call:
        next(told.passing(about.call, step))
    if person.calls():
        raise NotTrue(step, f"{person.name} was called")


type Follow = Callable[[Telling, Step, Person], None]

_FOLLOW: dict[str, Follow] = {
    "dials": _dials,
    "line calls": _line_calls,
    "texts": _texts,
    "presses": _on_call(lambda call, step: call.presses(step.value)),
    "says": _on_call(_speaks),
    "records": _on_call(_records),
    "waits": _waits,
    "hangs up": _on_call(lambda call, _: call.hangs_up()),
    "answers": _on_call(lambda call, _: call.answers()),
    "refuses": _on_call(lambda call, _: call.declines()),
    "hears": _hears,
    "hears exactly": _hears,
    "does not hear": _does_not_hear,
    "joins": _joins,
    "ended": _ended,
    "is called": _is_called,
    "rings": _is_called,
    "gets": _gets,
    "gets nothing": _gets_nothing,
    "gets no call": _gets_no_call,
}
