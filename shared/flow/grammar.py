"""The words of the language that the twilio library does not know: what kind of value stands where.

The reader checks by these tables and the JSON Schema is written from them.
"""

import msgspec

from shared.flow.placeholders import PartOf
from shared.platform_limits import MESSAGE_CHARACTERS

SAY_CHARACTERS = 4096  # Source: Twilio's page on <Say>
NAME_CHARACTERS = 64  # queues; conferences may be longer
IDENTITY_CHARACTERS = 256  # of a client, as Twilio's page on access tokens has it
SHORT_CHARACTERS = 1024


class Whole(msgspec.Struct, frozen=True):
    """A whole number."""

    least: int
    most: int


class Seconds(msgspec.Struct, frozen=True):
    """A time in whole seconds, as a number or with its unit; `others` are words that may stand for one."""

    least: int
    most: int
    others: tuple[str, ...] = ()


class Flag(msgspec.Struct, frozen=True):
    """True or false."""


class OneOf(msgspec.Struct, frozen=True):
    """One of some words; with `joined`, or a list of them."""

    words: tuple[str, ...]
    joined: bool = False


class Free(msgspec.Struct, frozen=True):
    """A text as it is; a list is joined. With `is_literal` a dollar has no meaning in it."""

    characters: int = SHORT_CHARACTERS
    joint: str = " "
    is_literal: bool = False


class Voice(msgspec.Struct, frozen=True):
    """One of Twilio's voices."""

    characters: int = SHORT_CHARACTERS


class Locale(msgspec.Struct, frozen=True):
    """A language with its country, such as de-DE."""

    characters: int = SHORT_CHARACTERS


class Filled(msgspec.Struct, frozen=True):
    """A text in which `$Name` is filled in; values are escaped for what they become `part_of`."""

    characters: int = SAY_CHARACTERS
    part_of: PartOf = "text"


class Keys(msgspec.Struct, frozen=True):
    """Keys of a phone, each at most once."""


class SceneName(msgspec.Struct, frozen=True):
    """A scene of this file."""


class SceneOrUrl(msgspec.Struct, frozen=True):
    """A scene of this file, or an address outside of it."""


class Url(msgspec.Struct, frozen=True):
    """An address that begins with one of `schemes`, in which `$Name` is filled in behind the host.

    Values are escaped for what they become `part_of`.
    """

    schemes: tuple[str, ...] = ("https://", "http://")
    part_of: PartOf = "url"


class Phone(msgspec.Struct, frozen=True):
    """A number in E.164 form; `others` are beginnings or words that may stand for one."""

    others: tuple[str, ...] = ()


class Name(msgspec.Struct, frozen=True):
    """A word of letters, digits, - and _ that names a list."""


type Kind = (
    Name | Whole | Seconds | Flag | OneOf | Free | Voice | Locale | Filled | Keys | SceneName | SceneOrUrl | Url | Phone
)

METHOD = OneOf(("GET", "POST"))
TRIM = OneOf(("trim-silence", "do-not-trim"))
NAME = Filled(NAME_CHARACTERS)
SIP = Url(("sip:", "sips:"), "sip")
HERE = ("ws://127.0.0.1:", "ws://localhost:")  # what the local Twilio connects to beside; Twilio does not
SOCKET = Url(("wss://", *HERE))

# By attribute, and by element and attribute where one word means several things. An attribute of the library that is
# not here takes any text.
ATTRIBUTES: dict[str, Kind] = {
    **dict.fromkeys(
        ["answer_on_bridge", "hangup_on_star", "sequential", "muted", "start_conference_on_enter", "debug",
         "end_conference_on_exit", "profanity_filter", "enhanced", "barge_in", "play_beep", "transcribe",
         "partial_results", "enable_automatic_punctuation", "security_code", "interruptible", "dtmf_detection"],
        Flag(),
    ),
    "timeout": Seconds(1, 600),
    "length": Seconds(1, 3600),
    "loop": Whole(0, 1000),
    "time_limit": Seconds(1, 86_400),
    "max_length": Seconds(1, 14_400),
    "max_participants": Whole(2, 250),
    "max_queue_size": Whole(1, 5000),
    "max_attempts": Whole(1, 10),
    "max_speech_time": Seconds(1, 60),
    "finish_on_key": Keys(),
    "send_digits": Keys(),
    "words": Filled(),
    "sip_url": SIP,
    "hints": Free(4000, ", "),
    "url": SceneOrUrl(),
    "wait_url": SceneOrUrl(),
    "refer_url": SceneOrUrl(),
    "method": METHOD,
    "trim": TRIM,
    "status_callback": Url(),
    "phone_number": Phone(),
    "caller_id": Phone(("$To", "$From", "client:", "sip:")),
    "value": Filled(SHORT_CHARACTERS),
    "welcome_greeting": Filled(),
}  # fmt: skip
OF_ELEMENT: dict[tuple[str, str], Kind] = {
    ("say", "text"): Filled(),
    ("say", "voice"): Voice(),
    ("say", "language"): Locale(),
    ("gather", "language"): Locale(),
    ("sms", "text"): Filled(MESSAGE_CHARACTERS),
    ("sms", "to"): Phone(("$From", "$To")),
    ("sms", "from"): Phone(("$To",)),
    ("play", "url"): Url(),
    ("play", "digits"): Keys(),
    ("stream", "url"): SOCKET,
    ("conversation_relay", "url"): SOCKET,
    ("gather", "digits"): Whole(1, 60),
    ("gather", "speech_timeout"): Seconds(1, 60, ("auto",)),
    ("gather", "input"): OneOf(("dtmf", "speech"), joined=True),
    ("dial", "record"): OneOf(("do-not-record", "record-from-answer", "record-from-ringing",
                               "record-from-answer-dual", "record-from-ringing-dual")),
    ("dial", "recording_track"): OneOf(("inbound", "outbound", "both")),
    ("reject", "reason"): OneOf(("rejected", "busy")),
    ("enqueue", "name"): NAME,
    ("queue", "name"): NAME,
    ("conference", "name"): Filled(128),
    ("conference", "beep"): OneOf(("true", "false", "onEnter", "onExit")),
    ("conference", "record"): OneOf(("do-not-record", "record-from-start")),
    ("conference", "status_callback_event"): OneOf(
        ("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"), joined=True),
    ("task", "body"): Filled(part_of="json"),
    ("client", "identity"): Filled(IDENTITY_CHARACTERS),
    ("identity", "client_identity"): Filled(IDENTITY_CHARACTERS),
    ("sip", "password"): Free(is_literal=True),
}  # fmt: skip

