"""What the API asks for: each wrong field named, let out when it may, once for each key."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from shared.http.problem import WrongFields
from shared.outbound import dispatch, idempotency, opt_outs, policy, sending
from shared.outbound.dispatch import InDoubt
from shared.outbound.rate_limits import LimitReached
from shared.outbound.sending import CallRequest, TextRequest
from shared.store import messages
from tests.tools.requests_in import BASE, api_request
from tests.tools.stand_in import LINE

pytestmark = pytest.mark.usefixtures("ours")
SERVICE = "MG" + "0" * 32
POST = {"on": "rest", "of": "Messages", "method": "POST"}


def text(key="", **document):
    return msgspec.to_builtins(
        sending.text(api_request(document, "send-sms", **({"idempotency_key": key} if key else {})))
    )


def call(**document):
    return msgspec.to_builtins(sending.call(api_request(document, "make-call")))


def ahead(**duration):
    return (datetime.now(UTC) + timedelta(**duration)).isoformat()


def test_a_text_leaves_and_its_answer_tells_what_it_costs(twilio, number):
    answer = text(to=number, body="ж" * 71)
    assert (answer["to"], answer["from"], answer["encoding"], answer["segments"]) == (number, LINE, "UCS-2", 2)
    assert twilio.phone(number).texts == ["ж" * 71]


def test_a_call_leaves_and_its_scene_is_at_our_address(twilio, number):
    answer = call(to=number, timeout=20)
    assert twilio.phone(number).rings().sid == answer["sid"]
    assert answer | {"sid": "", "status": ""} == {"sid": "", "status": "", "to": number, "from": LINE}


@pytest.mark.parametrize("hidden", ["\u000b", "\u0001", "\u0000", "\ufffe", "\uffff", "\u0085"])
def test_what_no_document_can_hold_is_neither_said_nor_written(twilio, number, hidden):
    wanted = CallRequest(to=number, say=f"Your code is{hidden} 1234")
    assert "<Say>Your code is 1234</Say>" in sending.ringing(wanted, BASE).parameters["twiml"]
    answer = text(to=number, body=f"{'x' * 159}{hidden}.")
    assert (answer["encoding"], answer["segments"]) == ("GSM-7", 1)
    assert twilio.phone(number).texts == ["x" * 159 + "."]


def test_what_is_said_first_is_a_document_of_its_own():
    wanted = CallRequest(to="+12025550122", say="Hello <b>", scene="start")
    document = sending.ringing(wanted, BASE).parameters["twiml"]
    assert "<Say>Hello &lt;b&gt;</Say>" in document
    assert f"<Redirect>{BASE}/api/voice/start</Redirect>" in document
    assert sending.ringing(CallRequest(to="+12025550122"), BASE).parameters["url"] == f"{BASE}/api/voice"


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"to": "12", "body": "x"}, "to"),
        ({"to": "+12025550122"}, "body"),
        ({"to": "+12025550122", "body": "x" * 1601}, "body"),
        ({"to": "+12025550122", "media": ["http://example.com/a.jpg"]}, "media"),
        ({"to": "+12025550122", "media": ["https://example.com/" + "a" * 2000]}, "media"),
        ({"to": "+12025550122", "media": ["https://example.com/a\u0001.jpg"]}, "media"),
        ({"to": "+12025550122", "body": "\u0001\ufffe"}, "body"),
        ({"to": "+12025550122", "body": "x", "from": "abc"}, "from"),
        ({"to": "+12025550122", "body": "x", "send_at": ahead(hours=1)}, "send_at"),
        ({"to": "+12025550122", "body": "x", "from": SERVICE, "send_at": "tomorrow"}, "send_at"),
        ({"to": "+12025550122", "body": "x", "from": SERVICE, "send_at": "2030-01-01T00:00:00"}, "send_at"),
        ({"to": "+12025550122", "body": "x", "from": SERVICE, "send_at": ahead(minutes=4)}, "send_at"),
        ({"to": "+12025550122", "body": "x", "from": SERVICE, "send_at": ahead(days=40)}, "send_at"),
    ],
)
def test_each_wrong_field_of_a_text_is_named(document, field):
    with pytest.raises(WrongFields) as wrong:
        text(**document)
    assert [error["field"] for error in wrong.value.document["errors"]] == [field]


@pytest.mark.parametrize(
    ("document", "field"),
    [({"to": "x"}, "to"), ({"to": "+12025550122", "scene": "nowhere"}, "scene"),
     ({"to": "+12025550122", "say": "\u0001"}, "say"), ({"to": "+12025550122", "say": " \n", "scene": "start"}, "say"),
     ({"to": "+12025550122", "timeout": 4}, "timeout"), ({"to": "+12025550122", "from": "me"}, "from")],
)  # fmt: skip
def test_each_wrong_field_of_a_call_is_named(document, field):
    with pytest.raises(WrongFields) as wrong:
        call(**document)
    assert [error["field"] for error in wrong.value.document["errors"]] == [field]


def test_who_it_leaves_from(ours):
    def sender(**more):
        parameters = sending.texting(TextRequest(to="+12025550122", body="x", **more), BASE).parameters
        return parameters.get("from_"), parameters.get("messaging_service_sid")

    assert sender() == (LINE, None)
    assert sender(from_=SERVICE) == (None, SERVICE)
    ours(TWILIO_MESSAGING_SERVICE_SID=SERVICE)
    assert sender() == (None, SERVICE)
    assert sender(from_="+12025550199") == ("+12025550199", None)
    ours()
    whatsapp = TextRequest(to="whatsapp:+12025550122", body="x")
    assert sending.texting(whatsapp, BASE).parameters["from_"] == f"whatsapp:{LINE}"


def test_a_service_may_send_later():
    moment = datetime.now(UTC) + timedelta(hours=1)
    thing = sending.texting(TextRequest(to="+12025550122", body="x", from_=SERVICE, send_at=moment.isoformat()), BASE)
    assert (thing.parameters["send_at"], thing.parameters["schedule_type"]) == (moment, "fixed")


def test_the_same_key_sends_one_text(twilio, number):
    key = idempotency.new_id()
    assert text(key, to=number, body="once") == text(key, to=number, body="once")
    assert twilio.phone(number).texts == ["once"]


def test_what_was_refused_gives_its_key_back(ours, number):
    key = idempotency.new_id()
    ours(AHOY_COUNTRIES="DE")
    with pytest.raises(policy.NotAllowed):
        text(key, to=number, body="x")
    ours()
    assert text(key, to=number, body="x")["sid"]


def test_what_is_in_doubt_keeps_its_key_and_is_not_counted_twice(ours, twilio, number, monkeypatch):
    key = idempotency.new_id()
    ours(AHOY_PERSON_HOURLY_LIMIT="1")
    twilio.faults(**POST, does="answer", status=500)
    with pytest.raises(InDoubt):
        text(key, to=number, body="x")
    with pytest.raises(idempotency.AtWork):
        text(key, to=number, body="x")
    monkeypatch.setattr(idempotency, "AT_WORK_S", 0)
    with pytest.raises(InDoubt):
        text(key, to=number, body="x")
    assert twilio.phone(number).texts == []


def test_what_was_in_doubt_is_answered_once_it_is_known(twilio, number, monkeypatch):
    key = idempotency.new_id()
    twilio.faults(**POST, does="answer", status=500)
    with pytest.raises(InDoubt):
        text(key, to=number, body="x")
    monkeypatch.setattr(idempotency, "AT_WORK_S", 0)
    monkeypatch.setattr(dispatch, "SETTLES_S", 0)
    assert text(key, to=number, body="x")["sid"]
    assert twilio.phone(number).texts == ["x"]


def test_a_text_that_asks_for_a_call_gets_one_however_often_it_comes(twilio, number):
    for _ in range(2):
        sending.ring(number, LINE, "", BASE, because_of=f"SM{number[1:].zfill(32)}")
    assert len(twilio.phone(number).calls) == 1


def test_a_text_of_our_own_leaves_once_for_each_key(twilio, number):
    first, second = (sending.text_once("alerts", number, TextRequest(to=number, body="Fired"), BASE) for _ in range(2))
    assert first == second
    assert twilio.phone(number).texts == ["Fired"]
    assert messages.table().get(first["sid"])["body"] == "Fired"


@pytest.mark.parametrize("spelled", ["{}", "whatsapp:{}", "WhatsApp:{}", "tel:{}"])
def test_who_opted_out_is_refused_on_each_channel(number, spelled):
    opt_outs.mark(number, LINE, datetime.now(UTC).isoformat(), is_out=True)
    with pytest.raises(policy.OptedOut):
        text(to=spelled.format(number), body="x")
    with pytest.raises(policy.OptedOut):
        call(to=f"sip:{number[2:]}@example.com")


@pytest.mark.parametrize(
    "user", ["+19005550123;ext=1", "1-900-555-0123", "%2B19005550123", "9005550123", "+12129761616"]
)
def test_a_number_inside_of_a_sip_address_is_held_to_the_same(user):
    with pytest.raises(policy.NotAllowed, match="premium-rate"):
        call(to=f"sip:{user}@example.com")


def test_a_person_is_reached_so_many_times_an_hour_however_they_are_spelled(ours, number):
    ours(AHOY_PERSON_HOURLY_LIMIT="3")
    text(to=number, body="1")
    text(to=f"whatsapp:{number}", body="2")
    call(to=f"sip:{number};x=1@example.com")
    for user in (number[1:], f"{number[:2]}-{number[2:5]}-{number[5:]}", f"%2B{number[1:]}", f"{number};ext=1"):
        with pytest.raises(LimitReached):
            call(to=f"sip:{user}@example.com")


@pytest.mark.parametrize("to", [LINE, f"tel:{LINE}", "(202) 555-0100"])
@pytest.mark.parametrize("from_", ["", SERVICE])
def test_the_line_does_not_text_itself(to, from_):
    with pytest.raises(WrongFields) as wrong:
        text(to=to, body="x", **({"from": from_} if from_ else {}))
    assert wrong.value.document["errors"] == [{"field": "to", "detail": "is the line itself"}]


def test_an_extension_is_keyed_once_the_callee_answers():
    parameters = sending.ringing(CallRequest(to="+1 202 555 0122 ext. 5"), BASE).parameters
    assert (parameters["to"], parameters["send_digits"]) == ("+12025550122", "wwww5")
    for document in ({"from": "+12025550100 x5", "to": "+12025550122"}, {"to": "+12025550122 x5 x6"}):
        with pytest.raises(WrongFields):
            call(**document)


@pytest.mark.parametrize(
    ("theirs", "asked"),
    [("+52155{}", "+5255{}"), ("+5255{}", "+52155{}"), ("+54911{}", "+5411{}"), ("+55416{}", "+554196{}")],
)
def test_a_text_goes_to_the_spelling_that_the_person_wrote_from(ours, number, theirs, asked):
    ours(AHOY_COUNTRIES="MX AR BR")
    digits = number[-7:] if "+55" in theirs else number[-8:]
    theirs, asked = theirs.format(digits), asked.format(digits)
    told = {"MessageSid": f"SM{number[1:].zfill(32)}", "From": f"whatsapp:{theirs}", "To": f"whatsapp:{LINE}"}
    messages.table().add(messages.from_webhook(told | {"Body": "hola"}, datetime.now(UTC)))
    assert text(to=f"whatsapp:{asked}", body="x")["to"] == f"whatsapp:{theirs}"
    assert text(to=asked, body="x")["to"] == asked  # nothing is known of how they spell it there


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"])
def test_a_moment_at_the_ends_of_time_is_a_wrong_field(moment):
    with pytest.raises(WrongFields) as wrong:
        sending.texting(TextRequest(to="+12025550122", body="x", from_=SERVICE, send_at=moment), BASE)
    assert [error["field"] for error in wrong.value.document["errors"]] == ["send_at"]
