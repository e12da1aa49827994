"""Twilio's other products at the same address: messaging services, lookups, Verify."""

import re

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.tools.stand_in import LINE

BOB = "+12025550171"
LONDON = "+442079460018"


def refusal(of):
    with pytest.raises(TwilioRestException) as refused:
        of()
    return refused.value.code


@pytest.fixture
def service(rest):
    made = rest.messaging.v1.services.create(friendly_name="texts")
    yield made
    made.delete()


@pytest.fixture
def british(rest):
    made = rest.incoming_phone_numbers.create(phone_number=LONDON)
    yield made
    made.delete()


def number(rest):
    return next(n for n in rest.incoming_phone_numbers.list() if n.phone_number == LINE)


def test_a_service_sends_from_the_sender_that_is_nearest_and_known(rest, service, british):
    service.phone_numbers.create(phone_number_sid=british.sid)
    first = rest.messages.create(to=BOB, messaging_service_sid=service.sid, body="1")
    assert (first.from_, first.num_segments, first.status) == (None, "0", "accepted")
    assert (first.fetch().from_, first.fetch().num_segments) == (LONDON, "1")
    service.phone_numbers.create(phone_number_sid=number(rest).sid)
    assert {sender.phone_number for sender in service.phone_numbers.list()} == {LINE, LONDON}
    near = rest.messages.create(to="+12025550172", messaging_service_sid=service.sid, body="2")
    assert (near.fetch().from_, near.messaging_service_sid) == (LINE, service.sid)
    known = rest.messages.create(to=BOB, messaging_service_sid=service.sid, body="3")
    assert known.fetch().from_ == LONDON
    named = rest.messages.create(to=BOB, messaging_service_sid=service.sid, from_=LINE, body="x")
    assert named.from_ == LINE
    service.update(sticky_sender=False)
    assert rest.messages.create(to=BOB, from_=service.sid, body="4").fetch().from_ == LINE


def test_what_a_service_cannot_send_is_refused(rest, service, british):
    def send(**more):
        return lambda: rest.messages.create(to=BOB, body="x", **more)

    assert refusal(send(messaging_service_sid="MG" + "f" * 32)) == 21701
    assert refusal(send(messaging_service_sid="MG1")) == 21705
    assert refusal(send(messaging_service_sid=service.sid)) == 21704
    service.phone_numbers.create(phone_number_sid=british.sid)
    assert refusal(send(messaging_service_sid=service.sid, from_=LINE)) == 21711
    assert refusal(lambda: service.phone_numbers.create(phone_number_sid=british.sid)) == 21710
    other = rest.messaging.v1.services.create(friendly_name="other")
    assert refusal(lambda: other.phone_numbers.create(phone_number_sid=british.sid)) == 21712
    assert other.delete()


def test_a_text_to_a_sender_goes_where_its_service_says(twilio, app, rest, service):
    service.phone_numbers.create(phone_number_sid=number(rest).sid)
    assert twilio.text("lost", from_=BOB).texts == []
    assert rest.messages.list(from_=BOB, to=LINE) == []
    service.update(inbound_request_url=f"{app.address}/service")
    app.says(service="<Message>by the service</Message>", sms="<Message>by the number</Message>")
    assert twilio.text("hi", from_=BOB).texts == ["by the service"]
    assert app.got("service")[0]["MessagingServiceSid"] == service.sid
    service.update(use_inbound_webhook_on_number=True)
    assert twilio.text("hi", from_=BOB).texts == ["by the number"]
    assert app.got("sms")[0]["MessagingServiceSid"] == service.sid


def test_an_opt_out_holds_for_all_senders_of_a_service(twilio, app, rest, service, british):
    for sender in (number(rest), british):
        service.phone_numbers.create(phone_number_sid=sender.sid)
    service.update(use_inbound_webhook_on_number=True)
    app.says(sms="")
    person = "+12025550175"
    assert twilio.text("STOP", from_=person).is_opted_out
    for wrong in ({"messaging_service_sid": service.sid}, {"from_": LONDON}, {"from_": LINE}):
        assert refusal(lambda wrong=wrong: rest.messages.create(to=person, body="x", **wrong)) == 21610
    twilio.text("START", from_=person, to=LONDON)
    assert rest.messages.create(to=person, from_=LINE, body="x").sid


def test_the_status_of_a_text_goes_where_its_service_says(twilio, app, rest, service):
    service.phone_numbers.create(phone_number_sid=number(rest).sid)
    service.update(status_callback=f"{app.address}/states")
    sent = rest.messages.create(to=BOB, messaging_service_sid=service.sid, body="x")
    while len(told := twilio.webhooks("message-status", sent.sid, wait_s=20)) < 3:
        pass
    assert {one.parameters["MessagingServiceSid"] for one in told} == {service.sid}


