"""A person on a call, and a phone: what they do, and what they wait for. All of it is asked of the control API."""

import json
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote

import httpx

DEADLINE_S = 20.0  # real seconds until something that should happen is missed, on a machine however busy
HEARD = {"said", "played", "heard"}


class NotSo(AssertionError):
    """What a test expected did not happen; the message holds what did."""


def refused(document: bytes) -> NotSo:
    """Return what the control API says no with, by its words and Twilio's code."""
    told = json.loads(document)
    return NotSo(f"{told['message']} ({told['code']})")


class Control:
    """The control API of the stand-in at an address such as `http://127.0.0.1:4010`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._http = httpx.Client(base_url=f"{address}/_local", timeout=90, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self, method: str, path: str, document: Any = None, **query: Any) -> Any:
        """Ask the control API (see local/twilio/control.py) and return its JSON. Raises NotSo with what it refuses."""
        response = self._http.request(method, path, json=document, params=query)
        if response.is_error:
            raise refused(response.content)
        return response.json()


class _Deadline:
    """Real time that is left."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left_s(self) -> float:
        return max(0.0, self._end - time.monotonic())


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened on a call."""

    at: datetime
    kind: str
    text: str
    detail: dict[str, Any]

    def __str__(self) -> str:
        """Return the line that a person reads in the terminal."""
        return f"{self.at:%H:%M:%S}  {self.kind.replace('_', ' '):<12} {self.text}".rstrip()


@dataclass(slots=True)
class Call:
    """A call or leg, seen by the person on it."""

    control: Control
    sid: str
    _heard: int = field(default=0)

    @property
    def transcript(self) -> list[Event]:
        """What happened so far."""
        return self.happened(after=0)

    @property
    def status(self) -> str:
        """The call's status as REST shows it."""
        return str(self.shown()["status"])

    def shown(self) -> dict[str, Any]:
        """Return the call as REST shows it."""
        found: dict[str, Any] = self.control.ask("GET", f"/calls/{self.sid}")
        return found

    def happened(self, after: int, wait_s: float = 0) -> list[Event]:
        """Return the events from a position on, waiting up to `wait_s` for the first."""
        events = self.control.ask("GET", f"/calls/{self.sid}/transcript", after=after, wait_s=wait_s)
        return [Event(datetime.fromisoformat(e["at"]), e["kind"], e["text"], e["detail"]) for e in events]

    def hears(self, text: str, within_s: float = DEADLINE_S) -> Event:
        """Wait until the line says (or plays) this, looking from where the last `hears` stopped. Raises NotSo."""
        return self.sees(HEARD, text, within_s)

    def sees(self, kind: str | set[str], text: str = "", within_s: float = DEADLINE_S) -> Event:
        """Wait for an event of a kind that holds a text, looking from where the last one was found. Raises NotSo."""
        kinds = {kind} if isinstance(kind, str) else kind
        position, deadline = self._heard, _Deadline(within_s)
        while True:
            for event in (events := self.happened(position, deadline.left_s)):
                position += 1
                if event.kind in kinds and text in event.text:
                    self._heard = position
                    return event
            if not events or not deadline.left_s:
                raise NotSo(f"{' or '.join(sorted(kinds))} {text!r} did not happen.\n{self}")

    def presses(self, keys: str) -> Self:
        """Press keys."""
        return self._does("press", keys=keys)

    def says(self, text: str, confidence: float = 0.9) -> Self:
        """Say something."""
        return self._does("say", text=text, confidence=confidence)

    def records(self, seconds: float, transcript: str = "", ends: str = "silence") -> Self:
        """Speak for so long; it `ends` by silence, hang-up or a key, or goes on when that is empty."""
        return self._does("record", seconds=seconds, text=transcript, ends=ends)

    def waits(self, seconds: float) -> Self:
        """Wait; with the manual clock this moves the call's time."""
        return self._does("wait", seconds=seconds)

    def answers(self) -> Self:
        """Pick up a ringing phone."""
        return self._does("answer")

    def declines(self) -> Self:
        """Refuse a ringing call."""
        return self._does("decline")

    def hangs_up(self) -> Self:
        """Hang up."""
        return self._does("hang-up")

    def ended(self, status: str = "", within_s: float = DEADLINE_S) -> Event:
        """Wait for the end of the call, with a status when one is given. Raises NotSo."""
        position, deadline = 0, _Deadline(within_s)
        while True:
            events = self.happened(position, deadline.left_s)
            position += len(events)
            if end := next((event for event in events if event.kind == "ended"), None):
                break
            if not events or not deadline.left_s:
                raise NotSo(f"the call goes on.\n{self}")
        if status and end.text != status:
            raise NotSo(f"the call ended {end.text}, expected {status}.\n{self}")
        return end

    def _does(self, act: str, **document: Any) -> Self:
        self.control.ask("POST", f"/calls/{self.sid}/{act}", document)
        return self

    def __str__(self) -> str:
        """Return the transcript, one line each."""
        return "\n".join([f"{self.sid}:", *(f"  {event}" for event in self.transcript)])


@dataclass(slots=True)
class Phone:
    """A phone beside the line."""

    control: Control
    address: str
    _rung: int = field(default=0)

    def behaves(self, **behaviour: Any) -> Self:
        """Set how it behaves: see local/twilio/phones.py."""
        self.control.ask("PUT", self._path(), behaviour)
        return self

    def rings(self, within_s: float = DEADLINE_S) -> Call:
        """Wait until it rings (again), and return that call. Raises NotSo."""
        calls = self.rung(self._rung, within_s)
        if not calls:
            raise NotSo(f"{self.address} did not ring")
        self._rung += 1
        return calls[0]

    @property
    def calls(self) -> list[Call]:
        """The calls that rang it."""
        return self.rung()

    def rung(self, after: int = 0, wait_s: float = 0) -> list[Call]:
        """Return the calls that rang it from a position on, waiting up to `wait_s` for the first."""
        calls = self.control.ask("GET", f"{self._path()}/rings", after=after, wait_s=wait_s)
        return [Call(self.control, call["sid"]) for call in calls]

    @property
    def texts(self) -> list[str]:
        """The bodies of the texts that reached it so far."""
        return [message["body"] for message in self.messages()]

    def messages(self, after: int = 0, wait_s: float = 0) -> list[dict[str, Any]]:
        """Return the texts that reached it, as REST shows them with `media_urls` beside."""
        found: list[dict[str, Any]] = self.control.ask("GET", f"{self._path()}/texts", after=after, wait_s=wait_s)
        return found

    def receives(self, text: str, within_s: float = DEADLINE_S) -> dict[str, Any]:
        """Wait for a text that holds this, and return it as REST shows it. Raises NotSo."""
        position, deadline = 0, _Deadline(within_s)
        while messages := self.messages(position, deadline.left_s):
            position += len(messages)
            if found := next((message for message in messages if text in message["body"]), None):
                return found
        raise NotSo(f"{self.address} did not get {text!r}, but {self.texts}")

    def _path(self) -> str:
        return f"/phones/{quote(self.address, safe='')}"
