"""Whatever a text holds, the document that says it can be read by Twilio."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.voice_response import VoiceResponse

from shared.twilio import twiml


@given(st.text(alphabet=st.characters(codec=None)), st.text(alphabet=st.characters(codec=None)))
def test_a_document_can_be_read_whatever_is_said_in_it(said, language):
    response = VoiceResponse()
    response.say(said, voice=language)
    (say,) = ET.fromstring(twiml.document(response))  # noqa: S314 -- our own
    assert say.tag == "Say"


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Your code is\u000b 1234", "Your code is 1234"), ("a\u0001b", "ab"), ("a\ufffeb", "ab"), ("a\x85b", "ab"),
        ("a\ud800b\udfffc", "abc"), ("Line\n2\t3", "Line\n2\t3"), ("🎈 & <b> &#55296;", "🎈 & <b> &#55296;"),
    ],
)  # fmt: skip
def test_what_xml_cannot_hold_is_left_out_and_nothing_else(said, heard):
    response = VoiceResponse()
    response.say(said)
    (say,) = ET.fromstring(twiml.document(response))  # noqa: S314 -- our own
    assert say.text == heard
