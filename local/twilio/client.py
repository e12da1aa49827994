"""The people around the line, in Python: dial, text, press, speak, wait, read. For tests and the terminal.

call = twilio.dial(from_="+12025550122")
call.hears("Press 1 for sales")
call.presses("1")
call.ended(status="completed")
"""

import base64
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import httpx

DEADLINE_S = 5.0  # real seconds until something that should happen is missed
HEARD = {"said", "played", "heard"}


class NotSo(AssertionError):
    """What a test expected did not happen; the message holds what did."""


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


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that the line's app got, and its answer."""

    kind: str
    sid: str
    url: str
    method: str
    parameters: dict[str, str]
    token: str
    attempt: int
    status: int
    content_type: str
    body: str
    error: str
    took_ms: int
    at: str


class Twilio:
    """The stand-in at an address such as `http://127.0.0.1:4010`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._http = httpx.Client(base_url=f"{address}/_local", timeout=90, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self, method: str, path: str, document: Any = None, **query: Any) -> Any:
        """Ask the control API; a refusal is raised with its message."""
        response = self._http.request(method, path, json=document, params=query)
        if response.is_error:
            raise NotSo(f"{method} {path}: {response.text}")
        return response.json()

    def dial(self, from_: str = "", to: str = "", **parameters: str) -> "Call":
        """Let somebody ring the line; without `from_` the number is hidden. `parameters` go to the app too."""
        call = self.ask("POST", "/calls", {"from": from_, "to": to, "parameters": parameters})
        return Call(self, call["sid"])

    def ring_from_page(self, token: str, **parameters: str) -> "Call":
        """Let a web page ring with an access token; `parameters` are what it passes along, `To` among them."""
        return Call(self, self.ask("POST", "/browsers", {"token": token, "parameters": parameters})["sid"])

    def call(self, sid: str) -> "Call":
        """Return a call that is known by its SID, such as one that the line's own API placed."""
        return Call(self, sid)

    def phone(self, address: str, **behaviour: Any) -> "Phone":
        """Return the phone at an address; `answers`, `talks_s`, `presses` and so on set how it behaves from now on."""
        phone = Phone(self, address)
        if behaviour:
            phone.behaves(**behaviour)
        return phone

    def text(
        self, body: str, from_: str, to: str = "", media: list[dict[str, str]] | None = None, **more: str
    ) -> "Reply":
        """Let somebody text the line, and wait for the answer of its app."""
        document = {"from": from_, "to": to, "body": body, "media": media or [], "parameters": more}
        return Reply(**self.ask("POST", "/messages", document))

    def webhooks(self, kind: str = "", sid: str = "", wait_s: float = 0) -> list[Sent]:
        """Return the requests that the app got, oldest first; with `wait_s` wait for a first one."""
        return [Sent(**sent) for sent in self.ask("GET", "/webhooks", kind=kind, sid=sid, wait_s=wait_s)]

    def alerts(self, wait_s: float = 0) -> list[dict[str, Any]]:
        """Return the error log: `code`, `text`, `sid`, `url`, `at`."""
        found: list[dict[str, Any]] = self.ask("GET", "/alerts", wait_s=wait_s)
        return found

    def faults(self, on: str = "webhook", does: str = "", of: str = "", **more: Any) -> None:
        """Let something go wrong; see local/twilio/faults.py for what can. Without `does` all faults are lifted."""
        if does:
            self.ask("POST", "/faults", {"on": on, "does": does, "of": of, **more})
        else:
            self.ask("DELETE", "/faults")


def picture(file: Path, content_type: str = "image/jpeg") -> dict[str, str]:
    """Return a file as the media of a text."""
    return {"content_type": content_type, "content": base64.b64encode(file.read_bytes()).decode()}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a text: its SID, and the messages that the answer sent."""

    sid: str
    replies: list[dict[str, Any]]

    @property
    def texts(self) -> list[str]:
        """The bodies of the replies."""
        return [reply["body"] for reply in self.replies]


@dataclass(slots=True)
class Call:
    """A call or leg, seen by the person on it."""

    twilio: Twilio
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
        found: dict[str, Any] = self.twilio.ask("GET", f"/calls/{self.sid}")
        return found

    def happened(self, after: int, wait_s: float = 0) -> list[Event]:
        """Return the events from a position on, waiting up to `wait_s` for the first."""
        events = self.twilio.ask("GET", f"/calls/{self.sid}/transcript", after=after, wait_s=wait_s)
        return [Event(datetime.fromisoformat(e["at"]), e["kind"], e["text"], e["detail"]) for e in events]

    def hears(self, text: str, within_s: float = DEADLINE_S) -> Event:
        """Wait until the line says (or plays) this, looking from where the last `hears` stopped."""
        return self.sees(HEARD, text, within_s)

    def sees(self, kind: str | set[str], text: str = "", within_s: float = DEADLINE_S) -> Event:
        """Wait for an event of a kind that holds a text, looking from where the last one was found."""
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
        """Wait for the end of the call, with a status when one is given."""
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
        self.twilio.ask("POST", f"/calls/{self.sid}/{act}", document)
        return self

    def __str__(self) -> str:
        """Return the transcript, one line each."""
        return "\n".join([f"{self.sid}:", *(f"  {event}" for event in self.transcript)])


class _Deadline:
    """Real time that is left."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left_s(self) -> float:
        return max(0.0, self._end - time.monotonic())


@dataclass(slots=True)
class Phone:
    """A phone beside the line."""

    twilio: Twilio
    address: str
    _rung: int = field(default=0)

    def behaves(self, **behaviour: Any) -> Self:
        """Set how it behaves: see local/twilio/phones.py."""
        self.twilio.ask("PUT", self._path(), behaviour)
        return self

    def rings(self, within_s: float = DEADLINE_S) -> Call:
        """Wait until it rings (again), and return that call."""
        calls = self.twilio.ask("GET", f"{self._path()}/rings", after=self._rung, wait_s=within_s)
        if not calls:
            raise NotSo(f"{self.address} did not ring")
        self._rung += 1
        return Call(self.twilio, calls[0]["sid"])

    @property
    def calls(self) -> list[Call]:
        """The calls that rang it."""
        return [Call(self.twilio, call["sid"]) for call in self.twilio.ask("GET", f"{self._path()}/rings")]

    @property
    def texts(self) -> list[str]:
        """The bodies of the texts that reached it so far."""
        return [message["body"] for message in self.messages()]

    def messages(self, after: int = 0, wait_s: float = 0) -> list[dict[str, Any]]:
        """Return the texts that reached it, as REST shows them with `media_urls` beside."""
        found: list[dict[str, Any]] = self.twilio.ask("GET", f"{self._path()}/texts", after=after, wait_s=wait_s)
        return found

    def receives(self, text: str, within_s: float = DEADLINE_S) -> dict[str, Any]:
        """Wait for a text that holds this."""
        position, deadline = 0, _Deadline(within_s)
        while messages := self.messages(position, deadline.left_s):
            position += len(messages)
            if found := next((message for message in messages if text in message["body"]), None):
                return found
        raise NotSo(f"{self.address} did not get {text!r}, but {self.texts}")

    def _path(self) -> str:
        return f"/phones/{quote(self.address, safe='')}"
