"""Texts in and out."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.responses import PlainTextResponse
from twilio.base.exceptions import TwilioRestException

from local.twilio.segments import count
from shared import opt_out_words
from shared.platform_limits import UNSUBSCRIBED_RECIPIENT
from tests.local.twilio.conftest import UNVERIFIED
from tests.tools.stand_in import LINE

BOB = "+12025550150"


def test_a_text_is_answered_and_the_reply_reaches_the_phone(twilio, app, rest):
    app.says(sms="<Message>Grüße &amp; 你好</Message>")
    reply = twilio.text("hi", from_=BOB)
    assert reply.texts == ["Grüße & 你好"]
    twilio.phone(BOB).receives("你好")
    told = app.got("sms")[0]
    assert (told["Body"], told["NumMedia"], told["SmsStatus"], told["MessageSid"]) == ("hi", "0", "received", reply.sid)
    assert rest.messages(reply.replies[0]["sid"]).fetch().direction == "outbound-reply"
    assert rest.messages(reply.sid).fetch().direction == "inbound"


def test_media_arrive_with_an_address_that_gives_their_bytes(twilio, app):
    app.says(sms="")
    twilio.text("", from_=BOB, media=[{"content_type": "image/png", "content": "AAEC"}])
    told = app.got("sms")[0]
    assert (told["NumMedia"], told["MediaContentType0"], told["Body"]) == ("1", "image/png", "")
    assert httpx.get(told["MediaUrl0"]).content == b"\0\1\2"
    assert told["MessageSid"].startswith("MM")


def test_a_sent_text_is_queued_sent_and_delivered_with_a_callback_each(twilio, app, rest):
    made = rest.messages.create(to=BOB, from_=LINE, body="x" * 161, status_callback=f"{app.address}/m")
    assert (made.status, made.num_segments, made.price, made.date_sent) == ("queued", "2", None, None)
    told = []
    while len(told) < 3:
        told = [sent.parameters["MessageStatus"] for sent in twilio.webhooks("message-status", made.sid, wait_s=20)]
    assert told == ["queued", "sent", "delivered"]
    assert made.fetch().price == "-0.01660"


def test_an_undelivered_text_names_its_error(twilio, app, rest):
    twilio.phone("+12025550151", texts="undelivered", error_code=30005)
    made = rest.messages.create(to="+12025550151", from_=LINE, body="x", status_callback=f"{app.address}/m")
    while len(told := twilio.webhooks("message-status", made.sid, wait_s=20)) < 3:
        pass
    assert told[-1].parameters["ErrorCode"] == "30005"
    assert made.fetch().error_code == 30005


@pytest.mark.parametrize("sender", ["AMAZON", "+266696687"])
def test_a_reply_to_nobody_is_refused(twilio, app, sender):
    app.says(sms="<Message>Thank you</Message>")
    reply = twilio.text("Your code is 1234", from_=sender)
    assert reply.texts == []
    assert [alert["code"] for alert in twilio.alerts() if alert["sid"] == reply.sid] == [14101]


def test_a_short_number_is_answered(twilio, app):
    app.says(sms="<Message>Thank you</Message>")
    assert twilio.text("Your code is 1234", from_="12345").texts == ["Thank you"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"to": "x"}, 21211),
        ({"to": UNVERIFIED}, 21608),
        ({"from_": "+12025550177"}, 21606),
        ({"to": LINE}, 21266),
        ({"to": f"whatsapp:{BOB}"}, 21910),
        ({"from_": f"whatsapp:{LINE}"}, 21910),
        ({"application_sid": "AP" + "0" * 32}, 21218),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused(rest, wrong, code):
    with pytest.raises(TwilioRestException) as refused:
        rest.messages.create(**({"to": BOB, "from_": LINE, "body": "x"} | wrong))
    assert (refused.value.code, refused.value.status) == (code, 400)


def test_a_text_is_redacted_and_deleted(rest):
    made = rest.messages.create(to=BOB, from_=LINE, body="secret")
    assert made.update(body="").body == ""
    made.delete()
    with pytest.raises(TwilioRestException) as refused:
        rest.messages(made.sid).fetch()
    assert (refused.value.code, refused.value.status) == (20404, 404)


@pytest.fixture
def service(rest):
    """The SID of a messaging service with a sender."""
    made = rest.messaging.v1.services.create(friendly_name="texts", use_inbound_webhook_on_number=True)
    made.phone_numbers.create(phone_number_sid=rest.incoming_phone_numbers.list()[0].sid)
    yield made.sid
    made.delete()


def test_a_scheduled_text_is_canceled(rest, service):
    made = rest.messages.create(
        to=BOB,
        messaging_service_sid=service,
        body="later",
        schedule_type="fixed",
        send_at=datetime.now(UTC) + timedelta(days=1),
    )
    assert made.status == "scheduled"
    with pytest.raises(TwilioRestException) as refused:
        made.delete()
    assert (refused.value.code, refused.value.status) == (20009, 409)
    assert made.update(status="canceled").status == "canceled"


def test_a_scheduled_text_leaves_when_its_time_has_come(twilio, rest, service):
    phone, due = twilio.phone("+12025550189"), datetime.now(UTC) + timedelta(hours=1)
    named = {"messaging_service_sid": service, "schedule_type": "fixed"}
    canceled = rest.messages.create(to=phone.address, body="never", send_at=due, **named).update(status="canceled")
    later = rest.messages.create(to=phone.address, body="tomorrow", send_at=due + timedelta(days=1), **named)
    rest.messages.create(to=phone.address, body="in an hour", send_at=due, **named)
    twilio.set_clock(due + timedelta(seconds=1))
    try:
        phone.receives("in an hour")
        assert [later.fetch().status, canceled.fetch().status] == ["scheduled", "canceled"]
    finally:
        twilio.set_clock(None)
        later.update(status="canceled")


def test_a_whatsapp_sender_is_answered_on_whatsapp(twilio, app):
    app.says(sms="<Message>yes</Message>")
    reply = twilio.text("hi", from_=f"whatsapp:{BOB}")
    assert app.got("sms")[0]["WaId"] == BOB.removeprefix("+")
    assert (reply.replies[0]["to"], reply.replies[0]["from"]) == (f"whatsapp:{BOB}", f"whatsapp:{LINE}")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"send_at": timedelta(minutes=4)}, 35114),
        ({"send_at": timedelta(days=36)}, 35114),
        ({"send_at": timedelta(days=-1)}, 35114),
        ({"schedule_type": None}, 20001),
        ({"schedule_type": "later"}, 35126),
        ({"send_at": None}, 35111),
        ({"messaging_service_sid": None, "from_": LINE}, 35118),
    ],
)
def test_a_text_is_scheduled_for_five_minutes_to_thirty_five_days_ahead(rest, service, wrong, code):
    right = {"messaging_service_sid": service, "schedule_type": "fixed", "send_at": timedelta(days=1)}
    asked = {name: value for name, value in (right | wrong).items() if value is not None}
    if "send_at" in asked:
        asked["send_at"] += datetime.now(UTC)
    with pytest.raises(TwilioRestException) as refused:
        rest.messages.create(to=BOB, body="x", **asked)
    assert refused.value.code == code


@pytest.mark.parametrize("does", ["twice", "twice-together"])
def test_a_webhook_is_delivered_twice_with_one_token(twilio, app, does):
    app.says(sms="<Message>once</Message>")
    twilio.faults(on="webhook", does=does, of="sms")
    reply = twilio.text("hi", from_=BOB)
    assert reply.texts == ["once"]
    sent = twilio.webhooks("sms", reply.sid)
    assert len(sent) == 2
    assert sent[0].token == sent[1].token
    assert sent[0].parameters == sent[1].parameters


def test_callbacks_come_out_of_order_or_not_at_all(twilio, app, rest):
    twilio.faults(on="webhook", does="out-of-order", of="message-status")
    made = rest.messages.create(to=BOB, from_=LINE, body="x", status_callback=f"{app.address}/m")
    while len(told := twilio.webhooks("message-status", made.sid, wait_s=20)) < 3:
        pass
    assert [sent.parameters["MessageStatus"] for sent in told] == ["sent", "queued", "delivered"]
    twilio.faults(on="webhook", does="drop", of="message-status", times=2)
    made = rest.messages.create(to=BOB, from_=LINE, body="x", status_callback=f"{app.address}/m")
    assert twilio.webhooks("message-status", made.sid, wait_s=20)[0].parameters["MessageStatus"] == "delivered"


def test_the_fallback_answers_a_text_when_the_app_does_not(twilio, app, rest):
    rest.incoming_phone_numbers.list()[0].update(sms_fallback_url=f"{app.address}/backup")
    app.says(sms=PlainTextResponse("", 500), backup="<Message>backup</Message>")
    assert twilio.text("hi", from_=BOB).texts == ["backup"]
    assert app.got("backup")[0]["ErrorCode"] == "11200"
    assert app.got("backup")[0]["Body"] == "hi"


def test_stop_blocks_until_start_and_the_app_hears_of_both(twilio, app, rest):
    eve = "+12025550155"
    app.says(sms="<Message>bye</Message>")
    assert twilio.text(" stop ", from_=eve).texts == []
    twilio.phone(eve).receives("unsubscribed")
    with pytest.raises(TwilioRestException) as refused:
        rest.messages.create(to=eve, from_=LINE, body="hello?")
    assert refused.value.code == 21610
    assert twilio.text("START", from_=eve).texts == ["bye"]
    twilio.phone(eve).receives("re-subscribed")
    assert rest.messages.create(to=eve, from_=LINE, body="hello again").sid
    assert [told["Body"] for told in app.got("sms")] == [" stop ", "START"]


def test_messages_are_found_by_the_time_they_were_sent(twilio, app, rest):
    app.says(sms="")
    sid = twilio.text("when", from_="+12025550156").sid
    sent = rest.messages(sid).fetch().date_sent
    hour = timedelta(hours=1)
    assert [m.sid for m in rest.messages.list(from_="+12025550156", date_sent_after=sent)] == [sid]
    assert [m.sid for m in rest.messages.list(from_="+12025550156", date_sent=sent.date())] == [sid]
    assert rest.messages.list(from_="+12025550156", date_sent_before=sent - hour) == []
    assert rest.messages.list(from_="+12025550156", date_sent_after=sent + hour) == []


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("é" * 160, 1),
        ("ł" * 70, 1),
        ("😀" * 36, 2),
    ],
)
def test_segments_are_counted_as_the_network_does(text, segments):
    assert count(text) == segments


@pytest.mark.parametrize("word", sorted(opt_out_words.STOP))
def test_twilio_itself_blocks_whoever_writes_one_of_the_words(twilio, app, rest, word):
    app.says(sms="")
    person = f"+1212555{1000 + sorted(opt_out_words.STOP).index(word)}"
    twilio.text(word.lower(), from_=person)
    with pytest.raises(TwilioRestException) as refused:
        rest.messages.create(to=person, from_=LINE, body="are you there?")
    assert refused.value.code == UNSUBSCRIBED_RECIPIENT
