"""A text is answered as the flow says, and within three seconds whatever the storage does (here there is none)."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from shared.inbound import masking
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


def test_whatsapp_senders_are_answered_as_texts_are(line):
    assert said(line.says(KEYWORDS).texts("hours", From="whatsapp:+12025550122", To=f"whatsapp:{LINE}")) == [
        "Nine to six, ."
    ]


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
    picture = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"
    response = line.says(FORWARD).texts("Hello <b> $From", MediaUrl0=picture, MediaUrl1="https://example.com/a.jpg")
    answer, forwarded = response
    assert (answer.text, answer.attrib) == ("We got it.", {})
    assert forwarded.attrib == {"to": OWNER, "from": LINE}
    assert [part.text for part in forwarded] == [
        "+12025550122 (cannot be answered now): Hello <b> $From", picture]  # fmt: skip


def test_a_line_that_forwards_to_itself_does_not_text_itself(line):
    assert said(line.says(FORWARD).texts("Hello", To=OWNER)) == ["We got it."]


def test_an_owner_whose_answer_cannot_be_placed_is_told_and_nobody_else_gets_it(line):
    (message,) = line.says(FORWARD).texts("Yes, at ten.", From=OWNER)
    assert (message.text, message.attrib) == (NOT_STORED, {})


NOW = datetime(2026, 11, 24, tzinfo=UTC)
ANN, BOB = "+12025550122", "whatsapp:+12025550133"


def wrote(*people):
    found = []
    for minute, person in enumerate(people):
        found = masking.wrote(found, person, LINE, NOW + timedelta(minutes=minute))
    return found


def owner(body, sid, hours=0.0, *, is_new=True):
    return masking.OwnersText(body, sid, NOW + timedelta(hours=hours), is_new)


def test_an_answer_goes_to_the_one_who_waits():
    ann, text, people = masking.answered(wrote(ANN), owner("Yes", "SM1", 1))
    assert (ann.address, ann.line, text) == (ANN, LINE, "Yes")
    assert not people[0].waits
    assert masking.answered(people, owner("And more", "SM2", 2)).person.address == ANN
    people = masking.wrote(people, BOB, LINE, NOW + timedelta(hours=2))
    assert masking.answered(people, owner("Yes", "SM3", 3)).person.address == BOB


def test_the_second_delivery_of_an_answer_goes_where_the_first_went_and_changes_nothing():
    people = wrote(ANN)
    for hour, sid in enumerate(("SM1", "SM2"), 1):
        people = masking.answered(people, owner("Yes", sid, hour)).people
    people = masking.wrote(people, BOB, LINE, NOW + timedelta(hours=3))
    assert masking.answered(people, owner("Yes", "SM1", 1, is_new=False)) == (
        next(person for person in people if person.address == ANN), "Yes", people)  # fmt: skip


def test_a_text_that_comes_again_does_not_make_its_sender_wait_again():
    people = masking.answered(wrote(ANN), owner("Yes", "SM1", 1)).people
    assert masking.wrote(people, ANN, LINE, NOW) == people
    later = masking.wrote(people, ANN, LINE, NOW + timedelta(hours=2))
    assert later[0].waits
    assert masking.wrote(later, ANN, LINE, NOW) == later


def test_an_answer_that_comes_again_after_newer_ones_is_not_sent_to_somebody_else():
    people = masking.answered(wrote(ANN), owner("Yes", "SM1", 1)).people
    people = masking.wrote(people, BOB, LINE, NOW + timedelta(minutes=1))
    with pytest.raises(masking.Unclear, match="came late"):
        masking.answered(people, owner("Old", "SM0", 0.5, is_new=False))
    assert masking.answered(people, owner("Old", "SM0", 0.5)).person.address == BOB  # two at the same moment


def test_a_text_that_was_not_passed_on_when_it_came_is_passed_on_when_it_comes_again():
    assert masking.answered(wrote(ANN), owner("Yes", "SM1", 1, is_new=False)).person.address == ANN


def test_with_several_waiting_nothing_is_sent_until_one_is_named():
    with pytest.raises(masking.Unclear, match="@0133, @0122"):
        masking.answered(wrote(ANN, BOB), owner("Yes", "SM1", 1))
    assert masking.answered(wrote(ANN, BOB), owner("@0122 Yes,\nat ten", "SM1", 1)).text == "Yes,\nat ten"
    assert masking.answered(wrote(ANN, BOB), owner("@+12025550133: Yes", "SM1", 1)).person.address == BOB


@pytest.mark.parametrize(
    ("people", "body", "why"),
    [
        ([], "Yes", "nobody has written"),
        ([ANN], "@0199 Yes", "ends in 0199"),
        ([ANN, "+13035550122"], "@0122 Yes", "more than one"),
    ],
)
def test_nobody_is_written_to_by_guess(people, body, why):
    with pytest.raises(masking.Unclear, match=why):
        masking.answered(wrote(*people), owner(body, "SM1", 1))


def test_only_the_most_recent_people_are_kept():
    people = wrote(*[f"+1202555{number:04d}" for number in range(150)])
    assert len(people) == masking.MAX_PEOPLE
    assert people[0].address == "+12025550149"
    assert masking.wrote(people, "+12025550000", LINE, NOW) == people