LANGUAGE = 1  # the version of this language; a file may say in `ahoy` which it is written in


class Former(msgspec.Struct, frozen=True):
    """What a word is called now, and the version of Ahoy that brought the new name."""

    word: str
    since: str


# (the word under which it stands, empty for the file itself; the former word) -> its name now. Taken for two versions.
FORMERLY = {("", "version"): Former("ahoy", "0.3.0")}

# What a bare value stands for, where the library has no word for it.
SHORT = {"dial": "number", "gather": "prompt"}
# The file's word -> the library's, where another reads better.
RENAMED = {"say": {"text": "message"}, "sms": {"text": "message"}, "gather": {"digits": "num_digits"}}

# Words of ours beside the attributes of a verb.
SCENE = SceneName()
OURS: dict[str, dict[str, Kind]] = {
    "gather": {"then": SCENE, "otherwise": SCENE, "wrong": SCENE, "no_input": SCENE, "attempts": Whole(1, 10)},
    "dial": {"whisper": SCENE, "then": SCENE, "unanswered": SCENE, "busy": SCENE, "failed": SCENE},
    "enqueue": {"then": SCENE, "left": SCENE, "full": SCENE, "failed": SCENE},
    "record": {"then": SCENE, "no_input": SCENE},
}
# The addresses that are asked for by a method.
METHOD_OF = {
    "method": ("action", "url"),
    "wait_method": ("wait_url",),
    "wait_url_method": ("wait_url",),
    "refer_method": ("refer_url",),
}
# What the library takes and the file says in another way.
# (element or "" for each, word) -> how it is written here.
SAID_OTHERWISE = {
    ("", "action"): "write then: SCENE",
    **{
        ("", f"recording_status_callback{what}"): "the line itself notes the recording"
        for what in ("", "_method", "_event")
    },
    ("gather", "action_on_empty_result"): "write no_input: SCENE",
    ("gather", "say"): "write it in prompt:",
    ("gather", "play"): "write it in prompt:",
    ("gather", "pause"): "write it in prompt:",
    ("record", "transcribe_callback"): "the line itself notes the transcription",
}
# One of these must be written, where the library itself needs none.
NEEDED = {"say": ("text",), "play": ("url", "digits"), "enqueue": ("name", "workflow_sid"), "client": ("identity",),
          "connect": ("stream",), "start": ("stream",), "stop": ("stream",), "refer": ("sip",)}  # fmt: skip
# Other words for a verb: those that mean one thing only are taken, the others are answered with what is meant.
ALSO = {"go": "redirect", "goto": "redirect", "go_to": "redirect", "hang_up": "hangup"}
MEANT = {"ask": "gather", "call": "dial", "end": "hangup", "forward": "dial", "menu": "gather", "message": "sms",
         "ring": "dial", "sleep": "pause", "speak": "say", "text": "sms", "transfer": "dial", "voicemail": "record",
         "wait": "pause"}  # fmt: skip
ALONE = {"hangup", "leave", "reject"}  # may stand where a scene is named: there is nothing more to say
# Words of ours that are verbs.
HOURS: dict[str, Kind] = {"open": Free(), "timezone": Free(), "holidays": Free(), "then": SCENE, "closed": SCENE}
CALLERS: dict[str, Kind] = {"match": Free(), "then": SCENE, "otherwise": SCENE}
ANSWER: dict[str, Kind] = {
    "reply": Filled(MESSAGE_CHARACTERS),
    "media": Url(),
    "subscribe": Name(),
    "unsubscribe": Name(),
    "call": SCENE,
    "forward": Phone(),
}
SEVERAL = {"media", "subscribe", "unsubscribe", "forward"}  # an answer may have more than one of each
HIDDEN = "hidden"  # stands in `match` for callers that show no number
WAITING = {"gather", "refer", "record", "dial", "enqueue", "connect", "pay", "echo"}  # a person has a say
