"""The ready-made lines, as those who text them find them: what is answered, passed on, stored and called."""

import pytest

from tests.line.stage import OFFICE
from tests.tools.waiting import eventually

pytestmark = pytest.mark.usefixtures("nothing_amiss")

OPTED_OUT = "You have opted out and will get no more messages from this number. Text START to come back."
APOLOGY = "We are sorry, something went wrong on our side. Please try again later."


def test_keywords_answers_with_a_picture(stage, number):
    stage.plays("keywords")
    (reply,) = stage.twilio.text("Menu", from_=number).replies
    assert (reply["body"], reply["num_media"]) == ("Here is this week's menu.", "1")
    assert reply["media_urls"] == ["https://ahoy.example.com/menu.jpg"]
    assert stage.phone(number).receives("Here is this week's menu.")["from"] == stage.line.number


def test_keywords_answers_on_whatsapp_too(stage, number):
    stage.plays("keywords")
    (reply,) = stage.twilio.text("hours", from_=f"whatsapp:{number}").replies
    assert (reply["to"], reply["from"]) == (f"whatsapp:{number}", f"whatsapp:{stage.line.number}")


@pytest.mark.parametrize("does", ["", "twice", "twice-together"])
def test_keywords_calls_back_once_however_often_the_text_is_delivered(stage, number, does):
    stage.plays("keywords")
    office, phone = stage.phone(OFFICE), stage.phone(number)
    if does:
        stage.twilio.faults(does=does, of="sms")
    asked = stage.twilio.text("Call me!", from_=number)
    assert asked.texts == ["We are calling you now."]
    call = phone.rings()
    call.hears("Hello, you asked us to call.")
    call.sees("bridged", OFFICE)
    assert office.rings().shown()["from"] == stage.line.number
    call.hangs_up()
    call.ended("completed")
    if does:
        assert eventually(lambda: len(stage.twilio.webhooks("sms", asked.sid)) == 2)
    with pytest.raises(AssertionError):
        phone.rings(within_s=0.3)
    assert stage.line.remembers(call.sid, direction="outbound", person=number, status="completed")


def test_subscribe_keeps_who_joined_until_they_leave(stage, number):
    stage.plays("subscribe")
    assert stage.twilio.text("JOIN", from_=number).texts == ["You are in. Text LEAVE to stop."]
    assert stage.twilio.text("join again", from_=number).texts == ["You are in. Text LEAVE to stop."]
    (row,) = [row for row in stage.members("news") if row["person"] == number]
    assert row["line"] == stage.line.number
    assert stage.twilio.text("leave", from_=number).texts == ["You are out. Text JOIN to come back."]
    assert number not in [row["person"] for row in stage.members("news")]
    assert stage.twilio.text("What is this?", from_=number).texts == ["Text JOIN to get our news."]
    stage.dials().hears("Text JOIN to this number to get our news.")


def test_subscribe_promises_nothing_that_is_not_stored(stage, number):
    stage.plays("subscribe")
    with stage.dead_storage():
        assert stage.twilio.text("join", from_=number).texts == [APOLOGY]
        assert stage.twilio.text("leave", from_=number).texts == [APOLOGY]
        assert stage.twilio.text("hello", from_=number).texts == ["Text JOIN to get our news."]
    assert number not in [row["person"] for row in stage.members("news")]
    assert stage.twilio.text("join", from_=number).texts == ["You are in. Text LEAVE to stop."]


def test_who_opted_out_gets_no_answer_but_help_until_they_opt_in(stage, number):
    stage.plays("subscribe")
    person = f"whatsapp:{number}"
    assert stage.twilio.text("stop", from_=person).texts == [OPTED_OUT]
    assert stage.twilio.text("join", from_=person).replies == []
    assert person not in [row["person"] for row in stage.members("news")]
    assert stage.twilio.text("help", from_=person).texts == ["Text JOIN to get our news."]
    assert stage.twilio.text("start", from_=person).texts == ["Text JOIN to get our news."]
    assert stage.twilio.text("join", from_=person).texts == ["You are in. Text LEAVE to stop."]


