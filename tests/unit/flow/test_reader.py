"""The checker says everything that is wrong with a flow file at once, each with its place and the way out."""

import sys
import zoneinfo

import pytest
import yaml
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared import flow
from tests.tools.flows import READY_MADE_FLOWS

MANY_MISTAKES = """\
voice:
  start:
    - gatther: {digits: 1}
    - say: {text: "Hello, $FromCty", voise: Polly.Amy}
    - hours: {open: "Mon-Fry 09:00-18:00", timezone: Europe/Pariss, closed: sales}
    - gather: {prompt: Press 1., timeout: soon, choices: {1: sale}}
  sales:
    - dial: {number: "12025550101"}
    - redirect: round
  round:
    - say: Round and round.
    - redirect: round
  lost:
    - hangup:
messages:
  otherwise: {replay: Hello}
"""
MANY_LINES = """\
flow.yaml:3:7: unknown verb "gatther"; did you mean "gather"?
flow.yaml:4:19: warning: "$FromCty" is no parameter of Twilio; did you mean "$FromCity"?
flow.yaml:4:38: unknown attribute of "say": "voise"; did you mean "voice"?
flow.yaml:5:21: "Mon-Fry 09:00-18:00" are no opening hours; "fry" is no day, did you mean "Fri"?
flow.yaml:5:54: unknown time zone "Europe/Pariss"; did you mean "Europe/Paris"?
flow.yaml:6:43: "timeout" is "soon"; expected seconds from 1 to 600, such as 1, 1s or 1m
flow.yaml:6:62: there is no scene "sale"; did you mean "sales"?
flow.yaml:8:22: "12025550101" is no phone number; did you mean "+12025550101"?
flow.yaml:10:3: nobody can leave the loop round -> round; put a gather, dial, record or hangup in it
flow.yaml:13:3: warning: nothing leads to the scene "lost"; name it somewhere, or in entrances: when calls placed by \
the API begin there
flow.yaml:16:15: unknown word of an answer: "replay"; did you mean "reply"?
"""


def checked(tmp_path, text):
    path = tmp_path / "flow.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return flow.check(path)


def scene(*steps):
    """Return a flow of one scene."""
    return "voice:\n  start:\n" + "".join(f"    - {step}\n" for step in steps)


def test_a_file_with_many_mistakes_gets_one_good_line_for_each(tmp_path):
    assert "".join(f"{mistake}\n" for mistake in checked(tmp_path, MANY_MISTAKES)) == MANY_LINES


@pytest.mark.parametrize("path", READY_MADE_FLOWS, ids=lambda path: path.stem)
def test_the_lines_that_are_shipped_have_no_mistake(path):
    assert flow.check(path) == []
    assert not flow.load(path).mistakes


