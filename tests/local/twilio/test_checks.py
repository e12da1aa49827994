"""What Twilio takes of TwiML: all that its own libraries build, and no value that their types do not name."""

from xml.etree import ElementTree as ET

import pytest

from local.twilio import checks, codes, declarations, library, values

DECLARED = """
declare namespace VoiceResponse {
    type SayVoice = "man" | "Polly.Amy";
    type GatherInput = "dtmf" | "speech";
    export interface SayAttributes {
        /** voice - Voice to use */
        voice?: SayVoice;
        loop?: number;
    }
    export interface GatherAttributes {
        action?: string;
        input?: GatherInput[];
        bargeIn?: boolean;
    }
    interface SsmlSayAsAttributes {
        "interpret-as"?: SayVoice;
    }
}
"""


def found(text, **how):
    return [(mistake.code, mistake.attribute) for mistake in checks.mistakes(ET.fromstring(text), **how)]  # noqa: S314


def test_types_are_read_from_declarations():
    assert declarations.table(DECLARED) == {
        "Gather": {"input": ["dtmf", "speech", "[]"], "bargeIn": "boolean"},
        "Say": {"voice": ["man", "Polly.Amy"], "loop": "number"},
        "say-as": {"interpret-as": ["man", "Polly.Amy"]},
    }


def test_the_types_are_of_elements_and_attributes_that_both_libraries_know():
    known = {}
    for path in library.every(library.VOICE):
        element = library.at(library.VOICE, path)
        known.setdefault(element.name, set()).update(element.attributes)
    assert {name for name, attributes in values._kinds().items() if not known[name].issuperset(attributes)} == set()


@pytest.mark.parametrize(
    "text",
    [
        "<Say voice='Polly.Joanna-Neural' language='en-US' loop='0'>Hi</Say>",
        "<Say>Hi <break time='1s' strength='weak'/><lang xml:lang='fr-FR'>oui</lang></Say>",
        "<Gather input='dtmf speech' timeout='auto' speechTimeout='auto' numDigits='1' finishOnKey='' action='/next'/>",
        "<Dial record='record-from-answer-dual' timeLimit='60' action='https://example.com/next'>+12025550101</Dial>",
        "<Dial><Conference statusCallbackEvent='start end join' beep='onEnter' waitUrl=''>room</Conference></Dial>",
        "<Dial><Client><Identity>ann</Identity><Parameter name='a' value='b'/></Client></Dial>",
        "<Connect><Stream url='wss://example.com/sound'/></Connect>",
        "<Redirect method='get'>next?a=1</Redirect>",
    ],
)
def test_what_twilio_takes_is_no_mistake(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("<Dial><Number sendDigits='x'>+12025550101</Number></Dial>", [(13222, "sendDigits")]),
        ("<Dial timeout='' hangupOnStar='yes'>+12025550101</Dial>", [(13212, "timeout"), (13213, "hangupOnStar")]),
        ("<Say><prosody speed='fast'>Hi</prosody></Say>", [(12200, "speed")]),
        ("<Enqueue waitUrl='ht tp://x'>support</Enqueue>", [(14202, "waitUrl")]),
        ("<Gather action='mailto:a@example.com'/>", [(11100, "action")]),
        ("<Enqueue/>", [(14204, "")]),
        (f"<Dial><Queue>{'x' * 65}</Queue></Dial>", [(14213, "")]),
        ("<Enqueue workflowSid='WW1'><Task>{}</Task></Enqueue>", []),
        ("<Dial><Queue>a<Say>Hi</Say></Queue></Dial>", [(12200, "")]),
    ],
)
def test_what_it_does_not_take_is_named_with_its_code(text, mistakes):
    assert found(text) == mistakes


def test_an_address_may_be_relative_to_that_of_the_document_only():
    assert found("<Redirect>next</Redirect>") == []
    assert found("<Redirect>next</Redirect>", relative=11100) == [(11100, "")]


@pytest.mark.parametrize(
    ("code", "level"), [(12200, "warning"), (13238, "error"), (13313, "warning"), (21610, "error")]
)
def test_a_code_has_twilios_log_level(code, level):
    assert codes.level(code) == level
