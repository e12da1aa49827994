"""Addresses: what can be called, and what a log may hold of one."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import phone
from shared.person import identity

LINE = "+12025550100"


@pytest.mark.parametrize("text", ["+12025550122", "+1 (202) 555-0122", " +1-202-555-0122 ", "+1.202.555.0122"])
def test_a_number_is_called_by_its_e164_form_however_it_is_written(text):
    assert phone.callable_address(text) == ("+12025550122", "+12025550122", "")


@pytest.mark.parametrize(
    "text", ["", "hello", "2025550122", "+1555", "+15550100122", "+999123456789", "+", "+1202555012x", "tel:", "911"]
)
def test_what_is_no_number_is_refused_with_an_example(text):
    with pytest.raises(phone.BadAddress, match=r"\+12025550122"):
        phone.callable_address(text)


@pytest.mark.parametrize(
    "text", ["client:alice", "client:bob.smith@home", "sip:bob@example.com", "sips:a@[::1]:5061;x=y"]
)
def test_clients_and_sip_addresses_are_called_as_they_are(text):
    assert phone.callable_address(text).spelled == text


@pytest.mark.parametrize(
    "text",
    [
        "client:",
        "client:a b",
        "client:<x>",
        "sip:example.com",
        "sip:a b@x",
        'sip:a@x"',
        "sip:müller@x",
        "sip:%zz@x",
        "sip:a@b@c",
        "client:" + "a" * 200,
    ],
)
def test_malformed_clients_and_sip_addresses_are_refused(text):
    with pytest.raises(phone.BadAddress, match="expected"):
        phone.callable_address(text)


@given(st.text())
def test_any_text_is_an_address_or_a_refusal(text):
    with contextlib.suppress(phone.BadAddress):
        assert phone.callable_address(text)


def test_a_log_holds_too_little_of_a_number_to_call_it():
    assert phone.redacted("+12025550122") == "+1202…22"
    assert phone.redacted("whatsapp:+12025550122") == "whatsapp:+1202…22"
    assert phone.redacted("client:al") == "client:…"
    assert phone.redacted("") == "…"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("+1-202-555-0122", "+1202…22"), ("+1 (202) 555-0122", "+1202…22"), ("+1.202.555.0122", "+1202…22"),
        ("12025550122", "+1202…22"), (" +12025550122 ", "+1202…22"), ("tel:+1-202-555-0122", "+1202…22"),
        ("%2B1%32025550122", "+1202…22"), ("\uff0b\uff11\uff12\uff10\uff125550122", "+1202…22"),
        ("sip:+12025550122@example.com", "sip:+1202…22"), ("SIP:+1-202-555-0122@h", "sip:+1202…22"),
        ("sip:alice.smith@example.com", "sip:…"), ("sips:alice@[::1]", "sips:…"),
        ("client:alice.smith-jones", "client:…"),
        ("whatsapp:+1 202 555 0122", "whatsapp:+1202…22"), ("alice.smith@example.com", "…"), ("+1202555", "…"),
        ("sip:+12025550122;ext=1@h", "sip:…"), ("+12025550122,,4711#", "…"), ("+1202555\u0660122", "…"),
        ("anonymous", "…"), ("+12025550122\nERROR forged", "…"),
    ],
)  # fmt: skip
def test_a_log_holds_no_name_and_no_number_however_it_is_written(address, shown):
    assert phone.redacted(address) == shown


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ("+12025550122 ext. 5", "5"), ("+12025550122x5", "5"), ("+12025550122 extension 123", "123"),
        ("+12025550122,,1", "1"), ("+12025550122;ext=5", "5"), ("tel:+1-202-555-0122;ext=5", "5"),
        ("+12025550122#7", "7"), ("(202) 555-0122 Ext 12", "12"),
    ],
)  # fmt: skip
def test_an_extension_is_kept_for_a_call_and_refused_where_it_cannot_be_reached(text, extension):
    assert phone.callable_address(text, LINE) == ("+12025550122", "+12025550122", extension)
    for read in (phone.textable_address, phone.named, phone.e164):
        with pytest.raises(phone.BadAddress, match="extension"):
            read(text, LINE)


@pytest.mark.parametrize(
    "text",
    [
        "sms:+12025550122", "bogus+12025550122", "Jane Doe <+12025550122>", "++12025550122", "+12025550122;isub=1",
        "call +12025550122", "+12025550122 or +12025550123", "+1202555O122", "+12025550122 p1", "tel:tel:+12025550122",
        "telegram:+12025550122", "mailto:+12025550122", "https://wa.me/12025550122", "+12025550122\n+12025550123",
        "whatsapp:whatsapp:+12025550122", "whatsapp:sip:+12025550122@h",
    ],
)  # fmt: skip
def test_a_number_inside_of_a_text_is_no_address(text):
    for read in (phone.callable_address, phone.textable_address, phone.named, phone.e164):
        with pytest.raises(phone.BadAddress):
            read(text, LINE)


@pytest.mark.parametrize(
    ("text", "near", "number"),
    [
        ("(202) 555-0122", LINE, "+12025550122"),
        ("202.555.0122", LINE, "+12025550122"),
        ("12025550122", LINE, "+12025550122"),
        ("011 44 20 7946 0018", LINE, "+442079460018"),
        ("0044 20 7946 0018", LINE, "+442079460018"),
        ("030 1234567", "+493012345", "+49301234567"),
        ("030/1234567", "+493012345", "+49301234567"),
        ("0172 1234567", "+493012345", "+491721234567"),
        (
            "+\uff11 \uff12\uff10\uff12 \uff15\uff15\uff15 \uff10\uff11\uff12\uff12",
            "",
            "+12025550122",
        ),  # an East Asian keyboard's
        ("\u202a+1 202\u2011555\u20110122\u202c", "", "+12025550122"),  # as copied from a phone's contacts
        ("+1\u00a0202\u2009555\u20130122", "", "+12025550122"),  # as copied from a page
        ("tel:+1-202-555-0122", "", "+12025550122"),
    ],
)
def test_a_number_may_be_written_as_people_near_the_line_write_it(text, near, number):
    assert phone.callable_address(text, near).spelled == number
    assert phone.textable_address(text, near).spelled == number
    assert phone.textable_address(f"WhatsApp:{text}", near) == (f"whatsapp:{number}", number, "")
    assert phone.named(text, near) == number


@pytest.mark.parametrize("text", ["2025550122", "(202) 555-0122", "030 1234567", "12025550122"])
def test_a_country_is_never_guessed(text):
    with pytest.raises(phone.BadAddress):
        phone.callable_address(text)


@pytest.mark.parametrize("number", ["+5215512345678", "+554188887777", "+5491123456789"])
def test_a_spelling_that_people_write_from_can_be_written_to(number):
    assert phone.textable_address(f"whatsapp:{number}") == (f"whatsapp:{number}", identity(number), "")
    assert phone.callable_address(number) == (number, identity(number), "")


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        (" 12025550122", "+12025550122"),  # the plus of an address that is not escaped
        (" 442079460018", "+442079460018"),
        ("whatsapp:+5215512345678", "+525512345678"),
        ("sip:+1-202-555-0122@example.com", "+12025550122"),
        ("client:alice", "client:alice"),
        ("72345", "72345"),  # a short code
        ("+1555", "+1555"),  # a caller's number that cannot be right is shown, and found, as it came
        ("unknown", "unknown"),
        ("messenger:1234", "messenger:1234"),
    ],
)
def test_whoever_may_be_at_the_other_end_can_be_named(text, whom):
    assert phone.named(text, LINE) == whom


@pytest.mark.parametrize("text", ["", " ", "nonsense", "\0", "+", "sip:x", "client:", "12", "%"])
def test_what_names_nobody_is_refused(text):
    with pytest.raises(phone.BadAddress):
        phone.named(text, LINE)


def test_a_gateway_of_the_lines_country_takes_its_own_spelling_of_a_number():
    assert phone.callable_address("sip:9005550123@h", LINE).person == "+19005550123"
    assert phone.callable_address("sip:2025550122;x=1@h", LINE) == ("sip:2025550122;x=1@h", "+12025550122", "")
    assert phone.callable_address("sip:101@h", LINE).person == "sip:101@h"


@pytest.mark.parametrize("number", ["+12129761616", "+14169761234", "+19005550123", "+448712345678"])
def test_a_number_that_costs_more_than_a_call_is_known(number):
    assert phone.expensive_kind(number)


@pytest.mark.parametrize("number", ["+12025550122", "+19762025550", "+12129750976"])
def test_others_are_not(number):
    assert not phone.expensive_kind(number)
