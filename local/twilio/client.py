"""The people around the line, in Python: dial, text, press, speak, wait, read. For tests and the terminal.

call = twilio.dial(from_="+12025550122")
call.hears("Press 1 for sales")
call.presses("1")
call.ended(status="completed")
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from local.twilio.people import Call, Control, Phone


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
    request_headers: dict[str, str]
    response_headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a text: its SID, and the messages that the answer sent."""

    sid: str
    replies: list[dict[str, Any]]
    is_opted_out: bool = False  # whether the texter hears nothing more from the line, by their own wish

    @property
    def texts(self) -> list[str]:
        """The bodies of the replies."""
        return [reply["body"] for reply in self.replies]


class Twilio(Control):
    """The stand-in at an address such as `http://127.0.0.1:4010`, as its people use it."""

    def dial(self, from_: str = "", to: str = "", **parameters: str) -> "Call":
        """Let somebody ring the line; without `from_` the number is hidden. `parameters` go to the app too."""
        call = self.ask("POST", "/calls", {"from": from_, "to": to, "parameters": parameters})
        return Call(self, call["sid"])

    def ring_from_page(self, token: str, **parameters: str) -> "Call":
        """Let a web page ring with an access token; `parameters` are what it passes along, `To` among them."""
        return Call(self, self.ask("POST", "/browsers", {"token": token, "parameters": parameters})["sid"])

    def cuts_browsers_off(self) -> None:
        """Let the connections of all pages with Twilio's Voice SDK break; they come back by themselves."""
        self.ask("DELETE", "/browsers")

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
        """Let somebody text the line, and wait for the answer of its app.

        `media` are {content_type, url} or {content_type, content} in base64, see `picture`; `more` goes to the app too.
        """
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

    def set_clock(self, at: datetime | None, *, leads: bool = False, app: str = "", key: str = "") -> None:
        """Let it be another time for Twilio, for the app too when its clock is given; None: as it is.

        See local/twilio/control.py.
        """
        self.ask("PUT", "/clock", {"at": at.isoformat() if at else None, "leads": leads, "app": app, "key": key})

    def waits(self, seconds: float) -> None:
        """Let time pass for everybody, on a call or not."""
        self.ask("POST", "/clock", {"seconds": seconds})

    def begins_anew(self) -> None:
        """End all calls and forget what happened; phones behave as they usually do."""
        self.ask("DELETE", "/line")


def picture(file: Path, content_type: str = "image/jpeg") -> dict[str, str]:
    """Return a file as the media of a text."""
    return {"content_type": content_type, "content": base64.b64encode(file.read_bytes()).decode()}