def test_services_are_read_by_page(rest):
    made = [rest.messaging.v1.services.create(friendly_name=f"page {n}") for n in range(3)]
    found = [one.sid for one in rest.messaging.v1.services.list(page_size=1) if one.friendly_name.startswith("page")]
    assert found == [one.sid for one in reversed(made)]
    assert [one.delete() for one in made] == [True] * 3
    assert refusal(lambda: rest.messaging.v1.services.create(friendly_name="x" * 65)) == 20002


def test_an_application_says_where_texts_and_their_states_go(twilio, app, rest):
    made = rest.applications.create(
        friendly_name="texts", sms_url=f"{app.address}/app", message_status_callback=f"{app.address}/app-states"
    )
    app.says(app="<Message>by the application</Message>")
    number(rest).update(sms_application_sid=made.sid)
    assert twilio.text("hi", from_=BOB).texts == ["by the application"]
    number(rest).update(sms_application_sid="")
    sent = rest.messages.create(to=BOB, from_=LINE, body="x", application_sid=made.sid)
    assert twilio.webhooks("message-status", sent.sid, wait_s=20)[0].url == f"{app.address}/app-states"
    assert sent.feedback.create(outcome="unconfirmed").outcome == "unconfirmed"
    assert made.delete()


def test_a_lookup_asks_for_what_there_is(rest):
    assert rest.lookups.v2.phone_numbers("020 7946 0018").fetch(country_code="GB").phone_number == LONDON
    assert refusal(lambda: rest.lookups.v2.phone_numbers(LONDON).fetch(fields="shoe_size")) == 20001


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("+12025550171", (True, "US", "(202) 555-0171", [], None)),
        (LINE, (True, "US", "(202) 555-0100", [], "nonFixedVoip")),
        ("+4915112345678", (True, "DE", "01511 2345678", [], "mobile")),
        ("+18005550199", (True, "US", "(800) 555-0199", [], "tollFree")),
        ("+1202", (False, None, "202", ["TOO_SHORT"], None)),
        ("nobody", (False, None, None, ["NOT_A_NUMBER"], None)),
    ],
)
def test_a_number_is_looked_up(rest, asked, expected):
    found = rest.lookups.v2.phone_numbers(asked).fetch(fields="line_type_intelligence")
    kind = found.line_type_intelligence.type if hasattr(found.line_type_intelligence, "type") else (
        found.line_type_intelligence["type"])  # fmt: skip
    errors = [str(getattr(error, "value", error)) for error in found.validation_errors]
    assert (found.valid, found.country_code, found.national_format, errors, kind) == expected


def test_a_code_is_texted_and_checked_once(twilio, rest):
    service = rest.verify.v2.services.create(friendly_name="Ahoy", code_length=5)
    made = service.verifications.create(to=BOB, channel="sms")
    assert (made.status, made.valid, len(made.send_code_attempts)) == ("pending", False, 1)
    text = twilio.phone(BOB).receives("Your Ahoy verification code is:")["body"]
    code = re.search(r"\d{5}", text)[0]
    check = service.verification_checks.create
    assert check(to=BOB, code="000000").status == "pending"
    assert (check(to=BOB, code=code).status, refusal(lambda: check(to=BOB, code=code))) == ("approved", 20404)


def test_a_code_goes_to_whatsapp_with_the_name_of_who_asks(twilio, rest):
    service = rest.verify.v2.services.create(friendly_name="Ahoy")
    made = service.verifications.create(to="+12025550174", channel="whatsapp", custom_friendly_name="Bakery")
    twilio.phone("whatsapp:+12025550174").receives("Your Bakery verification code is: ")
    assert service.verifications("+12025550174").fetch().sid == made.sid
    assert made.update(status="approved").valid is True
    assert service.update(code_length=8).code_length == 8
    assert service.delete()


def test_a_code_is_spoken_and_lasts_five_checks(twilio, rest):
    service = rest.verify.v2.services.create(friendly_name="Spoken")
    made = service.verifications.create(to="+12025550173", channel="call", custom_code="1234")
    twilio.phone("+12025550173").rings().hears("Your Spoken verification code is: 1, 2, 3, 4")
    check = service.verification_checks.create
    assert [check(verification_sid=made.sid, code="9999").valid for _ in range(5)] == [False] * 5
    assert refusal(lambda: check(verification_sid=made.sid, code="1234")) == 60202
    assert service.verifications(made.sid).update(status="canceled").status == "canceled"


def test_what_verify_cannot_tell_is_refused(rest):
    service = rest.verify.v2.services.create(friendly_name="Wrong")
    assert refusal(lambda: service.verifications.create(to="x", channel="sms")) == 60200
    assert refusal(lambda: service.verifications.create(to=BOB, channel="pigeon")) == 60200
    assert refusal(lambda: service.verification_checks.create(to=BOB, code="abc")) == 60200
    assert refusal(lambda: rest.verify.v2.services.create(friendly_name="x" * 31)) == 60200
    for _ in range(5):
        service.verifications.create(to=BOB, channel="sms")
    assert refusal(lambda: service.verifications.create(to=BOB, channel="sms")) == 60203
    assert refusal(lambda: rest.verify.v2.services("VA" + "0" * 32).fetch()) == 20404
