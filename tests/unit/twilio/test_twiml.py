"""Each document is the one that Twilio's library would write, to the byte, and can be read whatever a text holds."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

from shared.flow import twiml_spec
from shared.flow.model import Element, Template
from shared.twilio import twiml
from shared.twilio.twiml import Reply
from shared.twilio.webhook import Webhook

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Cn"]) | st.sampled_from("\t\n\r&<>\"'"))
SAID = TEXTS.map(lambda text: text.replace("$", ""))  # in a template it begins a parameter, and nobody sent one
VALUES = TEXTS | st.booleans() | st.integers()
NOTHING = Webhook({}, "https://ahoy.example.com")


def paths(path=(), depth=3):
    """Return the path of every element that the library builds below one, by the names of the flow file."""
    below = [(*path, name) for name in twiml_spec.spec(*path).nested]
    return below if depth == 1 else [*below, *(found for one in below for found in paths(one, depth - 1))]


def filled(path, given_):
    """Return an element, and what the library builds of the same values."""
    spec = twiml_spec.spec(*path)
    name = twiml_spec.spec(*path[:-1]).nested[path[-1]]
    return Element(name, given_, (), spec.tag, spec.content)


def built(parent, element, path):
    """Let the library build an element in a parent, below the parents that it has in a document."""
    for name, above in zip(path, range(1, len(path)), strict=False):
        needed = twiml_spec.spec(*path[:above])
        method = getattr(parent, twiml_spec.spec(*path[: above - 1]).nested[name])
        parent = method(**({needed.attributes[needed.required]: "x"} if needed.required else {}))
    return getattr(parent, element.name)(**element.attributes)


@pytest.mark.parametrize("path", sorted(set(paths())), ids="-".join)
def test_an_element_with_all_of_its_attributes_is_written_as_the_library_writes_it(path):
    arguments = sorted(twiml_spec.spec(*path).attributes.values())
    for values in (["a&<b>\"c'\n"] * len(arguments), [True] * len(arguments), [7] * len(arguments)):
        element = filled(path, dict(zip(arguments, values, strict=True)))
        if element.content:
            element.attributes[element.content] = 'what it "says" & <more>'
        written = "".join(twiml.elements(element, NOTHING))
        assert written == built(VoiceResponse(), element, path).to_xml(xml_declaration=False)


@given(st.lists(st.tuples(TEXTS, TEXTS, VALUES, SAID), max_size=3))
def test_a_document_is_the_library_s_to_the_byte(said):
    response, document = VoiceResponse(), []
    for text, voice, loop, part in said:
        response.say(text, voice=voice, loop=loop) if text else None
        document += twiml.elements(
            Element("say", {"message": text, "voice": voice, "loop": loop}, (), "Say", "message"), NOTHING
        )
        response.gather(num_digits=loop, finish_on_key=voice).say(part)
        inner = Element("say", {"message": Template(part, 10_000)}, (), "Say", "message")
        gather = Element("gather", {"num_digits": loop, "finish_on_key": voice}, (inner,), "Gather", "")
        document += twiml.elements(gather, NOTHING) if part else ()
        if not part:
            response.verbs.pop()
    assert twiml.document(document) == str(response)


@given(st.lists(st.tuples(TEXTS, st.lists(TEXTS, max_size=2), TEXTS, TEXTS), max_size=3))
def test_an_answer_to_a_text_is_the_library_s_to_the_byte(replies):
    response = MessagingResponse()
    for text, media, to, from_ in replies:
        address = {"to": to or None, "from_": from_ or None}
        if media:
            message = response.message(None, **address)
            message.body(text) if text else None
            for url in media:
                message.media(url)
        elif text:
            response.message(text, **address)
    assert twiml.messages(Reply(text, tuple(media), to, from_) for text, media, to, from_ in replies) == str(response)


def test_texts_that_stand_side_by_side_are_all_said():
    say = Element("say", {}, (Template("One", 10), Template("two", 10), Template("three", 10)), "Say", "message")
    assert "".join(twiml.elements(say, NOTHING)) == "<Say>One  two  three</Say>"


@given(st.text(alphabet=st.characters(codec=None)), st.text(alphabet=st.characters(codec=None)))
def test_a_document_can_be_read_whatever_is_said_in_it(said, language):
    say = Element("say", {"message": said, "voice": language}, (), "Say", "message")
    for read in ET.fromstring(twiml.document(twiml.elements(say, NOTHING))):  # noqa: S314 -- our own
        assert read.tag == "Say"


HELD = [
    ("Your code is\u000b 1234", "Your code is 1234"), ("a\u0001b", "ab"), ("a\ufffeb", "ab"), ("a\x85b", "ab"),
    ("a\ud800b\udfffc", "abc"), ("Line\n2\t3", "Line\n2\t3"), ("🎈 & <b> &#55296;", "🎈 & <b> &#55296;"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "heard"), HELD)
def test_what_xml_cannot_hold_is_left_out_and_nothing_else(said, heard):
    say = Element("say", {"message": said}, (), "Say", "message")
    (read,) = ET.fromstring(twiml.document(twiml.elements(say, NOTHING)))  # noqa: S314 -- our own
    assert read.text == heard


@pytest.mark.parametrize(("said", "heard"), HELD)
def test_of_what_an_own_verb_built_too(said, heard):
    response = VoiceResponse()
    (read,) = ET.fromstring(twiml.document([twiml.verb(response.say(said))]))  # noqa: S314 -- our own
    assert read.text == heard
