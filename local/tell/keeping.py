"""What was just done at the terminal, kept as a story of the line's flow, and told at once."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from local.flow_files import stories_of
from local.moments import zone_of
from local.tell import reader, routes, writing
from local.tell.hearing import Sentences
from local.tell.model import Book, Story
from local.tell.phrases import HIDDEN
from local.tell.troupe import Told, told
from local.tell.writing import NotWritten
from local.twilio.people import Call, Control, Phone
from shared import flow as flows

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Keeping:
    """A story that is written while somebody dials or texts a line that plays a flow, or after that."""

    def __init__(self, flow: Path, name: str, control: Control, since: datetime | None = None) -> None:
        """Look at the file and at what has reached phones so far, or before the story began. Raises NotWritten."""
        self.flow, self.file, self._control = flow, stories_of(flow), control
        book, mistakes = (Book(), []) if writing.is_blank(self.file) else reader.read(self.file)
        if mistakes:
            raise NotWritten(f"No story is kept before its file is right: {mistakes[0]}")
        self.book = Book(routes.people_of(flows.load(flow), book), book.stories)
        self.name = writing.free_name(name, self.book)
        self.said = Sentences({address: name for name, address in self.book.people.items()})
        self._texts_before = self._texts(since)

    def who(self, address: str) -> str:
        """Return what somebody is called in the story. Raises NotWritten for who is hidden and has no name."""
        if not (named := self.said.name(address)):
            raise NotWritten(f'{self.file.name} has no name for who is hidden: add "nobody: {HIDDEN}" to its people')
        return named

    def called(self, caller: str, call: Call) -> None:
        """Write a call of somebody's that is over."""
        self.said.does(self.who(caller), "dials")
        self.said.heard(self.who(caller), call.transcript)

    def texted(self, sender: str, body: str) -> None:
        """Write a text of somebody's that was answered."""
        self.said.does(self.who(sender), "texts", body)

    def write(self, phones: Mapping[str, str], at: str) -> Told:
        """Write the story into the file and tell it. Raises NotWritten.

        `phones` are addresses and how they behave; `at` is empty for a story that happened now.
        """
        for address, bodies in self._texts().items():
            for body in bodies[len(self._texts_before.get(address, [])) :]:
                if (self.who(address), body) not in [(step.who, step.value) for step in self.said.steps]:
                    self.said.finds(self.who(address), "gets", body)
        called = {step.who for step in self.said.steps if step.act == "is called"}
        behaves = {self.who(address): does for address, does in phones.items() if self.who(address) in called}
        made = Story(
            name=self.name, line=1, column=1, at=at or self._now(), phones=behaves, steps=tuple(self.said.steps)
        )
        writing.append(self.file, [writing.story(made)], self.book.people)
        book, _ = reader.read(self.file)
        [outcome] = told(
            self.flow, Book(book.people, tuple(story for story in book.stories if story.name == self.name))
        )
        return outcome

    def called_phones(self) -> list[str]:
        """Return the addresses of the phones that the story calls."""
        return [self.book.people.get(step.who, step.who) for step in self.said.steps if step.act == "is called"]

    def _now(self) -> str:
        """Return the time as a story says it; empty for a flow that has no hours."""
        zone = zone_of(flows.load(self.flow))
        now = datetime.now(ZoneInfo(zone)) if zone else None
        return f"{DAYS[now.weekday()]} {now:%H:%M}" if now else ""

    def _texts(self, until: datetime | None = None) -> dict[str, list[str]]:
        """Return what the line has sent to each phone, of all times or until one."""
        found = {}
        for phone in self._control.ask("GET", "/phones"):
            texts = Phone(self._control, phone["address"]).messages() if phone["texts"] else []
            found[phone["address"]] = [
                text["body"] for text in texts
                if not text["is_by_twilio"] and (until is None or datetime.fromisoformat(text["at"]) < until)
            ]  # fmt: skip
        return found
