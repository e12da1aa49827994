"""What the stand-in remembers. These records live and change; what REST shows of them is in `rest/`."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from local.twilio.clock import Clock
from local.twilio.journal import Journal
from local.twilio.sids import new_sid, utc_now

MAX_QUEUE_SIZE = 1000  # Twilio: a queue that nobody gave another size
Direction = Literal["inbound", "outbound-api", "outbound-dial"]
ENDED = ("completed", "busy", "failed", "no-answer", "canceled")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened on a call, as a person on it would tell."""

    at: datetime
    kind: str
    text: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Alert:
    """What an owner sees in Twilio's error log."""

    code: int
    text: str
    sid: str  # of the call or message that it happened to
    url: str
    at: datetime = field(default_factory=utc_now)
    own_sid: str = field(default_factory=lambda: new_sid("NO"))


@dataclass(slots=True)
class Call:
    """A call, or one leg of a longer one."""

    to: str
    from_: str
    direction: Direction
    sid: str = field(default_factory=lambda: new_sid("CA"))
    parent_call_sid: str | None = None
    phone_number_sid: str = ""
    status: str = "queued"
    created: datetime = field(default_factory=utc_now)
    updated: datetime = field(default_factory=utc_now)
    start: datetime | None = None
    end: datetime | None = None
    answered: datetime | None = None
    answered_by: str | None = None
    forwarded_from: str | None = None
    caller_name: str | None = None
    price: str | None = None
    queue_time_ms: int = 0
    parameters: dict[str, str] = field(default_factory=dict)
    transcript: Journal[Event] = field(default_factory=Journal)

    @property
    def duration_s(self) -> int:
        """Whole seconds from answer to end; 0 for a call that nobody answered."""
        return round((self.end - self.answered).total_seconds()) if self.answered and self.end else 0

    @property
    def is_over(self) -> bool:
        """Whether it can no longer change."""
        return self.status in ENDED


@dataclass(slots=True)
class Media:
    """A picture or file of a message: its own bytes, or the address where the sender keeps it."""

    content_type: str
    url: str = ""
    content: bytes = b""
    sid: str = field(default_factory=lambda: new_sid("ME"))
    created: datetime = field(default_factory=utc_now)


@dataclass(slots=True)
class Message:
    """A text, in or out."""

    to: str
    from_: str
    body: str
    direction: Literal["inbound", "outbound-api", "outbound-call", "outbound-reply"]
    media: list[Media] = field(default_factory=list)
    sid: str = ""
    status: str = "queued"
    num_segments: int = 1
    messaging_service_sid: str | None = None
    created: datetime = field(default_factory=utc_now)
    updated: datetime = field(default_factory=utc_now)
    sent: datetime | None = None
    error_code: int | None = None
    price: str | None = None

    def __post_init__(self) -> None:
        """A message with media has an MM SID."""
        self.sid = self.sid or new_sid("MM" if self.media else "SM")


@dataclass(slots=True)
class Number:
    """A number of the account and where its webhooks go."""

    phone_number: str
    sid: str = field(default_factory=lambda: new_sid("PN"))
    created: datetime = field(default_factory=utc_now)
    updated: datetime = field(default_factory=utc_now)
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Application:
    """A TwiML application: a name for webhooks."""

    settings: dict[str, str]
    sid: str = field(default_factory=lambda: new_sid("AP"))
    created: datetime = field(default_factory=utc_now)


@dataclass(slots=True)
class CallerId:
    """A number that its owner has verified."""

    phone_number: str
    friendly_name: str
    sid: str = field(default_factory=lambda: new_sid("PN"))
    created: datetime = field(default_factory=utc_now)


@dataclass(frozen=True, slots=True)
class Sound:
    """A file of sound."""

    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StatusCallback:
    """Where to tell of something, and of which `events`, separated by spaces; nowhere when the URL is empty."""

    url: str = ""
    method: str = "POST"
    events: str = "completed"


@dataclass(slots=True)
class Recording:
    """What is recorded on a call or conference; without a `sound` of a microphone, silence as long as it is given.

    `source` is Twilio's word for what records, such as `DialVerb`; `start` moves on by each pause.
    """

    call_sid: str
    source: str
    start: datetime
    channels: int = 1
    track: str = "both"
    callback: StatusCallback = field(default_factory=StatusCallback)
    conference_sid: str | None = None
    name: str = ""
    duration_s: int = 0
    transcript: str = ""
    sid: str = field(default_factory=lambda: new_sid("RE"))
    created: datetime = field(default_factory=utc_now)
    status: str = "in-progress"
    paused: datetime | None = None
    ended: datetime = field(default_factory=utc_now)  # by the real clock, once it has
    error_code: int | None = None
    sound: Sound | None = None

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.status in {"in-progress", "paused"}

    def is_of(self, call_sid: str) -> bool:
        """Tell whether it records this very call, and not a conference that it takes part in, and has not ended."""
        return self.is_running and self.call_sid == call_sid and not self.conference_sid


@dataclass(frozen=True, slots=True)
class Transcription:
    """The words of a recording, or that there were none to write down (`failed`)."""

    recording: Recording
    status: str
    text: str
    sid: str = field(default_factory=lambda: new_sid("TR"))
    created: datetime = field(default_factory=utc_now)


@dataclass(slots=True, eq=False)
class Participant:
    """One call in a conference; `clock` is the time of its call tree."""

    call: Call
    clock: Clock
    starts: bool
    ends: bool
    muted: bool
    hold: bool = False
    beep: str = "true"  # true, false, onEnter, onExit: when the others hear one
    joined: datetime = field(default_factory=utc_now)
    label: str = ""
    coaches: str = ""  # SID of the call that alone hears it


@dataclass(slots=True, eq=False)
class Conference:
    """A conference; `status` is init, in-progress or completed, participants are found by the SIDs of their calls."""

    friendly_name: str
    sid: str = field(default_factory=lambda: new_sid("CF"))
    status: str = "init"
    created: datetime = field(default_factory=utc_now)
    updated: datetime = field(default_factory=utc_now)
    reason_ended: str | None = None
    call_sid_ending: str | None = None
    participants: dict[str, Participant] = field(default_factory=dict)
    invited: dict[str, Participant] = field(default_factory=dict)  # whom REST has dialled, joined or not
    callback: tuple[str, str] = ("", "POST")
    events: frozenset[str] = frozenset()
    sequence: int = 0
    recorder: Participant | None = None  # whose Conference asked for a recording
    recording: Recording | None = None  # made as the conference starts, when one was asked for
    recording_callback: StatusCallback = field(default_factory=StatusCallback)

    def invited_only(self) -> list[Participant]:
        """Return who is dialled and not there yet."""
        return [one for sid, one in self.invited.items() if sid not in self.participants and not one.call.is_over]


@dataclass(slots=True, eq=False)
class Member:
    """A call in a queue; `clock` is the time of its call tree."""

    call: Call
    clock: Clock
    since: datetime

    def waited_s(self) -> int:
        """Return the seconds in line."""
        return round((self.clock.now() - self.since).total_seconds())


@dataclass(slots=True, eq=False)
class Queue:
    """A queue, made when somebody names it. `agents` are the SIDs of the calls that wait to serve its head."""

    friendly_name: str
    max_size: int = MAX_QUEUE_SIZE
    sid: str = field(default_factory=lambda: new_sid("QU"))
    created: datetime = field(default_factory=utc_now)
    members: list[Member] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)

    def average_s(self) -> int:
        """Return the average wait of those who are in line."""
        waits = [member.waited_s() for member in self.members]
        return round(sum(waits) / len(waits)) if waits else 0
