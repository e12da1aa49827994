"""A text is answered as the flow says, and within three seconds whatever the storage does (here there is none)."""

import time

import pytest

from shared.inbound.forwarding import NOT_STORED
from shared.twilio.webhook import APOLOGY

OWNER = "+12025550101"
LINE = "+12025550100"
KEYWORDS = """\
voice: {start: [say: Hi.], callback: [say: Hello again.]}
messages:
  keywords:
    hours: "Nine to six, $FromCity."
    call me: {reply: We will., call: callback}
    menu: {reply: Here., media: [https://example.com/a.jpg, https://example.com/b.jpg]}
    join: {subscribe: news, reply: You are in.}
  otherwise: What?
"""
TWILIOS = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media"
FORWARD = 'messages: {otherwise: {forward: "+12025550101", reply: We got it.}}'


def said(response):
    return ["".join(message.itertext()) for message in response]


@pytest.mark.parametrize(
    ("body", "reply"),
    [
        ("hours", "Nine to six, Paris."),
        (" HOURS!? ", "Nine to six, Paris."),
        ("Hours on Sunday", "Nine to six, Paris."),
        ("on which hours", "What?"),
        ("hoursx", "What?"),
        ("", "What?"),
    ],
)
def test_a_keyword_is_the_whole_message_or_its_first_word(line, body, reply):
    assert said(line.says(KEYWORDS).texts(body, FromCity="Paris")) == [reply]


@pytest.mark.parametrize(
    ("keyword", "body", "is_known"),
    [
        ("what's new", "What\u2019s new", True), ("what\u2019s new", "what's new?", True),  # iOS types U+2019
        ("call-back", "Call\u2011back", True), ("call-back", "call back", True),
        ("hours", "\u200bHours\ufeff", True), ("hours", "ho\u00adurs", True), ("hours", "\uff28ours", True),
        ("1", "\uff11", True), ("1", "1\ufe0f\u20e3", True), ("1", "\u0661", True), ("prix", "'prix'", True),
        ("café", "Cafe\u0301 please", True), ("cafe", "café", False),
        ("दिन", "दीन", False), ("मेनू", "मेनू please", True), ("menü", "MENU\u0308", True),
        ("sat\u0131ş", "SATIŞ", True), ("straße", "STRASSE", True), ("οδός", "ΟΔΌΣ", True), ("メニュー", "ﾒﾆｭｰ", True),
        ("قائمة", "قائمة\u200f", True),
    ],
)  # fmt: skip
def test_a_keyword_is_known_by_how_it_reads(line, keyword, body, is_known):
    says = f'messages: {{keywords: {{"{keyword}": Yes.}}, otherwise: No.}}'
    assert said(line.says(says).texts(body)) == ["Yes." if is_known else "No."]


BRANCHES = """\
messages:
  keywords: {hours: Nine to six., leave: You are out.}
  otherwise: What?
lines:
  "+12025550110": {messages: {otherwise: The branch.}}
  "+12025550111": {messages: {keywords: {Hours!: Ten to two., parking: Behind the house.}}}
  "+12025550113": {messages: {otherwise: {}}}
"""


@pytest.mark.parametrize(
    ("to", "body", "reply"),
    [
        ("+12025550110", "hours", "Nine to six."),
        ("+12025550110", "leave", "You are out."),
        ("+12025550110", "hello", "The branch."),
        ("+12025550111", "hours", "Ten to two."),
        ("+12025550111", "parking", "Behind the house."),
        ("+12025550111", "leave", "You are out."),
        ("+12025550111", "hello", "What?"),
        ("+12025550113", "leave", "You are out."),
        ("+12025550113", "hello", None),  # it says that it has no answer
        ("+12025550199", "parking", "What?"),  # the file's own number knows no word of a line's
    ],
)
def test_what_a_line_leaves_out_is_the_files_word_by_word(line, to, body, reply):
    assert said(line.says(BRANCHES).texts(body, To=to)) == [reply] * (reply is not None)


def test_whatsapp_senders_are_answered_as_texts_are(line):
    assert said(line.says(KEYWORDS).texts("hours", From="whatsapp:+12025550122", To=f"whatsapp:{LINE}")) == [
        "Nine to six, ."
    ]


