"""One person is one, however their address is spelled."""

import pytest

from shared import person

ONE = "+19005550123"


@pytest.mark.parametrize(
    ("address", "whom"),
    [
        ("+12025550122", "+12025550122"),
        ("whatsapp:+12025550122", "+12025550122"),
        ("WhatsApp:+12025550122", "+12025550122"),
        ("client:alice", "client:alice"),
        ("sip:bob@Example.COM;x=1", "sip:bob@example.com"),
        ("SIPS:bob@example.com", "sip:bob@example.com"),
        ("sip:bob:secret@example.com", "sip:bob@example.com"),
        ("sip:101@example.com", "sip:101@example.com"),
        ("sip:example.com", "sip:@example.com"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_whom_an_address_reaches_does_not_depend_on_how_it_is_written(address, whom):
    assert person.identity(address) == whom


@pytest.mark.parametrize(
    "user",
    [
        "+19005550123", "19005550123", "+19005550123;ext=1", "+19005550123;phone-context=h.example", "+1-900-555-0123",
        "+1.900.555.0123", "1(900)5550123", "%2B19005550123", "%252B19005550123", "+1900555%30123", "19005550123:pw",
        "0019005550123", "01119005550123", "tel:+19005550123", "TEL:+1-900-555-0123;isub=1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("rest", ["@h", "@example.com;user=phone", "@[::1]:5061;x=@y"])
def test_a_sip_address_whose_user_is_a_number_is_that_number(user, rest):
    assert {person.identity(f"{scheme}:{user}{rest}") for scheme in ("sip", "sips", "SIP")} == {ONE}


@pytest.mark.parametrize(
    ("before", "today"),
    [
        ("+5215512345678", "+525512345678"),  # Mexico's 1
        ("+5491123456789", "+541123456789"),  # Argentina's 9
        ("+554188887777", "+5541988887777"),  # Brazil's ninth digit
        ("+551168887777", "+5511968887777"),
    ],
)
def test_a_number_that_its_country_has_changed_is_one_person_in_both_spellings(before, today):
    spelled = {spelling for number in (before, today) for spelling in (number, f"whatsapp:{number}", f"sip:{number}@h")}
    assert {person.identity(address) for address in spelled} == {today}
    assert person.numbers(today) == (today, before)
    assert set(person.spellings(today)) == {today, before, f"whatsapp:{today}", f"whatsapp:{before}"}
    assert person.spellings(today)[0] == today


@pytest.mark.parametrize(
    "number",
    [
        "+551141234567",  # a landline of São Paulo, and the mobile with a 9 before its digits is another
        "+5511941234567",
        "+52155123456",  # too short for Mexico's 1
        "+12025550122", "+447911123456", "+390612345678",
    ],
)  # fmt: skip
def test_numbers_that_only_look_alike_stay_apart(number):
    assert person.identity(number) == number
    assert person.numbers(number) == (number,)