@pytest.mark.parametrize("path", READY_MADE_FLOWS, ids=lambda path: path.stem)
def test_a_ready_made_line_says_in_two_lines_what_it_is_for(path):
    first, *comment, begin = path.read_text(encoding="utf-8").splitlines()[:4]
    assert first == "# yaml-language-server: $schema=../flow.schema.json"
    assert all(line.startswith("# ") for line in comment)
    assert not begin.startswith("#")


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("", "1:1", "the file is empty"),
        ("voice: [", "2:1", "not YAML"),
        ("voice: [x", "1:8", '"[" is not closed; write "]" before line 2, column 1'),
        ("voice: {start: [hangup}", "1:16", '"[" is not closed; write "]" before line 1, column 23'),
        ("voice:\n\t- x", "2:1", "this line is indented with a tab; indent with spaces"),
        ("voice:\n  - x\n\t- y", "3:1", "indent with spaces"),
        ("voice: |\n\tx", "2:1", "indent with spaces"),
        (scene("say: @ahoy on Signal"), "3:12", 'a text begins with @; put it in quotes: "@ahoy on Signal"'),
        (scene("say: [%]"), "3:13", 'a text begins with %; put it in quotes: "%"'),
        (scene("say: *.mp3 # all"), "3:13", 'a text begins with * or &; put it in quotes: "*.mp3"'),
        (scene("say: Note: we are closed"), "3:16", 'a text holds ": "; put it in quotes: "Note: we are closed"'),
        (scene("say: {text: Note: closed}"), "3:23", 'a text holds ": "'),
        (scene('say: "Hi" there'), "3:17", "the text ended at the second \"; put the whole of it between ' and '"),
        (scene("say: 'It's us'"), "3:16", "the text ended at the second '"),
        (scene("say: 'Hello"), "3:12", "these quotes are not closed"),
        (scene("say: > Hello"), "3:14", "begin it on the next line"),
        ("voice:\n  start: x\n   end: y", "3:7", "this line goes on with the text before it"),
        ("voice:\n  start:\n    - say: x\n     - say: y", "4:6", "not indented as those before it; begin it exactly"),
        ("voice:\n  start:\n  - hangup\n  end", "4:3", "this line has no colon"),
        ("voice: - start", "1:8", "a list begins in the middle of a line"),
        (scene("say: {text: Guten Tag, schön dass Sie anrufen}"), "3:30", '"schön dass Sie anrufen" has no value'),
        (
            scene("say: {text: Guten Tag, mein Freund}"),
            "3:30",
            'before the comma, put that in quotes: "Guten Tag, mein Freu',
        ),
        ("messages: {keywords: {a: Yes, please, b: No}}", "1:31", 'put that in quotes: "Yes, please"'),
        (scene("record: {finish_on_key: '#', transcribe}"), "3:36", "write a colon and its value: transcribe: VALUE"),
        (scene("say: {text: Hello, dear caller: press 1}"), "3:26", "put the text before it in quotes"),
        (scene("say: Press # to go on"), "3:12", '"text" ends before " #", which begins a comment; put all of it in'),
        (scene("gather:\n        prompt: We are #1, hello"), "4:17", 'ends before " #"'),
        ("messages: {otherwise: We are #1\n }", "1:23", 'the reply ends before " #"'),
        (scene("say: {text: Hi, voice: Vicki}"), "3:30", '"voice" is "Vicki"; did you mean "Polly.Vicki"?'),
        (scene("say: {text: Hi, voice: female 1}"), "3:30", "expected man, woman, or one such as Polly.Amy"),
        (scene("say: {text: Hi, language: de}"), "3:33", '"language" is "de"; write it with its country: de-DE'),
        (scene("say: {text: Hi, language: en_gb}"), "3:33", 'did you mean "en-GB"?'),
        (scene("say: {text: Hi, language: German}"), "3:33", "de-DE, en-GB, fr-FR or the like"),
        (scene("gather: {prompt: Hi, language: EN}"), "3:38", "write it with its country: en-GB or en-US"),
        (
            "voice: {start: [hangup], öffnungszeiten: [hangup]}",
            "1:26",
            'from a to z, digits, - and _, such as "oeffnungs',
        ),
        ("voice: {start: [hangup], Über uns!: [hangup]}", "1:26", 'such as "Ueber_uns"'),
        ("voice: {start: [hangup], '1': [hangup]}", "1:26", 'such as "scene_1"'),
        ("voice: {start: [hangup], 销售: [hangup]}", "1:26", "expected letters from a to z, digits, - and _"),
        ("messages: {otherwise: {subscribe: Café}}", "1:35", 'such as "Cafe"'),
        (
            scene("hours: {open: 9-17, timezone: UTC, closed: start}"),
            "3:21",
            'on which days? write "Daily 09:00-17:00"',
        ),
        (b"voice:\n  start: \xff", "2:10", "not UTF-8"),
        ("voice:\n  start: \x01", "2:10", "a character that YAML forbids"),
        ("- say: hi", "1:1", "not a map"),
        ("voice: {start: [hangup]}\n---\nvoice: {}", "2:1", "a second document"),
        ("voice: {start: [hangup], start: [hangup]}", "1:26", "line 1 already"),
        ("voice: {? [a] : b, start: [hangup]}", "1:11", "a key must be a word"),
        ("voice: {begin: [hangup]}", "1:8", 'no scene "start"'),
        ("voices: {}", "1:1", 'did you mean "voice"?'),
        ("voice: {start: hangup}", "1:16", "begin each step with a dash"),
        ("voice: {start: [hangup], 1 2: [hangup]}", "1:26", "no name of a scene"),
        (scene("say: *hello"), "3:12", "names no anchor"),
        (scene("say:"), "3:11", 'has no "text"'),
        (scene("say: [a, b]"), "3:12", "not a map"),
        (scene("say: {text: {a: b}}"), "3:19", "is a map"),
        (scene("say: {text: hi, message: ho}"), "3:23", "write text"),
        (scene("say: {text: hi, parts: [ho]}"), "3:12", "write all of it in parts"),
        (scene(f"say: {'x' * 4097}"), "3:12", "4097 characters; at most 4096"),
        (scene("say: {text: hi, loop: -1}"), "3:29", "from 0 to 1000"),
        (scene("say: hi", "hangup: now"), "4:15", "not a map"),
        (scene("{say: a, play: b}"), "3:7", "several verbs"),
        (scene("play: music.mp3"), "3:13", "https://"),
        (scene("play: {loop: 2}"), "3:13", 'has no "url"'),
        (scene("pause: 61m"), "3:14", "expected seconds from 1 to 3600"),
        (scene("pause: 1.5s"), "3:14", "expected seconds from 1 to 3600"),
        (scene("gather: {timeout: 500ms}"), "3:25", "expected seconds from 1 to 600"),
        (scene("gather: {attempts: 2m}"), "3:26", "from 1 to 10"),
        (scene("call: +12025550101"), "3:7", 'unknown verb "call"; did you mean "dial"?'),
        (scene("speak: hi"), "3:7", 'did you mean "say"?'),
        (scene("go: nowhere"), "3:11", 'no scene "nowhere"'),
        (scene("go: start", "say: never"), "4:7", '"redirect" before it ends the scene'),
        (scene("gather: {prompt: {say: Hi, language: de-DE}}"), "3:24", "write {text: ..., voice: ..., language: ...}"),
        (scene("gather: {otherwise: We are closed.}"), "3:27", "to say this, write {say: ...}"),
        (
            scene("gather: {otherwise: {dial: {number: +12025550101, busy: {say: Busy.}}}}"),
            "3:63",
            "give one of them a name",
        ),
        (scene("gather: {otherwise: {say: Hi, pause: 1}}"), "3:27", "a step holds several verbs"),
        (scene("gather: {otherwise: [start, start]}"), "3:27", "is a list"),
        (scene("gather: {otherwise: {}}"), "3:27", "this is no step"),
        (
            scene("hours: {open: x, closed: x, timezone: UTC}") + "  x: [hangup]\n",
            "3:21",
            "write the hours in open:, and then: x",
        ),
        (scene("hours: {open: Daily 9-17, timezone: UTC}"), "3:14", 'has no "closed"'),
        (scene("hours: {open: Daily 9-17, timezone: UTC, then: hangup, closed: leave}", "say: x"), "4:7", "never runs"),
        ("entrances: {say: hi}\nvoice: {start: [hangup]}", "1:12", "is a map"),
        ("messages: {otherwise: {forward: [bob, +12025550101]}}", "1:34", "no phone number"),
        ("messages: {otherwise: {subscribe: [a, b c]}}", "1:39", 'such as "b_c"'),
        (scene("pause: 0"), "3:14", "from 1 to 3600"),
        (scene("reject: engaged"), "3:15", "expected one of busy, rejected"),
        (scene("hangup", "say: never"), "4:7", "never runs"),
        (scene("redirect: nowhere"), "3:17", 'no scene "nowhere"'),
        (scene("gather: {input: [dtmf, speach]}"), "3:30", 'did you mean "speech"?'),
        (scene("gather: {num_digits: 1}"), "3:16", "write digits"),
        (scene("gather: {say: hi}"), "3:16", "write it in prompt"),
        (scene("gather: {finish_on_key: x}"), "3:31", "keys of a phone"),
        (scene("gather: {prompt: [{dial: x}]}"), "3:26", "expected one of pause, play, say"),
        (scene("gather: {attempts: 99}"), "3:26", "from 1 to 10"),
        (scene("gather: {choices: start}"), "3:25", "not a map"),
        (scene("gather: {choices: {'!': start}}"), "3:26", "without letters"),
        (scene("gather: {choices: {I'd: start, I\u2019D: start}}"), "3:38", "is there already"),
        (scene("dial: {timeout: 5}"), "3:13", "calls nobody"),
        (scene("dial: {number: +12025550101, sequential: maybe}"), "3:48", "expected true or false"),
        (scene("dial: {number: $From}"), "3:22", "no phone number"),
        (scene("dial: {number: +12025550101, caller_id: me}"), "3:47", "no phone number"),
        (scene("dial: {number: +15550001}"), "3:22", "not a valid number"),
        (scene("dial: {conference: x, whisper: start}"), "3:38", "nobody hears a whisper"),
        (scene("dial: {client: {name: x}}"), "3:22", 'has no "identity"'),
        (scene("record: {transcribe_callback: x}"), "3:16", "notes the transcription"),
        (scene("connect: {stream: {url: https://x}}"), "3:31", "wss://"),
        (scene("connect: {stream: {url: ws://x.example.com}}"), "3:31", "wss://"),
        (scene("connect: {straem: {url: wss://x}}"), "3:17", 'did you mean "stream"?'),
        (scene("hours: {open: Mon 09:00-18:00}"), "3:14", 'has no "timezone"'),
        (scene("hours: always"), "3:14", "expected open, timezone"),
        (scene("hours: {open: Mon 25:00-26:00, timezone: UTC, closed: start}"), "3:21", "00:00 to 24:00"),
        (scene("hours: {open: Mon 9:00-18:00, timezone: UTC, closed: start, holidays: 02-30}"), "3:77", "no day"),
        (scene("callers: {match: +1900*}"), "3:16", 'needs "match" and a scene'),
        (scene("callers: {match: 1900*, then: start}"), "3:24", "no beginning of a number"),
        (scene("callers: {match: 0049*, then: start}"), "3:24", 'did you mean "+49*"?'),
        ("ahoy: 2\nvoice: {begin: [hangup]}", "1:7", "written in version 2 of the language; this Ahoy reads version 1"),
        ("ahoy: one\nvoice: {start: [hangup]}", "1:7", "there is no version one of the language; expected 1"),
        ("ahoy:\nvoice: {start: [hangup]}", "1:6", '"ahoy" says nothing'),
        ("version: 1\nvoice: {start: [hangup]}", "1:1", 'warning: "version" is called "ahoy" now; write ahoy'),
        ("version: 1\nahoy: 1\nvoice: {start: [hangup]}", "1:1", "stands here, too; leave one of them out"),
        ("name: [a]\nvoice: {start: [hangup]}", "1:7", '"name" is a list'),
        (scene("dial: {<<: x, number: +12025550101}"), "3:18", '"<<" brings in what is no map; expected <<: *NAME'),
        (scene("dial: {<<: *x, number: +12025550101}"), "3:18", "names no anchor"),
        (scene("callers: {match: bob, then: start}"), "3:24", "no phone number"),
        (scene("callers: {match: +1900*, otherwise: start}"), "2:3", "nobody can leave the loop start -> start"),
        ("entrances: [x]\nvoice: {start: [hangup]}", "1:13", 'no scene "x"'),
        ("lines: {bob: {start: x}}\nvoice: {x: [hangup]}", "1:9", "no phone number"),
        ("lines: {+12025550100: {begin: x}}\nvoice: {start: [hangup]}", "1:24", 'unknown word of a line: "begin"'),
        ("messages: {keywords: {Stop: x}}", "1:23", "whoever texts it opts out"),
        ("messages: {keywords: {Opt-out: x}}", "1:23", "whoever texts it opts out"),
        ("messages: {keywords: {'!': x}}", "1:23", "without letters"),
        ("messages: {keywords: {A: x, a: y}}", "1:29", "is there already"),
        ("messages: {keywords: {call-back: x, call back: y}}", "1:37", "is there already"),
        ("messages: {keywords: {a: }}", "1:26", "says nothing"),
        (f"messages: {{otherwise: {'x' * 1601}}}", "1:23", "1601 characters; at most 1600"),
        ("messages: {otherwise: {call: x}}", "1:30", 'no scene "x"'),
        ("messages: {otherwise: {subscribe: a b}}", "1:35", 'such as "a_b"'),
        ("messages: {otherwise: {media: [x]}}", "1:32", "https://"),
        ("messages: {otherwise: {forward: bob}}", "1:33", "no phone number"),
    ],
)
def test_a_mistake_is_shown_with_its_place_and_the_way_out(tmp_path, text, place, said):
    lines = [str(mistake) for mistake in checked(tmp_path, text)]
    assert any(line.startswith(f"flow.yaml:{place}: ") and said in line for line in lines), lines


