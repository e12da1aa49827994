"""What passes the checker works on Twilio: verbs stand where it follows them, parameters where it sends them."""

import pytest

from shared import flow
from tests.unit.flow.test_reader import checked

RING = "dial: {number: +12025550101, "


def scenes(**named):
    """Return a flow file of these scenes, each a list of steps."""
    return "voice:\n" + "".join(
        f"  {name}:\n" + "".join(f"    - {step}\n" for step in steps) for name, steps in named.items()
    )


def said(tmp_path, text):
    return [str(mistake) for mistake in checked(tmp_path, text)]


@pytest.mark.parametrize(
    ("asked", "verb", "heard"),
    [
        ("dial: {conference: {name: team, wait_url: other}}", "gather: {prompt: Hi}", "a conference has not begun"),
        ("dial: {conference: {name: team, wait_url: other}}", "record: {then: other}", "a conference has not begun"),
        ("dial: {conference: {name: team, wait_url: other}}", "dial: +12025550102", "a conference has not begun"),
        ("dial: {conference: {name: team, wait_url: other}}", "hangup", "a conference has not begun"),
        ("enqueue: {name: support, wait_url: other}", "dial: +12025550102", "wait in a queue"),
        ("enqueue: {name: support, wait_url: other}", "record: {then: other}", "wait in a queue"),
        ("enqueue: {name: support, wait_url: other}", "enqueue: more", "wait in a queue"),
        ("enqueue: {name: support, wait_url: other}", "sms: Hi", "wait in a queue"),
        ("dial: {queue: {name: support, url: other}}", "hangup", "before a queue's caller is connected"),
        (RING + "whisper: other}", "dial: +12025550102", "that a callee hears"),
        ("dial: {client: {identity: bob, url: other}}", "dial: +12025550102", "that a callee hears"),
        ("dial: {sip: {sip_url: 'sip:bob@example.com', url: other}}", "dial: +12025550102", "that a callee hears"),
    ],
)
def test_a_verb_that_twilio_does_not_follow_there_is_a_mistake(tmp_path, asked, verb, heard):
    (line,) = said(tmp_path, scenes(start=[asked], other=["say: Hi", verb]))
    assert line.startswith(f'flow.yaml:6:7: "{verb.partition(":")[0]}" cannot stand in a scene ')
    assert heard in line
    flow_now = flow.load(tmp_path / "flow.yaml")
    assert flow_now.mistakes, "the call would be cut off"


@pytest.mark.parametrize(
    ("asked", "steps"),
    [
        ("dial: {conference: {name: team, wait_url: other}}", ["say: Hi", "play: https://x/y.mp3", "pause: 1"]),
        ("enqueue: {name: support, wait_url: other}", ["gather: {prompt: Hi, choices: {'1': quit}}", "hangup"]),
        ("dial: {queue: {name: support, url: other}}", ["say: Hi", "redirect: https://example.com/more"]),
        (RING + "whisper: other}", ["record: {then: quit, no_input: quit}", "hangup"]),
    ],
)
def test_what_twilio_follows_there_may_stand_there(tmp_path, asked, steps):
    assert said(tmp_path, "entrances: quit\n" + scenes(start=[asked], other=steps, quit=["leave"])) == []