@pytest.mark.parametrize("sender", ["AMAZON", "anonymous", "+266696687", ""])
@pytest.mark.parametrize("body", ["hours", "call me", "join"])
def test_a_sender_who_is_no_number_is_not_answered_called_or_put_on_a_list(line, sender, body, caplog):
    assert said(line.says(KEYWORDS).texts(body, From=sender)) == []
    assert "not placed" not in caplog.text


@pytest.mark.parametrize("sender", ["12345", "messenger:1234567", "+12025550122"])
def test_a_short_number_and_other_channels_are_answered(line, sender):
    assert said(line.says(KEYWORDS).texts("hours", From=sender)) == ["Nine to six, ."]


def test_what_comes_from_no_number_is_forwarded(line):
    (forwarded,) = line.says(FORWARD).texts("Your code is 1234", From="AMAZON")
    assert "".join(forwarded.itertext()) == "AMAZON (cannot be answered now): Your code is 1234"


def test_an_answer_may_have_media(line):
    (message,) = line.says(KEYWORDS).texts("menu")
    assert [(part.tag, part.text) for part in message] == [
        ("Body", "Here."), ("Media", "https://example.com/a.jpg"), ("Media", "https://example.com/b.jpg")]  # fmt: skip


def test_a_list_that_cannot_be_written_is_not_promised(line):
    before = time.monotonic()
    assert said(line.says(KEYWORDS).texts("join")) == [APOLOGY]
    assert time.monotonic() - before < 3


def test_what_twilio_has_answered_is_not_answered_again(line):
    assert said(line.says(KEYWORDS).texts("STOP", OptOutType="STOP")) == []


def test_a_file_without_messages_answers_nothing(line):
    assert said(line.says("voice: {start: [hangup]}").texts("hi")) == []


def test_a_text_is_forwarded_even_when_nobody_can_note_it(line):
    picture = f"{TWILIOS}/ME1"
    response = line.says(FORWARD).texts("Hello <b> $From", MediaUrl0=picture, MediaUrl1="https://example.com/a.jpg")
    answer, forwarded = response
    assert (answer.text, answer.attrib) == ("We got it.", {})
    assert forwarded.attrib == {"to": OWNER, "from": LINE}
    assert [part.text for part in forwarded] == [
        "+12025550122 (cannot be answered now): Hello <b> $From", picture]  # fmt: skip


def test_a_long_text_is_forwarded_to_its_end_and_each_message_says_whose_it_is(line):
    body = "A word and more. " * 94 + "The end"  # 1,605 characters
    answer, first, second = line.says(FORWARD).texts(body, MediaUrl0=f"{TWILIOS}/ME1")
    assert answer.text == "We got it."
    whose = "+12025550122 (cannot be answered now): "
    texts = [first.find("Body").text, second.text]
    assert all(text.startswith(whose) and len(text) <= 1600 for text in texts)
    assert " ".join(text.removeprefix(whose) for text in texts) == body
    assert ([part.tag for part in first], [part.tag for part in second]) == (["Body", "Media"], [])
    assert {message.get("to") for message in (first, second)} == {OWNER}


def test_a_reply_that_is_too_long_when_filled_goes_as_several(line):
    says = 'messages: {otherwise: {reply: "You wrote: $Body", media: "https://example.com/a.jpg"}}'
    first, second = line.says(says).texts("x" * 1600)
    assert [part.text for part in first] == ["You wrote: " + "x" * 1589, "https://example.com/a.jpg"]
    assert (second.text, len(second)) == ("x" * 11, 0)


def test_an_emoji_may_count_twice(line):
    messages = line.says('messages: {otherwise: "$Body"}').texts("🎈" * 1600)
    assert [message.text for message in messages] == ["🎈" * 800] * 2


OWN = """\
from twilio.twiml.messaging_response import MessagingResponse
from shared.flow import Message, verb

@verb
def echo(message: Message) -> MessagingResponse:
    response = MessagingResponse()
    response.message(message.body, to=message.from_, action="https://example.com/sent")
    pictured = response.message()
    pictured.body(message.body)
    pictured.media("https://example.com/a.jpg")
    return response
"""


def test_what_an_own_verb_writes_goes_as_several_too(line):
    (line.folder / "verbs.py").write_text(OWN, encoding="utf-8")
    one, two, three, four = line.says("messages: {otherwise: {echo: }}").texts("x" * 1601)
    assert [message.find("Body").text for message in (one, two, three, four)] == ["x" * 1600, "x"] * 2
    assert ([one.get("action"), one.get("to")], [two.get("action"), two.get("to")]) == (
        [None, "+12025550122"],
        ["https://example.com/sent", "+12025550122"],
    )
    assert ([part.tag for part in three], [part.tag for part in four]) == (["Body", "Media"], ["Body"])