@pytest.mark.parametrize(
    "text",
    [
        scene("dial: {number: +12025550101}"),  # YAML reads it as a whole number
        scene("gather: {choices: {1: start, 02: start, no: start, '*': start}}"),
        scene("say: no", "say: 1.50", "say: 2026-12-25", "say: 'null'"),
        scene("hours: {open: [Mon-Sun 22:00-02:00], timezone: UTC, holidays: [2026-12-25, 12-25], closed: shut}")
        + "  shut: [hangup]\n",
        scene("connect: {stream: {url: wss://x.example.com, parameter: {name: from, value: $From}}, then: start}"),
        scene("start: {transcription: {language_code: en-GB}}", "stop: {transcription: {name: x}}", "echo"),
        scene("pay: {charge_amount: 20.45, prompt: {for: payment-card-number, say: Your card?}, then: start}"),
        scene("refer: {sip: 'sip:bob@example.com', then: start}", "leave"),
        scene(
            "say: {voice: Polly.Amy, parts: [Hello, {break: {time: 1s}}, {say_as: {words: 42, interpret_as: ordinal}}]}"
        ),
        scene("dial: {client: {identity: bob, parameter: {name: a, value: b}}}"),
        scene(
            "dial: {sip: {sip_url: 'sip:bob@example.com', username: x}, queue: q, sim: DE1, whats_app: +12025550101}"
        ),
        scene("dial: {number: [{phone_number: '+1 (202) 555-0101', send_digits: ww1}, '+12025550102']}"),
        scene("enqueue: {workflow_sid: WW1, task: {body: '{\"a\": 1}', priority: 2}}"),
        scene("redirect: {url: https://example.com/twiml, method: GET}"),
        scene("gather: {prompt: hi, otherwise: start}"),  # a person has a say in each round
        "lines: {+12025550100: {start: a}, +12025550101: {start: b, messages: {otherwise: B}}}\nvoice: {a: [], b: []}",
        "messages: {otherwise: {forward: +12025550101, reply: We got it.}}",
        "\ufeffvoice: &x {start: [hangup]}\n",
        scene("say: Hello  # two spaces", 'say: "We are #1" # in quotes', "pause: 2 # seconds", "say: We are#1"),
        "ahoy: 1\nname: Bakery\ndescription: Answers.\nx-notes: {anything: [1, {a: b}]}\nvoice: {start: [hangup]}\n",
        "x-usual: &usual {timeout: 20}\nvoice: {start: [dial: {<<: *usual, number: +12025550101}]}\n",
        scene("pause: 20s", "pause: 1 min", "record: {max_length: 2m, timeout: 5 seconds, then: hangup}"),
        scene("dial: {number: +12025550101, time_limit: 1h30m, timeout: 20 sec, unanswered: {say: Nobody is here.}}"),
        scene("gather: {speech_timeout: auto}", "gather: {speech_timeout: 3s}"),
        scene("gather: {prompt: {text: Hallo, language: de-DE}}", "gather: {prompt: [{parts: [Hi]}, pause: 1s]}"),
        scene("go: end") + "  end: [hang_up]\n",
        scene("gather: {choices: {1: {dial: +12025550101}, 2: [say: Bye., hangup], sales: hangup}, no_input: reject}"),
        scene("hours: {open: Daily 9-17, timezone: UTC, then: {dial: +12025550101}}", "say: We are closed."),
        scene("enqueue: {name: q, wait_url: [say: Please wait., play: 'https://x.example.com/a.mp3']}"),
        "lines: {+12025550101: {start: {say: Hi}}}\nmessages: {otherwise: {call: {say: Hi}}}\n",
        "messages: {otherwise: {forward: [+12025550101, +12025550102], subscribe: [a, b], unsubscribe: c}}",
        scene("say: {text: Hi, voice: Polly.Vicki-Neural, language: de-DE}", "say: {text: Hi, voice: woman}"),
        scene(
            "say: {text: Hi, voice: Google.de-DE-Chirp3-HD-Aoede, language: es-419}", "gather: {language: yue-Hant-HK}"
        ),
        scene("hours: {open: [Mo-Fr 08-12, 13-18, Sat 9am-1pm], timezone: UTC, holidays: 25.12., closed: x}")
        + "  x: [hangup]\n",
    ],
)
def test_what_can_be_built_can_be_written(tmp_path, text):
    assert checked(tmp_path, text) == []


