"""Addresses: what can be called, and what a log may hold of one."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import phone


@pytest.mark.parametrize("text", ["+12025550122", "+1 (202) 555-0122", " +1-202-555-0122 ", "+1.202.555.0122"])
def test_a_number_is_called_by_its_e164_form_however_it_is_written(text):
    assert phone.callable_address(text) == "+12025550122"


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
    assert phone.callable_address(text) == text


@pytest.mark.parametrize(
    "text", ["client:", "client:a b", "client:<x>", "sip:example.com", "sip:a b@x", 'sip:a@x"', "client:" + "a" * 200]
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
    ("address", "whom"),
    [
        ("+12025550122", "+12025550122"),
        ("whatsapp:+12025550122", "+12025550122"),
        ("sip:+19005550123@example.com;user=phone", "+19005550123"),
        ("sip:19005550123@example.com", "+19005550123"),
        ("sip:bob@Example.COM;x=1", "sip:bob@example.com"),
        ("sips:bob@example.com", "sip:bob@example.com"),
        ("sip:101@example.com", "sip:101@example.com"),
        ("client:alice", "client:alice"),
    ],
)
def test_whom_an_address_reaches_does_not_depend_on_how_it_is_written(address, whom):
    assert phone.identity(address) == whom