def test_masked_numbers_go_both_ways_and_nobody_sees_the_others_number(stage, number):
    stage.plays("masked-numbers")
    office, customer = stage.phone(OFFICE), stage.phone(number)
    stage.twilio.text("Is ten o'clock free?", from_=number)
    passed_on = office.receives(f"{number}: Is ten o'clock free?")
    assert passed_on["from"] == stage.line.number
    stage.twilio.text("Yes, it is.", from_=OFFICE)
    answer = customer.receives("Yes, it is.")
    assert (answer["from"], answer["body"]) == (stage.line.number, "Yes, it is.")
    assert OFFICE not in str(customer.messages())


def test_masked_numbers_answer_on_whatsapp_who_wrote_there(stage, number):
    stage.plays("masked-numbers")
    office = stage.phone(OFFICE)
    stage.twilio.text("Is noon free?", from_=f"whatsapp:{number}")
    assert office.receives(f"{number}: Is noon free?")["from"] == stage.line.number
    (answer,) = stage.twilio.text(f"@{number[1:]} Noon is free.", from_=OFFICE).replies
    assert (answer["to"], answer["from"]) == (f"whatsapp:{number}", f"whatsapp:{stage.line.number}")
    assert answer["body"] == "Noon is free."


def test_masked_numbers_pass_pictures_on(stage, number):
    stage.plays("masked-numbers")
    office, customer = stage.phone(OFFICE), stage.phone(number)
    picture = [{"content_type": "image/png", "content": "iVBORw0KGgo="}]
    stage.twilio.text("Like this?", from_=number, media=picture)
    assert len(office.receives(f"{number}: Like this?")["media_urls"]) == 1
    stage.twilio.text(f"@{number[-4:]} Like that", from_=OFFICE, media=picture)
    assert len(customer.receives("Like that")["media_urls"]) == 1


def test_masked_numbers_ask_who_is_meant_when_several_wait(stage, number, another):
    stage.plays("masked-numbers")
    first, second, office = stage.phone(number), stage.phone(another), stage.phone(OFFICE)
    stage.twilio.text("Is ten free?", from_=first.address)
    stage.twilio.text("Is eleven free?", from_=second.address)
    office.receives("Is eleven free?")
    (refusal,) = stage.twilio.text("Yes.", from_=OFFICE).replies
    assert refusal["to"] == OFFICE
    assert refusal["body"] == (
        f"Not sent: several people wait for an answer. Begin it with one of @{another[-4:]}, @{number[-4:]}."
    )
    (answer,) = stage.twilio.text(f"@{number[-4:]} Yes, at ten.", from_=OFFICE).replies
    assert (answer["to"], answer["from"], answer["body"]) == (first.address, stage.line.number, "Yes, at ten.")
    (answer,) = stage.twilio.text("And you at eleven.", from_=OFFICE).replies
    assert (answer["to"], answer["body"]) == (second.address, "And you at eleven.")
    (refusal,) = stage.twilio.text("@0199 Who is this?", from_=OFFICE).replies
    assert refusal["body"] == "Not sent: nobody whose number ends in 0199 has written to this line."


def test_masked_numbers_send_nothing_when_it_is_not_sure_who_is_meant(stage, number):
    stage.plays("masked-numbers")
    customer = stage.phone(number)
    stage.twilio.text("Is ten free?", from_=number)
    with stage.dead_storage():
        (passed_on,) = stage.twilio.text("Hello?", from_=number).replies
        assert (passed_on["to"], passed_on["body"]) == (OFFICE, f"{number} (cannot be answered now): Hello?")
        (refusal,) = stage.twilio.text("Yes.", from_=OFFICE).replies
        assert refusal["to"] == OFFICE
        assert refusal["body"].startswith("Not sent: the line cannot look up who is meant.")
    assert customer.messages() == []
    stage.twilio.text("Yes, ten is free.", from_=OFFICE)
    assert customer.receives("Yes, ten is free.")