def test_a_file_that_is_not_there_is_a_mistake_and_no_error(tmp_path):
    assert "cannot be read" in str(flow.load(tmp_path / "none.yaml").mistakes[0])
    assert flow.check(tmp_path)  # a folder


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_a_time_zone_is_spelled_as_where_the_line_is_deployed_to(tmp_path, monkeypatch, system):
    """The files of macOS and Windows, where zones are looked up, know no case."""
    monkeypatch.setattr(zoneinfo, "ZoneInfo", lambda name: name)
    monkeypatch.setattr(sys, "platform", system)
    text = "voice: {start: [hours: {open: Mon 09:00-18:00, timezone: %s, closed: shut}], shut: [hangup]}"
    (tmp_path / "a.yaml").write_text(text % "europe/paris", encoding="utf-8")
    assert 'did you mean "Europe/Paris"?' in str(flow.check(tmp_path / "a.yaml")[0])
    (tmp_path / "b.yaml").write_text(text % "Europe/Paris", encoding="utf-8")
    assert flow.check(tmp_path / "b.yaml") == []


def test_what_does_not_break_the_line_leaves_it_running(tmp_path):
    (tmp_path / "flow.yaml").write_text("voice: {start: [say: $FromCty], lost: [hangup]}", encoding="utf-8")
    assert len(flow.check(tmp_path / "flow.yaml")) == 2
    assert set(flow.load(tmp_path / "flow.yaml").scenes) == {"start", "lost"}