def test_a_scene_is_looked_at_wherever_it_is_heard_from(tmp_path):
    """The waiting caller presses a key: what follows is still heard in the queue; who comes another way may record."""
    file = scenes(
        start=["gather: {prompt: Hi, choices: {'1': voicemail}}", "enqueue: {name: support, wait_url: waiting}"],
        waiting=["callers: {match: hidden, then: menu}", "pause: 9"],
        menu=["gather: {prompt: Hi, choices: {'1': voicemail}}"],
        voicemail=["record: {then: end, no_input: end}"],
        end=["pause: 1"],
    )
    (line,) = said(tmp_path, file)
    assert line.startswith('flow.yaml:11:7: "record" cannot stand in a scene that callers hear while they wait')


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("queue: support", '"queue" is no verb of its own; write dial: {queue: ...} to answer who waits, or enqueue'),
        ("prompt: {say: hi}", '"prompt" is no verb of its own; write gather: {prompt: ...}, or pay: {prompt: ...}'),
        ("number: +12025550101", '"number" is no verb of its own; dial: {number: ...}'),
        ("conference: team", '"conference" is no verb of its own; dial: {conference: ...}'),
        ("stream: {url: wss://x}", '"stream" is no verb of its own; connect: {stream: ...} or start: {stream: ...}'),
        ("task: {body: x}", '"task" is no verb of its own; enqueue: {task: ...}'),
        ("break: {time: 1s}", '"break" is no verb of its own; say: {break: ...}'),
        ("dial: {number: +12025550101, conference: team}", "a conference is dialled alone"),
        ("dial: {conference: [team, other]}", "a conference is dialled alone"),
        ("connect:", '"connect" has no "stream"'),
        ("refer: {then: start}", '"refer" has no "sip"'),
    ],
)
def test_a_noun_is_no_verb(tmp_path, step, expected):
    (line,) = said(tmp_path, scenes(start=[step]))
    assert expected in line


@pytest.mark.parametrize(
    ("text", "place", "warning"),
    [
        (scenes(start=["say: Hi $Nmae"]), "3:12", '"$Nmae" is no parameter of Twilio; nothing is said there'),
        (
            scenes(start=["say: Hi $FromCtiy"]),
            "3:12",
            '"$FromCtiy" is no parameter of Twilio; did you mean "$FromCity"',
        ),
        (scenes(start=["say: Hi $fromcity"]), "3:12", 'did you mean "$FromCity"?'),
        (scenes(start=["say: It costs $Price"]), "3:12", 'for a dollar write "$$Price"'),
        (scenes(start=["say: 'Hi ${From'"]), "3:12", 'has a "${" that no name and "}" follow'),
        (scenes(start=["say: '${ From }'"]), "3:12", 'has a "${" that no name and "}" follow'),
        (scenes(start=["gather: {prompt: [say: '$Pres 1']}"]), "3:30", '"$Pres" is no parameter'),
        (scenes(start=["say: {parts: [Hi, $Nmae]}"]), "3:25", '"$Nmae" is no parameter'),
        ("messages: {otherwise: Hi $name}", "1:23", '"$name" is no parameter'),
        ("messages: {otherwise: $SpeechResult}", "1:23", '"$SpeechResult" is empty here; it comes after a gather'),
        ("messages: {keywords: {a: {reply: $CallerName}}}", "1:34", "it comes with a call, not with a text"),
        (scenes(start=["say: $Body"]), "3:12", '"$Body" is empty here; it comes with a text, not with a call'),
        (scenes(start=["say: $Digits"]), "3:12", '"$Digits" is empty here; it comes after a gather that takes keys'),
        (scenes(start=["say: $RecordingUrl"]), "3:12", "it comes after a record"),
        (scenes(start=["gather: {prompt: Hi, digits: 4}", "say: $SpeechResult"]), "4:12", "a gather that takes speech"),
        (scenes(start=["gather: {prompt: Hi, input: speech}", "say: $Digits"]), "4:12", "a gather that takes keys"),
        (scenes(start=["gather: {prompt: Hi, no_input: b}", "hangup"], b=["say: $Digits"]), "6:12", "is empty here"),
        (scenes(start=["gather: {prompt: Hi, then: b}"], b=["redirect: c"], c=["say: $Digits"]), "7:12", "empty here"),
        (
            scenes(
                start=["gather: {prompt: Your number, then: menu}"],
                menu=["gather: {prompt: 'Sales, 1', choices: {'1': sales}}"],
                sales=["say: Connecting customer $Digits"],
            ),
            "7:12",
            '"$Digits" is always 1 here: the key that leads here; what was entered earlier is not sent again',
        ),
        (
            scenes(
                start=["enqueue: {name: a, wait_url: b}"],
                b=["gather: {prompt: Hi, then: c}"],
                c=["say: $QueuePosition"],
            ),
            "7:12",
            "it comes when the scene of a queue's wait_url begins",
        ),
        ("voice: {start: [say: hi], lost: [say: ho]}", "1:27", 'nothing leads to the scene "lost"'),
        ("messages: {keywords: {Stop: x}}", "1:23", "whoever texts it opts out"),
    ],
)
def test_what_is_hardly_meant_is_a_warning_and_the_line_runs(tmp_path, text, place, warning):
    (line,) = said(tmp_path, text)
    assert line.startswith(f"flow.yaml:{place}: warning: ")
    assert warning in line
    assert not flow.load(tmp_path / "flow.yaml").mistakes