def test_masked_numbers_send_nothing_to_somebody_who_opted_out(stage, number):
    stage.plays("masked-numbers")
    person, office = f"whatsapp:{number}", stage.phone(OFFICE)  # where nobody but the line heeds STOP
    stage.twilio.text("Is ten free?", from_=person)
    stage.twilio.text("STOP", from_=person)
    (refusal,) = stage.twilio.text(f"@{number[1:]} Ten is free.", from_=OFFICE).replies
    assert (refusal["to"], refusal["body"]) == (
        OFFICE,
        "Not sent: they asked not to be contacted, until they text START.",
    )
    stage.twilio.text("And eleven?", from_=person)
    assert office.receives(f"{number} (cannot be answered now): And eleven?")


def test_other_words_for_stop_are_heeded_on_sms_too_where_twilio_knows_only_its_own(stage, number, another):
    stage.plays("masked-numbers")
    office, phone = stage.phone(OFFICE), stage.phone(number)
    stop = "Stop texting me. It\u2019s the wrong number!"
    assert stage.twilio.text(stop, from_=number).texts[0] == OPTED_OUT
    assert office.receives(f"{number} (cannot be answered now): {stop}")
    assert stage.line.post("send-sms", {"to": number, "body": "Are you sure?"}).status == 409
    assert stage.twilio.text("Stop.", from_=number).replies == []
    assert phone.texts == [OPTED_OUT]
    assert stage.twilio.text("Start!", from_=number).texts == [f"{number}: Start!"]
    assert stage.twilio.text("STOP", from_=another).replies == []
    assert ["unsubscribed" in text for text in stage.phone(another).texts] == [True]


def test_long_texts_and_what_has_no_words_reach_the_owner(stage, number):
    stage.plays("masked-numbers")
    office, begin = stage.phone(OFFICE), f"{number}: "
    sent = "Please read it to the end. " * 59 + "Bye."  # 1,597 characters
    assert " ".join(text.removeprefix(begin) for text in stage.twilio.text(sent, from_=number).texts) == sent
    card = [{"content_type": "text/vcard", "content": "QkVHSU46VkNBUkQ="}]
    stage.twilio.text("", from_=f"whatsapp:{number}", media=card)
    assert "/Media/ME" in office.receives(f"{begin}A contact card: {stage.twilio.address}")["body"]
    place = {"Latitude": "48.854", "Longitude": "2.332", "Label": "Café de Flore", "MessageType": "location"}
    stage.twilio.text("", from_=f"whatsapp:{number}", **place)
    assert office.receives(f"{begin}A place: Café de Flore https://maps.google.com/?q=48.854,2.332")["num_media"] == "0"


def test_a_keyword_may_be_for_several_lists(stage, number):
    stage.plays(
        "messages: {keywords: {all: {subscribe: [news, offers], reply: In.}, none: {unsubscribe: [news, offers]}}}\n"
    )
    assert stage.twilio.text("all", from_=number).texts == ["In."]
    assert [number in [row["person"] for row in stage.members(name)] for name in ("news", "offers")] == [True, True]
    stage.twilio.text("none", from_=number)
    assert [number in [row["person"] for row in stage.members(name)] for name in ("news", "offers")] == [False, False]


def test_an_owners_phone_that_answers_by_itself_is_told_no_more_at_last(stage, number, another):
    owner = "+12025550187"
    stage.plays(f'voice: {{start: [hangup]}}\nmessages: {{otherwise: {{forward: "{owner}"}}}}\n')
    for person in (number, another):
        stage.twilio.text("Are you there?", from_=person)
    told = [len(stage.twilio.text(f"I am out {n}", from_=owner).texts) for n in range(62)]
    assert (told[0], told[-1]) == (1, 0)
    for person in (number, another):
        stage.twilio.text(f"@{person[1:]} Yes.", from_=owner)
        assert stage.phone(person).receives("Yes.")
