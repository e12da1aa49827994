"""A value is filled in where that means something, escaped for where it stands; elsewhere a dollar is a mistake."""

import json
from xml.etree import ElementTree as ET

import pytest

from tests.unit.flow.test_audit import scenes
from tests.unit.flow.test_reader import checked

CALLER = {"From": "+12025550122", "FromCity": "SÃO & CO/..?x=1#y", "CallSid": "CA" + "0" * 32}


def answered(line, step, **parameters):
    """Return what a call gets of a step, as markup."""
    line.says(scenes(start=[step]))
    return "".join(ET.tostring(verb, encoding="unicode") for verb in line.calls(**CALLER | parameters))


@pytest.mark.parametrize(
    ("step", "markup"),
    [
        ("say: {parts: [{say_as: {words: $From, interpret_as: telephone}}]}",
         '<say-as interpret-as="telephone">+12025550122</say-as>'),
        ("say: {say_as: $From}", "<say-as>+12025550122</say-as>"),
        ("say: {prosody: {words: $From, rate: slow}}", '<prosody rate="slow">+12025550122</prosody>'),
        ("say: {emphasis: $From}", "<emphasis>+12025550122</emphasis>"),
        ("say: {lang: {words: $From, xml_lang: fr-FR}}", ">+12025550122</lang>"),
        ("say: {sub: {words: $From, alias: you}}", '<sub alias="you">+12025550122</sub>'),
        ("say: {p: $From}", "<p>+12025550122</p>"),
        ("say: {s: {parts: [{w: $From}]}}", "<w>+12025550122</w>"),
        ("say: {prosody: {rate: slow, say_as: {words: $FromCity}}}", "<say-as>SÃO &amp; CO/..?x=1#y</say-as>"),
    ],
)  # fmt: skip
def test_what_is_said_is_filled_in_however_deep_it_stands(line, step, markup):
    assert markup in answered(line, step)


@pytest.mark.parametrize(
    ("step", "markup"),
    [
        ("play: https://x/$FromCity.mp3", "<Play>https://x/S%C3%83O%20%26%20CO%2F..%3Fx%3D1%23y.mp3</Play>"),
        ("play: 'https://x/a?from=$From&b=$$1'", "<Play>https://x/a?from=%2B12025550122&amp;b=$1</Play>"),
        ("redirect: {url: 'https://x/$CallSid', method: GET}", f">https://x/CA{'0' * 32}</Redirect>"),
        ("connect: {stream: {url: 'wss://x/${CallSid}/in'}}", f'url="wss://x/CA{"0" * 32}/in"'),
        ("dial: {sip: 'sip:$From@example.com'}", "<Sip>sip:+12025550122@example.com</Sip>"),
        ("dial: {sip: 'sip:$FromCity@example.com;user=phone'}", "<Sip>sip:S%C3%83O%20%26%20CO%2F..%3Fx%3D1%23y@exam"),
        ("dial: {client: $FromCity}", "<Client>SÃO &amp; CO/..?x=1#y</Client>"),
        ("dial: {client: {identity: $From}}", "<Client>+12025550122</Client>"),
        ("dial: {number: {phone_number: +12025550101, status_callback: 'https://x/$CallSid'}}", 'Callback="https://x/CA0'),
        ("dial: {number: +12025550101, caller_id: 'client:$From'}", 'callerId="client:+12025550122"'),
        ("dial: {sip: {sip_url: 'sip:a@x', password: pa$Word}}", 'password="pa$Word"'),
        ("say: {text: hi, voice: a$$b}", 'voice="a$b"'),
    ],
)  # fmt: skip
def test_an_address_is_filled_in_and_escaped_for_where_it_stands(line, step, markup):
    assert markup in answered(line, step)


def test_no_caller_writes_into_the_json_of_a_task(line):
    name = 'Bob", "vip": "yes\\'
    task = answered(line, 'enqueue: {workflow_sid: WW1, task: \'{"name": "$CallerName"}\'}', CallerName=name)
    assert json.loads(ET.fromstring(task).find("Task").text) == {"name": name}  # noqa: S314 -- our own


@pytest.mark.parametrize("value", ["..", ".", ""])
def test_no_caller_climbs_out_of_a_folder(line, value):
    assert "<Play>https://x/a//b.mp3</Play>" in answered(line, "play: https://x/a/${FromCity}/b.mp3", FromCity=value)


def test_the_picture_of_an_answer_may_depend_on_the_text(line):
    line.says("messages: {otherwise: {media: 'https://x/${From}.png?q=$Body'}}")
    assert line.texts("a&b")[0].find("Media").text == "https://x/%2B12025550122.png?q=a%26b"


@pytest.mark.parametrize(
    ("step", "place", "said"),
    [
        (
            "say: {text: hi, language: $Lang}",
            "3:33",
            '"language" is "$Lang"; nothing is filled in here: write',
        ),
        ("say: {text: hi, voice: Polly.$FromCity}", "3:30", '"voice" is "Polly.$FromCity"; nothing is filled in here'),
        ("pay: {charge_amount: $x}", "3:28", '"charge_amount" is "$x"; nothing is filled in here'),
        ("gather: {prompt: hi, hints: [a, $FromCity]}", "3:39", '"hints" is "$FromCity"; nothing is filled in here'),
        ("play: https://$FromCity.example.com/a.mp3", "3:13", "would go to a host that a caller chooses"),
        ("play: https://example.com:$CallSid/a.mp3", "3:13", "would go to a host that a caller chooses"),
        ("connect: {stream: {url: 'wss://${From}'}}", "3:31", "would go to a host that a caller chooses"),
        ("dial: {sip: 'sip:bob@$SipDomain'}", "3:19", "would go to a host that a caller chooses"),
        ("dial: {sip: 'sip:$To'}", "3:19", "would go to a host that a caller chooses"),
        ("dial: {sip: bob}", "3:19", "begins with sip:"),
        ("refer: {sip: bob, then: start}", "3:20", "begins with sip:"),
        ("dial: {number: {phone_number: +12025550101, send_digits: $Digits}}", "3:64", "expected keys of a phone"),
        (
            "play: https://x/$FromCtiy",
            "3:13",
            'warning: "$FromCtiy" is no parameter of Twilio; did you mean "$FromCity',
        ),
        ("play: https://x/$Digits", "3:13", 'warning: "$Digits" is empty here'),
        ("say: {say_as: $Digits}", "3:21", 'warning: "$Digits" is empty here'),
        ("connect: {stream: {url: 'ws://127.0.0.1:80'}}", "3:31", "Twilio connects to wss:// only, and not to this"),
        ("start: {stream: {url: 'ws://localhost:1/x'}}", "3:29", 'warning: "url" is "ws://localhost:1/x"; Twilio'),
    ],
)
def test_a_dollar_never_goes_to_twilio_unnoticed(tmp_path, step, place, said):
    (line,) = [str(mistake) for mistake in checked(tmp_path, scenes(start=[step]))]
    assert line.startswith(f"flow.yaml:{place}: ")
    assert said in line