WHATSAPP = {"From": "whatsapp:+12025550175", "To": f"whatsapp:{LINE}"}
PLACE = {"MessageType": "location", "Latitude": "48.854", "Longitude": "2.332"}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (PLACE | {"Label": "Café de Flore", "Address": "172 Bd Saint-Germain,\nParis"},
         "A place: Café de Flore, 172 Bd Saint-Germain, Paris https://maps.google.com/?q=48.854,2.332"),
        (PLACE, "A place: https://maps.google.com/?q=48.854,2.332"),
        (PLACE | {"Body": "Here", "Latitude": "-33.8", "Longitude": "151"},
         "Here\nA place: https://maps.google.com/?q=-33.8,151"),
        (PLACE | {"Latitude": "1&x=", "Label": "Home"}, "A place: Home"),
        ({"MessageType": "contacts", "MediaUrl0": f"{TWILIOS}/ME1", "MediaContentType0": "text/vcard"},
         f"A contact card: {TWILIOS}/ME1"),
        ({"MessageType": "sticker", "MediaUrl0": f"{TWILIOS}/ME1", "MediaContentType0": "image/webp"},
         f"A sticker: {TWILIOS}/ME1"),
        ({"MessageType": "audio", "MediaUrl0": f"{TWILIOS}/ME1", "MediaContentType0": "audio/ogg; codecs=opus"},
         f"A sound: {TWILIOS}/ME1"),
        ({"Body": "Look", "MediaUrl0": f"{TWILIOS}/ME1", "MediaContentType0": "video/mp4"},
         f"Look\nA video: {TWILIOS}/ME1"),
        ({"Body": "bill.pdf", "MediaUrl0": f"{TWILIOS}/ME1", "MediaContentType0": "application/pdf"},
         f"bill.pdf\nA file (application/pdf): {TWILIOS}/ME1"),
        ({"MessageType": "button", "ButtonText": "Yes, please", "ButtonPayload": "yes"}, "Yes, please"),
        ({"MessageType": "order"}, "A message that an SMS cannot carry (order)"),
        ({"MessageType": "text", "Body": " \u0001"}, "An empty text"),
    ],
)  # fmt: skip
def test_what_came_without_words_is_told_in_words_and_with_a_link(line, sent, words):
    _, forwarded = line.says(FORWARD).texts("", **WHATSAPP | sent)
    assert (forwarded.text, len(forwarded)) == (f"+12025550175 (cannot be answered now): {words}", 0)


def test_pictures_go_along_and_what_else_came_is_told(line):
    pictures = {f"MediaUrl{n}": f"{TWILIOS}/ME{n}" for n in range(3)}
    kinds = {"MediaContentType0": "image/jpeg", "MediaContentType1": "text/x-vcard", "MediaContentType2": "image/PNG"}
    whose = "+12025550122 (cannot be answered now): "
    _, forwarded = line.says(FORWARD).texts("", **pictures | kinds)
    assert [part.text for part in forwarded] == [
        f"{whose}A contact card: {TWILIOS}/ME1", f"{TWILIOS}/ME0", f"{TWILIOS}/ME2"]  # fmt: skip
    _, forwarded = line.says(FORWARD).texts("", MediaUrl0=f"{TWILIOS}/ME0", MediaContentType0="image/gif")
    assert [part.text for part in forwarded] == [f"{whose}A picture", f"{TWILIOS}/ME0"]


def test_a_text_goes_on_to_several_phones_each_once(line):
    several = 'messages: {otherwise: {forward: ["+12025550101", "+1 202 555 0102", "+12025550101"]}}'
    forwarded = line.says(several).texts("Are you there?")
    assert [message.attrib["to"] for message in forwarded] == [OWNER, "+12025550102"]


def test_a_line_that_forwards_to_itself_does_not_text_itself(line):
    assert said(line.says(FORWARD).texts("Hello", To=OWNER)) == ["We got it."]


def test_an_owner_whose_answer_cannot_be_placed_is_told_and_nobody_else_gets_it(line):
    (message,) = line.says(FORWARD).texts("Yes, at ten.", From=OWNER)
    assert (message.text, message.attrib) == (NOT_STORED, {})