@pytest.mark.parametrize(
    "text",
    [
        scenes(start=["gather: {prompt: Hi, then: b}"], b=["say: $Digits"]),
        scenes(start=["gather: {prompt: Hi}", "say: $Digits"]),
        scenes(start=["gather: {prompt: Hi, choices: {'1': b, '2': b}}"], b=["say: You pressed $Digits"]),
        scenes(start=["gather: {prompt: Hi, choices: {sales: b}, then: b}"], b=["say: '$SpeechResult, $Confidence'"]),
        scenes(start=["gather: {prompt: Hi, choices: {'1': b}, wrong: c}"], b=["hangup"], c=["say: No $Digits here"]),
        scenes(
            start=["gather: {prompt: Hi, then: b}", "redirect: b"],
            b=["hours: {open: Mon 09:00-18:00, timezone: UTC, closed: c}", "hangup"],
            c=["say: $Digits"],  # the same document
        ),
        scenes(start=["enqueue: {name: a, wait_url: b}"], b=["say: $QueuePosition of $CurrentQueueSize"]),
        scenes(start=["enqueue: {name: a, then: b}"], b=["say: $QueueTime"]),
        scenes(start=["dial: {number: +12025550101, then: b}"], b=["say: $DialCallDuration"]),
        scenes(start=["record: {then: b}"], b=["say: $RecordingDuration"]),
        scenes(start=["pay: {then: b}"], b=["say: $Result"]),
        scenes(start=["say: '$$Price and $5 and ${From}, $SipHeader_X-Name'"]),
        "messages: {otherwise: $Body $MediaUrl9 $ProfileName}",
    ],
)
def test_a_parameter_that_has_come_is_no_warning(tmp_path, text):
    assert said(tmp_path, text) == []


MAY_REFUSE = {"screen": ["gather: {prompt: Press 1, choices: {'1': take}, otherwise: refuse}"],
              "take": ["say: Hi"], "refuse": ["hangup"]}  # fmt: skip
TWO = "number: [+12025550101, +12025550102]"


@pytest.mark.parametrize(
    "dial",
    [
        f"{{{TWO}, whisper: screen}}",
        "{number: +12025550101, client: bob, whisper: screen}",
        "{number: [{phone_number: +12025550101, url: screen}, +12025550102]}",
        f"{{{TWO}, whisper: screen, sequential: false}}",
    ],
)
def test_who_refuses_in_a_whisper_refuses_for_all_that_ring(tmp_path, dial):
    (line,) = said(tmp_path, scenes(start=[f"dial: {dial}"], **MAY_REFUSE))
    assert line == (
        "flow.yaml:3:7: warning: the first to pick up ends the ringing of the others, and may refuse the call for all; "
        "write sequential: true to ask one after the other"
    )


@pytest.mark.parametrize(
    ("dial", "named"),
    [
        (f"{{{TWO}, whisper: screen, sequential: true}}", MAY_REFUSE),
        ("{number: +12025550101, whisper: screen}", MAY_REFUSE),
        (f"{{{TWO}, whisper: take}}", {"take": ["say: A call for sales."]}),
    ],
)
def test_one_who_is_asked_alone_or_cannot_refuse_is_no_warning(tmp_path, dial, named):
    assert said(tmp_path, scenes(start=[f"dial: {dial}"], **named)) == []