@pytest.mark.parametrize(
    "bomb",
    [
        b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
            b"%c: &%c [%s]\n" % (n, n, b",".join([b"*%c" % (n - 1)] * 9)) for n in range(98, 110)),
        b"[" * 100_000,
        b"{a: " * 100_000,
        b"x" * 300_000,
        b"&a [*a]",
    ],
    ids=["aliases", "lists", "maps", "size", "itself"],
)  # fmt: skip
def test_a_file_that_means_harm_is_refused(tmp_path, bomb):
    assert len(checked(tmp_path, bomb)) == 1


_words = st.sampled_from(
    ["voice", "start", "messages", "keywords", "otherwise", "say", "gather", "dial", "number", "choices", "prompt",
     "hours", "open", "timezone", "closed", "callers", "match", "then", "text", "lines", "record", "enqueue", "parts",
     "connect", "stream", "redirect", "hangup", "holidays", "media", "forward", "+12025550101", "UTC", "", "*", "1"]
)  # fmt: skip
_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | _words
_trees = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_words | st.text(max_size=5), inner, max_size=4),
    max_leaves=30,
)


@given(st.dictionaries(st.sampled_from(["voice", "messages", "lines", "entrances"]), _trees) | _trees)
@example({"voice": {"\n": None}, "entrances": False})  # a scene's name is shown among those that were expected
@example({"voice": {"no\nok": [{"go": "no\nokk"}]}})
@hypothesis_settings(deadline=None, max_examples=300)
def test_no_yaml_makes_the_checker_fail(tmp_path_factory, tree):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8", errors="replace")
    for mistake in flow.check(path):
        assert "\n" not in str(mistake)


@given(st.dictionaries(_words, _trees, min_size=1))
@hypothesis_settings(deadline=None, max_examples=300)
def test_no_scene_makes_the_checker_fail(tmp_path_factory, steps):
    path = tmp_path_factory.getbasetemp() / "scene.yaml"
    document = {"voice": {"start": [{verb: value} for verb, value in steps.items()]}, "messages": {"otherwise": steps}}
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8", errors="replace")
    flow.check(path)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@hypothesis_settings(deadline=None)
def test_no_bytes_make_the_checker_fail(tmp_path_factory, raw):
    path = tmp_path_factory.getbasetemp() / "bytes.yaml"
    path.write_bytes(raw)
    flow.check(path)
